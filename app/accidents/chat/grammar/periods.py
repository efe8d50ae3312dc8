"""Times of a question as conditions: years, months, hours, seasons, and what counts from the last day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.senses import TimeSense
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Op, Part

_ORDER = ("year", "half", "quarter", "month", "day", "hour")
_MONTHS = "January February March April May June July August September October November December".split()
_PARTS = {"year": Part.YEAR, "quarter": Part.QUARTER, "month": Part.MONTH, "day": Part.DAY, "hour": Part.HOUR}
# Seasons as Korea's weather service counts them; times of day as Korean police statistics name them.
_SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
_HOURS = {
    "am": range(12), "pm": range(12, 24), "dawn": range(6), "morning": range(6, 12), "daytime": range(6, 18),
    "evening": range(18, 22), "night": (18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5), "midnight": (0, 1, 2, 3, 4),
    "noon": (12,),
    "rush_am": (7, 8, 9), "rush_pm": (17, 18, 19),
}  # fmt: skip
_KO = {
    "spring": "봄", "summer": "여름", "autumn": "가을", "winter": "겨울", "am": "오전", "pm": "오후", "dawn": "새벽", "morning": "아침",
    "daytime": "낮", "evening": "저녁", "night": "밤", "midnight": "심야", "noon": "정오", "rush_am": "출근 시간대", "rush_pm": "퇴근 시간대",
    "weekend": "주말", "workday": "평일",
}  # fmt: skip
_EN = {
    "rush_am": "morning rush",
    "rush_pm": "evening rush",
    "am": "before noon",
    "pm": "from noon",
    "workday": "weekdays (Monday to Friday)",
}
_RANGES = {"since", "after", "until", "before"}
_LENGTHS = {"day": 1, "week": 7}


class Periods:
    """Makes conditions of the times in a question."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text
        self.column = self._main_date()

    def _main_date(self) -> Column | None:
        """Return the column with the fullest dates."""
        dates = sorted(self.words.dates, key=lambda column: (column.missing, column.type != "datetime"))
        return dates[0] if dates else None

    def conditions(self) -> list[Condition]:
        """Return the conditions of all times that the question names, and mark their words as used."""
        conditions = [*self._relative(), *self._named()]
        moments = self._moments()
        conditions += self._ranges(moments)
        for sense, item, group in moments:
            if not item.used:
                self._use(*group)
                conditions.append(self._at(sense, item))
        return conditions

    # -- moments as written ------------------------------------------------------------------------

    def _moments(self) -> list[tuple[TimeSense, Item, list[Item]]]:
        """Return the moments, parts that belong together joined: 2012년 1분기, 8 March at 6 pm."""
        joined: list[tuple[TimeSense, Item, list[Item]]] = []
        for item in self.items:
            sense = item.time
            if sense is None or item.used or not self._fits(item, sense):
                continue
            last = joined[-1] if joined else None
            if last and self._joins(last, sense, item):
                joined[-1] = (_merged(last[0], sense), last[1], [*last[2], item])
            else:
                joined.append((sense, item, [item]))
        return joined

    def _fits(self, item: Item, sense: TimeSense) -> bool:
        """Tell whether a moment can be meant: the table has dates, or a column of such parts."""
        if item.columns or item.values:
            return False
        if item.number_written is not None and self._is_number(item):
            return False
        if item.number_written is not None and sense.year is None and sense.day is None:
            return False
        return self.column is not None or all(
            self.words.part_column(_PARTS[name]) for name in _given(sense) if name in _PARTS
        )

    def _is_number(self, item: Item) -> bool:
        """Tell whether a bare number is compared with something, and no year."""
        after, before = self.items.after(item), self.items.before(item)
        compared = bool(after and after.says("ge", "gt", "le", "lt") and not after.says("since"))
        named = bool(
            before and any(self._reaches(c.field.column, item.number_written or 0) for c in before.columns)
        )
        counted = bool(after and any(word.startswith("unit_") for word in after.words))
        return compared or counted or (named and not (before and before.comma))

    def _reaches(self, name: str, number: float) -> bool:
        """Tell whether a column has numbers as large as one."""
        column = self.words.column(name)
        return column.is_measure and float(column.max or 0) >= number

    def _joins(self, last: tuple[TimeSense, Item, list[Item]], sense: TimeSense, item: Item) -> bool:
        previous = last[2][-1]
        between = self.items.all[previous.number + 1 : item.number]
        have, new = set(_given(last[0])), set(_given(sense))
        near = all(other.says("d_year", "d_day", "with", "am", "pm") for other in between)
        listed = previous.particle in {
            "와",
            "과",
            "랑",
            "보다",
            "부터",
            "까지",
            "에서",
            "이랑",
            "하고",
            "이나",
        }
        return (
            near
            and not listed
            and not have & new
            and bool(have)
            and not ("hour" in have and "year" in new and len(new) == 1)
        )

    def _ranges(self, moments: list[tuple[TimeSense, Item, list[Item]]]) -> list[Condition]:
        """Turn moments with words for before, after, from and to into conditions; use them up."""
        ranges = []
        index = 0
        while index < len(moments):
            sense, item, group = moments[index]
            following = moments[index + 1] if index + 1 < len(moments) else None
            if following and self._spans(group[-1], following[1], following[2][-1]):
                other = _completed(sense, following[0])
                ranges.append(self._between(_completed(other, sense, up=True), other, item))
                self._use(*group, *following[2])
                index += 2
                continue
            side = self._side(item, group[-1])
            if side:
                ranges.append(self._beyond(sense, side, item))
                self._use(*group)
            index += 1
        return ranges

    def _use(self, *items: Item) -> None:
        for item in items:
            item.used = True

    def _spans(self, first: Item, second: Item, last: Item) -> bool:
        """Tell whether two moments are the ends of one span: 9시부터 12시까지, between May and July, 2012-2014."""
        between = self.items.all[first.number + 1 : second.number]
        before, after = self.items.before(first), self.items.after(last)
        tail = after if after and after.says("between", "until") else None
        opened = before is not None and before.says("between", "since") and before.mark.text.isascii()
        text_between = self._text_between(first, second)
        korean = first.particle.startswith(("부터", "에서")) or any(i.says("since") for i in between)
        closed = last.particle.startswith("까지") or tail is not None
        dash = any(sign in text_between for sign in "~–—") or text_between.strip() in {
            "-",
            "to",
            "through",
            "until",
        }
        english = opened and (
            any(i.says("until", "and") for i in between) or text_between.strip() in {"to", "and"}
        )
        if english and self.items.say("change", "difference", "increase", "decrease", "times"):
            self._use(*[i for i in between if i.says("until")], *([before] if before else []))
            return False
        if (
            dash
            or english
            or (korean and (closed or dash))
            or (tail is not None and first.particle in {"와", "과"})
        ):
            self._use(*[i for i in between if i.says("until", "since", "and", "between")])
            self._use(*([before] if opened and before else []), *([tail] if tail else []))
            return True
        return False

    def _text_between(self, first: Item, second: Item) -> str:
        start, end = first.mark.end, second.mark.start
        places = self.text.places
        return self.text.written[places[start - 1] + 1 : places[end]]

    def _side(self, first: Item, last: Item) -> str:
        """Return the word that opens a span at a moment: since, after, until or before."""
        after, before = self.items.after(last), self.items.before(first)
        particle = last.particle
        if (
            after
            and not after.used
            and after.says(*_RANGES, "ge", "le", "lt", "gt")
            and not after.mark.text.isascii()
        ):
            after.used = True
            return next(
                w for w in ("since", "until", "before", "after", "ge", "le", "lt", "gt") if after.says(w)
            )
        if (
            after
            and not after.used
            and after.mark.text.casefold() in {"onwards", "onward", "or later", "and later"}
        ):
            after.used = True
            return "since"
        if before and not before.used and before.says(*_RANGES, "gt", "lt") and before.mark.text.isascii():
            before.used = True
            word = before.mark.text.casefold()
            return _ENGLISH_SIDES.get(
                word, next((w for w in ("since", "until", "before", "after") if before.says(w)), "since")
            )
        if particle.startswith("부터"):
            return "since"
        return "until" if particle.startswith("까지") else ""

    # -- conditions ----------------------------------------------------------------------------------

    def _at(self, sense: TimeSense, item: Item) -> Condition:
        filters = tuple(self._is(name, getattr(sense, name)) for name in _given(sense) if name != "half")
        if sense.half:
            filters += (self._in_months(range(1, 7) if sense.half == 1 else range(7, 13)),)
        return self._condition(filters, sense_ko(sense), sense_en(sense), item, level=_given(sense)[-1])

    def _is(self, name: str, value: int) -> Filter:
        part = _PARTS[name]
        return Filter(self._part_field(part), Op.IS, (value,))

    def _in_months(self, months: range | tuple[int, ...]) -> Filter:
        return Filter(self._part_field(Part.MONTH), Op.IN, tuple(months))

    def _condition(self, filters: tuple[Filter, ...], ko: str, en: str, item: Item, level: str) -> Condition:
        slot = {"hour": "hour", "weekday": "weekday"}.get(level, "period")
        return Condition(Kind.PERIOD, slot, filters, ko, en, at=item.mark.start, level=level)

    def _between(self, first: TimeSense, last: TimeSense, item: Item) -> Condition:
        level = _given(last)[-1]
        ko, en = f"{sense_ko(first)}~{sense_ko(last)}", f"{sense_en(first)} to {sense_en(last)}"
        if level == "hour" and first.hour is not None and last.hour is not None:
            last = self._same_half(first, last, item)
            filters: tuple[Filter, ...] = (self._hours(first.hour, last.hour or 0),)
            day = TimeSense(
                **{
                    n: getattr(last, n) or getattr(first, n)
                    for n in ("year", "month", "day", "quarter", "half")
                }
            )
            if _given(day):
                filters += tuple(self._is(name, getattr(day, name)) for name in _given(day) if name != "half")
            return self._condition(filters, ko, en, item, level)
        if first.year is None:
            return self._condition((self._parts_between(first, last, level),), ko, en, item, level)
        return self._condition(self._stamps(first, last), ko, en, item, level)

    def _same_half(self, first: TimeSense, last: TimeSense, item: Item) -> TimeSense:
        """Return the end in the afternoon where only the beginning says so: 오후 6시부터 9시까지."""
        start, end = first.hour or 0, last.hour or 0
        marked = any(word in item.mark.text.casefold() for word in ("오후", "저녁", "밤", "pm", "p.m"))
        if marked and end < start and start < end + 12 <= 24:
            return replace(last, hour=end + 12)
        return last

    def _hours(self, first: int, last: int) -> Filter:
        """Return the hours from one up to another, which does not belong to it: 9시부터 12시까지."""
        last = last if last > first else last + 24
        hours = tuple(hour % 24 for hour in range(first, last))
        return Filter(self._part_field(Part.HOUR), Op.IN, hours)

    def _part_field(self, part: Part) -> Field:
        if self.column is not None:
            return Field(self.column.name, part)
        own = self.words.part_column(part)
        assert own is not None, "a moment is used only where the table has it"
        return Field(own.name)

    def _parts_between(self, first: TimeSense, last: TimeSense, level: str) -> Filter:
        start, end = getattr(first, level), getattr(last, level)
        most = {"month": 12, "quarter": 4, "day": 31}.get(level, end)
        values = range(start, end + 1) if start <= end else (*range(start, most + 1), *range(1, end + 1))
        return Filter(self._part_field(_PARTS[level]), Op.IN, tuple(values))

    def _stamps(self, first: TimeSense | None, last: TimeSense | None) -> tuple[Filter, ...]:
        """Return the filters from the beginning of one moment up to the end of another."""
        if self.column is None:
            own = self._part_field(Part.YEAR)
            ends = ((first, Op.AT_LEAST), (last, Op.AT_MOST))
            return tuple(Filter(own, op, (sense.year or 0,)) for sense, op in ends if sense)
        field = Field(self.column.name, Part.DATE)
        filters = [Filter(field, Op.AT_LEAST, (_begin(first).isoformat(),))] if first else []
        return tuple(filters + ([Filter(field, Op.AT_MOST, (_end(last).isoformat(),))] if last else []))

    def _beyond(self, sense: TimeSense, side: str, item: Item) -> Condition:
        level = _given(sense)[-1]
        side = {"ge": "since", "gt": "after", "le": "until", "lt": "before"}.get(side, side)
        ko = f"{sense_ko(sense)} {_SIDES_KO[side]}"
        en = f"{_SIDES_EN[side]} {sense_en(sense)}"
        if sense.year is None:
            value = getattr(sense, level)
            op = {"since": Op.AT_LEAST, "after": Op.ABOVE, "until": Op.AT_MOST, "before": Op.BELOW}[side]
            if level == "hour" and side == "until":
                op = Op.BELOW
            elif level == "hour" and side == "after":
                op = Op.AT_LEAST
            return self._condition(
                (Filter(self._part_field(_PARTS[level]), op, (value,)),), ko, en, item, level
            )
        return self._condition(self._one_sided(sense, side), ko, en, item, level)

    def _one_sided(self, sense: TimeSense, side: str) -> tuple[Filter, ...]:
        if self.column is None:
            op = {"since": Op.AT_LEAST, "after": Op.ABOVE, "until": Op.AT_MOST, "before": Op.BELOW}[side]
            return (Filter(self._part_field(Part.YEAR), op, (sense.year or 0,)),)
        field = Field(self.column.name, Part.DATE)
        op, day = {
            "since": (Op.AT_LEAST, _begin(sense)), "after": (Op.ABOVE, _end(sense)),
            "until": (Op.AT_MOST, _end(sense)), "before": (Op.BELOW, _begin(sense)),
        }[side]  # fmt: skip
        return (Filter(field, op, (day.isoformat(),)),)

    # -- words ------------------------------------------------------------------------------------------

    def _named(self) -> Iterator[Condition]:
        """Yield conditions of words for times: summer, weekends, at night."""
        groups = []
        for item in self.items.free():
            name = next(
                (
                    word
                    for word in item.words
                    if word in _SEASONS or word in _HOURS or word in {"weekend", "workday", "half1", "half2"}
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
        if name in _HOURS and after and after.time and after.time.hour is not None:
            item.used = True
            return
        filters = self._word_filters(name)
        if filters is None:
            return
        item.used = True
        level = {"weekend": "weekday", "workday": "weekday"}.get(name, "hour" if name in _HOURS else "month")
        ko, en = (
            _KO.get(name, item.mark.text),
            _EN.get(name, name if name not in {"half1", "half2"} else item.mark.text),
        )
        if name in _HOURS and name not in {"am", "pm"}:
            hours = tuple(_HOURS[name])
            span = f"{hours[0]}~{hours[-1]}"
            ko, en = f"{ko}({span}시)", f"{en} (hours {span})"
        yield self._condition(filters, ko, en, item, level)

    def _word_filters(self, name: str) -> tuple[Filter, ...] | None:
        if name in {"weekend", "workday"}:
            field = self._weekday_filter(weekend=name == "weekend")
            return (field,) if field else None
        part = Part.HOUR if name in _HOURS else Part.MONTH
        if self.column is None and self.words.part_column(part) is None:
            return None
        if part is Part.HOUR and self.column is not None and self.column.type != "datetime":
            return None
        values = _HOURS.get(name) or _SEASONS.get(name) or (range(1, 7) if name == "half1" else range(7, 13))
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

    # -- from the last day --------------------------------------------------------------------------------

    @property
    def last_day(self) -> date | None:
        """The last day of the data."""
        text = str(self.column.max) if self.column and self.column.max else ""
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None

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
                yield self._span(*_relative_span(name, last), item, last)
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
                first = _back(last, int(count), length)
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


_SIDES_KO = {"since": "이후", "after": "다음부터", "until": "까지", "before": "이전"}
_SIDES_EN = {"since": "since", "after": "after", "until": "until", "before": "before"}
_ENGLISH_SIDES = {
    "from": "since",
    "starting": "since",
    "starting in": "since",
    "later than": "after",
    "prior to": "before",
    "up to": "until",
    "earlier than": "before",
}


def _given(sense: TimeSense) -> list[str]:
    return [entry.name for entry in fields(sense) if getattr(sense, entry.name) is not None]


def _merged(left: TimeSense, right: TimeSense) -> TimeSense:
    return replace(left, **{name: getattr(right, name) for name in _given(right)})


def _completed(first: TimeSense, second: TimeSense, *, up: bool = False) -> TimeSense:
    """Return the second of two ends with what only the first says: May to July 2015, 2015년 5월~7월."""
    names = [
        name
        for name in ("year", "month")
        if getattr(second, name) is None and getattr(first, name) is not None
    ]
    finest = _ORDER.index(_given(second)[-1])
    names = [name for name in names if _ORDER.index(name) < finest]
    return replace(second, **{name: getattr(first, name) for name in names}) if names or up else second


def _begin(sense: TimeSense) -> date:
    month = sense.month or ((sense.quarter or 1) - 1) * 3 + 1
    if sense.half == 2:
        month = 7
    return date(sense.year or 1, month, min(sense.day or 1, monthrange(sense.year or 1, month)[1]))


def _end(sense: TimeSense) -> date:
    year = sense.year or 1
    if sense.month and sense.day:
        return _begin(sense)
    month = sense.month or (sense.quarter * 3 if sense.quarter else 6 if sense.half == 1 else 12)
    return date(year, month, monthrange(year, month)[1])


def _back(last: date, count: int, length: str) -> date:
    """Return the first day of the last so many days, weeks, months or years up to a day."""
    if length in _LENGTHS:
        return last - timedelta(days=count * _LENGTHS[length] - 1)
    months = count * {"month": 1, "quarter": 3, "year": 12}[length]
    index = last.year * 12 + last.month - 1 - months
    year, month = divmod(index, 12)
    day = min(last.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def _relative_span(name: str, last: date) -> tuple[date, date]:
    """Return the first and the last day of a time that is named from the last day of the data."""
    if name in {"r_today", "r_yesterday"}:
        day = last - timedelta(days=name == "r_yesterday")
        return day, day
    if name.endswith("week"):
        monday = last - timedelta(days=last.weekday() + 7 * (name == "r_last_week"))
        return monday, monday + timedelta(days=6)
    if name in {"r_last_year", "r_this_year", "r_year_before"}:
        year = last.year - {"r_last_year": 1, "r_this_year": 0, "r_year_before": 2}[name]
        return date(year, 1, 1), date(year, 12, 31)
    step = 3 if "quarter" in name else 1
    index = (last.year * 12 + last.month - 1) // step - name.startswith("r_last")
    year, month = divmod(index * step, 12)
    end_year, end_month = divmod(index * step + step - 1, 12)
    return date(year, month + 1, 1), date(end_year, end_month + 1, monthrange(end_year, end_month + 1)[1])


def sense_ko(sense: TimeSense) -> str:
    """Return a moment in Korean."""
    units = {"year": "년", "quarter": "분기", "month": "월", "day": "일", "hour": "시"}
    halves = {1: "상반기", 2: "하반기"}
    return " ".join(
        halves[sense.half or 1] if name == "half" else f"{getattr(sense, name)}{units[name]}"
        for name in _given(sense)
    )


def sense_en(sense: TimeSense) -> str:
    """Return a moment in English."""
    words = [str(sense.day)] if sense.day else []
    words += [_MONTHS[sense.month - 1]] if sense.month else []
    words += [f"Q{sense.quarter}"] if sense.quarter else []
    words += [{1: "first half of", 2: "second half of"}[sense.half]] if sense.half else []
    words += [str(sense.year)] if sense.year else []
    words += [f"{sense.hour:02d}:00"] if sense.hour is not None else []
    return " ".join(words)
