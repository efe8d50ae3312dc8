"""Times that have names, and those counted from the last day: summer, weekends, the last 3 months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.periods.calendar import EN, HOURS, KO, SEASONS, earlier_by, relative_span
from app.accidents.chat.grammar.periods.filters import PeriodFilters
from app.accidents.chat.grammar.reading import Condition
from app.accidents.datasets.query import Field, Filter, Op, Part


class NamedTimes(PeriodFilters):
    """Makes conditions of named and of recent times."""

    def _named(self) -> Iterator[Condition]:
        """Yield conditions of words for times: summer, weekends, at night."""
        groups = []
        for item in self.items.free():
            name = next(
                (
                    word
                    for word in item.words
                    if word in SEASONS or word in HOURS or word in {"weekend", "workday", "half1", "half2"}
                ),
                None,
            )
            if name is None or item.columns or item.values or item.time or self._is_dimension(item):
                continue
            groups.append((name, item))
        for name, item in groups:
            yield from self._of_word(name, item)

    def _is_dimension(self, item: Item) -> bool:
        """Tell whether a word that could be a time names what is grouped by: by weekday."""
        before, after = self.items.before(item), self.items.after(item)
        return bool(
            item.says("d_weekday", "d_week")
            and ((before and before.says("each", "by")) or (after and after.says("each")))
        ) or (
            item.says("d_weekday")
            and self.items.say("most", "least", "wh", "each", "by")
            and not item.says("weekend")
        )

    def _of_word(self, name: str, item: Item) -> Iterator[Condition]:
        after = self.items.after(item)
        if name in HOURS and after and after.time and after.time.hour is not None:
            item.used = True
            return
        filters = self._word_filters(name)
        if filters is None:
            return
        item.used = True
        level = {"weekend": "weekday", "workday": "weekday"}.get(name, "hour" if name in HOURS else "month")
        ko, en = (
            KO.get(name, item.mark.text),
            EN.get(name, name if name not in {"half1", "half2"} else item.mark.text),
        )
        if name in HOURS and name not in {"am", "pm"}:
            hours = tuple(HOURS[name])
            span = f"{hours[0]}~{hours[-1]}"
            ko, en = f"{ko}({span}시)", f"{en} (hours {span})"
        yield self._condition(filters, ko, en, item, level)

    def _word_filters(self, name: str) -> tuple[Filter, ...] | None:
        if name in {"weekend", "workday"}:
            field = self._weekday_filter(weekend=name == "weekend")
            return (field,) if field else None
        part = Part.HOUR if name in HOURS else Part.MONTH
        if self.column is None and self.words.part_column(part) is None:
            return None
        if part is Part.HOUR and self.column is not None and self.column.type != "datetime":
            return None
        values = HOURS.get(name) or SEASONS.get(name) or (range(1, 7) if name == "half1" else range(7, 13))
        return (Filter(self._part_field(part), Op.IN, tuple(values)),)

    def _weekday_filter(self, *, weekend: bool) -> Filter | None:
        """Return a filter on the column of weekdays, or on the dates' weekday."""
        own = self.words.part_column(Part.WEEKDAY)
        if own is not None and own.categories:
            labels = [str(value) for value, _ in own.categories]
            chosen = tuple(
                v for v in labels if v.casefold().startswith(("토", "일", "sat", "sun")) == weekend
            )
            return Filter(Field(own.name), Op.IN, chosen) if chosen else None
        if self.column is None:
            return None
        return Filter(Field(self.column.name, Part.WEEKDAY), Op.IN, (6, 7) if weekend else (1, 2, 3, 4, 5))

    def _relative(self) -> Iterator[Condition]:
        """Yield conditions of words that count from the data's last day: last year, the last 7 days."""
        last = self.last_day
        if last is None:
            return
        for item in self.items.free():
            name = next((word for word in item.words if word.startswith("r_")), None)
            after = self.items.after(item)
            if name and not item.columns and not (item.time and after and after.time and after.time.year):
                item.used = True
                yield self._span(*relative_span(name, last), item, last)
        yield from self._recent(last)

    def _recent(self, last: date) -> Iterator[Condition]:
        for item in self.items.saying("recent"):
            number = self.items.after(item)
            unit = self.items.after(number) if number else None
            count = number.number_written if number else None
            if number and number.time and number.time.day and "일" in number.mark.text:
                count, unit = float(number.time.day), number
            if number and number.time and number.time.month and "월" in number.mark.text:
                continue
            length = next(
                (name[2:] for name in (unit.words if unit else ()) if name.startswith("d_")),
                "day" if unit is number and unit else "",
            )
            if count and unit and length in {"day", "week", "month", "year", "quarter"}:
                first = earlier_by(last, int(count), length)
                item.used = number.used = unit.used = True  # type: ignore[union-attr]
                yield self._span(first, last, item, last)

    def _span(self, first: date, end: date, item: Item, last: date) -> Condition:
        field = self._part_field(Part.DATE)
        filters = (
            Filter(field, Op.AT_LEAST, (first.isoformat(),)),
            Filter(field, Op.AT_MOST, (end.isoformat(),)),
        )
        ko = f"{first.isoformat()}~{end.isoformat()}(데이터의 마지막 날 {last.isoformat()} 기준)"
        en = (
            f"{first.isoformat()} to {end.isoformat()} (counted from the data's last day, {last.isoformat()})"
        )
        return self._condition(filters, ko, en, item, "day")
