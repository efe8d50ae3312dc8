"""What a question wants computed, and the reading that comes of it."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.dimensions.dimensions import Dimensions
from app.accidents.chat.grammar.figures.functions import Functions
from app.accidents.chat.grammar.figures.measures import Conditions
from app.accidents.chat.grammar.figures.ranked_rows import RankedRowQuestions
from app.accidents.chat.grammar.figures.special import SpecialQuestions
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.outcome import Open, Why
from app.accidents.chat.grammar.reading import Ask, Direction, Reading
from app.accidents.datasets.query import Field, Function, Part

_PERIODS = {"perday": "day", "permonth": "month", "peryear": "year"}


class Figures(RankedRowQuestions, SpecialQuestions, Functions):
    """Finds the measure of a question and puts its reading together."""

    def reading(
        self,
        dimensions: Dimensions,
        where: Conditions,
        part: Conditions,
        sides: Conditions,
        mode: str,
        *,
        is_share: bool,
        compared: bool,
    ) -> Reading | Open:
        """Return the reading of a question whose conditions and groups are taken."""
        ranked = self._rows_ranked(dimensions, where)
        if ranked is not None:
            self.complete = True
            return ranked
        if self.bound is not None:
            bound, bounded = self.bound
            self.complete = True
            self.items.use("total", "overall", "wh", "list", "high", "low")
            return Reading(Ask.GROUPS, bounded, where, group=tuple(dimensions.groups), bound=bound)
        special = self._special(where)
        if special is not None:
            return special
        per = self._per()
        figure = self._figure(dimensions, is_share=is_share)
        if isinstance(figure, Open):
            return figure
        base = Reading(
            Ask.FIGURE,
            figure,
            where,
            part,
            tuple(dimensions.groups),
            dimensions.direction,
            dimensions.limit,
            sides,
            mode,
            per,
        )
        base = replace(base, notes=tuple(self.notes), unit=self._unit(), nth=dimensions.nth)
        if dimensions.within:
            base = replace(base, mode="within")
        column = self.words.column(figure.column) if figure.column else None
        counts = figure.function is Function.COUNT
        if (counts and units.measures(base.unit)) or (column and units.clash(base.unit, column)):
            return Open(Why.NO_UNIT, units.shown(base.unit))
        return self._asked(base, dimensions, is_share=is_share, compared=compared)

    def _asked(self, base: Reading, dimensions: Dimensions, *, is_share: bool, compared: bool) -> Reading:
        trend = self.items.use("trend")
        self.complete |= is_share or compared or bool(base.group) or trend
        if is_share:
            ask = Ask.RANKING if base.direction and base.group else Ask.SHARE
            weight = self.words.weight
            figure = base.figure
            if figure.of_rows and weight:
                figure = replace(figure, weight=weight.name)
            elif figure.column:
                figure = replace(figure, weight=figure.column)
            return replace(base, ask=ask, figure=replace(figure, function=Function.SHARE, column=None))
        if compared:
            return replace(base, ask=Ask.COMPARISON)
        if trend:
            group = base.group or self._trend_group(dimensions)
            return replace(base, ask=Ask.GROUPS, group=group, mode="trend")
        ranked, upwards = self.items.say("rank", "rank_up"), self.items.use("rank_up")
        self.items.use("rank")
        if base.group and (base.direction or base.limit or ranked):
            direction = base.direction or (Direction.LEAST if upwards else Direction.MOST)
            mode = (
                "rank"
                if ranked and base.limit is None and base.nth is None and not base.direction
                else base.mode
            )
            return replace(base, ask=Ask.RANKING, direction=direction, mode=mode)
        return replace(base, ask=Ask.GROUPS) if base.group else base

    def _trend_group(self, dimensions: Dimensions) -> tuple[Field, ...]:
        field = dimensions.part_field(Part.YEAR)
        return (field,) if field else ()

    def _per(self) -> str:
        """Return the length of time that a mean is per: 하루 평균, per month on average."""
        for name, length in _PERIODS.items():
            units = [item for item in self.items.saying(name) if not self._per_unit(item)]
            averages = self.items.say("mean") or any(
                "평균" in i.mark.text or "verage" in i.mark.text for i in units
            )
            if units and averages and self.words.dates:
                self.items.use(name, "mean", "count")
                self.complete = True
                return length
        return ""

    def _per_unit(self, item: Item) -> bool:
        """Tell whether 'per day' is of a column of days, and not of the calendar: per day of stay."""
        after = self.items.after(item)
        if after is None or not item.mark.text.isascii() or not after.columns:
            return False
        return any(item.mark.end <= at <= after.mark.start for at in self.items.of_words)

    def _unit(self) -> str:
        """Return the unit in which the answer is wanted."""
        units = [
            item
            for item in self.items.free()
            if any(w.startswith("unit_") for w in item.words) and not item.columns
        ]
        names = [word for item in units for word in sorted(item.words) if word.startswith("unit_")]
        for item in units:
            item.used = True
        return names[0] if names else ""
