"""Conditions of one time, of a span, and of what lies on one side of a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.periods.calendar import (
    PARTS,
    begins_on,
    ends_on,
    given_parts,
    sense_en,
    sense_ko,
)
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.senses import TimeSense
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Op, Part

_SIDES_KO = {"since": "이후", "after": "다음부터", "until": "까지", "before": "이전"}
_SIDES_EN = {"since": "since", "after": "after", "until": "until", "before": "before"}


class PeriodFilters:
    """Makes conditions on the column of dates, or on columns of their parts."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text
        self.column = self._main_date()

    def _main_date(self) -> Column | None:
        """Return the column with the fullest dates."""
        dates = sorted(self.words.dates, key=lambda column: (column.missing, column.type != "datetime"))
        return dates[0] if dates else None

    def _at(self, sense: TimeSense, item: Item) -> Condition:
        filters = tuple(self._is(name, getattr(sense, name)) for name in given_parts(sense) if name != "half")
        if sense.half:
            filters += (self._in_months(range(1, 7) if sense.half == 1 else range(7, 13)),)
        return self._condition(filters, sense_ko(sense), sense_en(sense), item, level=given_parts(sense)[-1])

    def _is(self, name: str, value: int) -> Filter:
        part = PARTS[name]
        return Filter(self._part_field(part), Op.IS, (value,))

    def _in_months(self, months: range | tuple[int, ...]) -> Filter:
        return Filter(self._part_field(Part.MONTH), Op.IN, tuple(months))

    def _condition(self, filters: tuple[Filter, ...], ko: str, en: str, item: Item, level: str) -> Condition:
        slot = {"hour": "hour", "weekday": "weekday"}.get(level, "period")
        return Condition(Kind.PERIOD, slot, filters, ko, en, at=item.mark.start, level=level)

    def _between(self, first: TimeSense, last: TimeSense, item: Item) -> Condition:
        level = given_parts(last)[-1]
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
            if given_parts(day):
                filters += tuple(
                    self._is(name, getattr(day, name)) for name in given_parts(day) if name != "half"
                )
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
        return Filter(self._part_field(PARTS[level]), Op.IN, tuple(values))

    def _stamps(self, first: TimeSense | None, last: TimeSense | None) -> tuple[Filter, ...]:
        """Return the filters from the beginning of one moment up to the end of another."""
        if self.column is None:
            own = self._part_field(Part.YEAR)
            ends = ((first, Op.AT_LEAST), (last, Op.AT_MOST))
            return tuple(Filter(own, op, (sense.year or 0,)) for sense, op in ends if sense)
        field = Field(self.column.name, Part.DATE)
        filters = [Filter(field, Op.AT_LEAST, (begins_on(first).isoformat(),))] if first else []
        return tuple(filters + ([Filter(field, Op.AT_MOST, (ends_on(last).isoformat(),))] if last else []))

    def _beyond(self, sense: TimeSense, side: str, item: Item) -> Condition:
        level = given_parts(sense)[-1]
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
                (Filter(self._part_field(PARTS[level]), op, (value,)),), ko, en, item, level
            )
        return self._condition(self._one_sided(sense, side), ko, en, item, level)

    def _one_sided(self, sense: TimeSense, side: str) -> tuple[Filter, ...]:
        if self.column is None:
            op = {"since": Op.AT_LEAST, "after": Op.ABOVE, "until": Op.AT_MOST, "before": Op.BELOW}[side]
            return (Filter(self._part_field(Part.YEAR), op, (sense.year or 0,)),)
        field = Field(self.column.name, Part.DATE)
        op, day = {
            "since": (Op.AT_LEAST, begins_on(sense)), "after": (Op.ABOVE, ends_on(sense)),
            "until": (Op.AT_MOST, ends_on(sense)), "before": (Op.BELOW, begins_on(sense)),
        }[side]  # fmt: skip
        return (Filter(field, op, (day.isoformat(),)),)

    @property
    def last_day(self) -> date | None:
        """The last day of the data."""
        text = str(self.column.max) if self.column and self.column.max else ""
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None

    def _use(self, *items: Item) -> None:
        for item in items:
            item.used = True
