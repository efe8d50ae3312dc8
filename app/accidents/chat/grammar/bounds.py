"""Conditions on groups: stores with more than 100 orders, 평균 매출이 100만원 이상인 지점."""

from __future__ import annotations

from dataclasses import dataclass

from app.accidents.chat.grammar.conditions.conditions import Conditions
from app.accidents.chat.grammar.dimensions.dimensions import Dimensions
from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Bound, Figure
from app.accidents.chat.grammar.references import References
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Function

_FUNCTIONS = {"mean": Function.MEAN, "sum": Function.SUM, "total": Function.SUM, "median": Function.MEDIAN, "max": Function.MAX, "min": Function.MIN}  # fmt: skip


@dataclass
class Bounds:
    """Finds the condition on the groups that a question looks for."""

    items: Items
    words: Vocabulary
    conditions: Conditions
    references: References

    def take(self, dimensions: Dimensions) -> tuple[Bound, Figure] | None:
        """Return the condition and the figure that it is on; the words of both are used up."""
        looked_for = dimensions.asked()
        if looked_for is None or self.items.say("most", "least", "each", "percent", "corr"):
            return None
        taken = self._by_number() or self._by_reference()
        if taken is None:
            return None
        bound, figure = taken
        dimensions.take_asked_group(looked_for)
        counted = self._is_counted(looked_for)
        self.items.use("wh", "with")
        return Bound(bound.op, bound.number, bound.reference, counted), figure

    def _is_counted(self, item: Item) -> bool:
        neighbours = [self.items.before(item)] if item.mark.text.isascii() else [self.items.after(item)]
        counted = [
            each
            for each in neighbours
            if each is not None and each.says("count", "unit_places", "unit_kinds")
        ]
        for each in counted:
            each.used = True
        if not item.mark.text.isascii() and counted:
            self.items.use("count", "unit_places", "unit_kinds", "howmuch")
        return bool(counted)

    def _by_number(self) -> tuple[Bound, Figure] | None:
        for item in self.items.free():
            if item.number_written is None or item.values:
                continue
            group = self.conditions.unit_behind(item)
            op_item, op = self.conditions.comparison(item, group)
            if op_item is None:
                continue
            figure = self._figure(item, group, op_item)
            if figure is None:
                continue
            number = item.number_written
            for used in (item, op_item, *group):
                used.used = True
            return Bound(op, number), figure
        return None

    def _figure(self, number: Item, group: list[Item], op: Item) -> Figure | None:
        """Return what a number bounds: the count of rows, or a mean or sum that is named."""
        if number.mark.text.isascii() and op.mark.text.isascii():
            after = self.items.after(group[-1] if group else number)
            if after is not None and after.is_rows and not self._numeric(after):
                after.used = True
                return Figure(stated=True)
            return self._aggregate(self.items.before(op))
        before = self.items.before(number)
        counts = before is not None and (before.says("count") or before.is_rows) and not self._numeric(before)
        if before is not None and counts:
            earlier = self.items.before(before)
            before.used = True
            if earlier is not None and earlier.is_rows and not earlier.used:
                earlier.used = True
            return Figure(stated=True)
        return self._aggregate(before)

    def _aggregate(self, item: Item | None) -> Figure | None:
        """Return a function of a column that stand side by side, or nothing."""
        if item is None or item.used:
            return None
        other = self.items.before(item)
        for measure, word in ((item, other), (other, item)):
            columns = self._numeric(measure) if measure is not None and not measure.used else []
            name = next((n for n in _FUNCTIONS if word is not None and not word.used and word.says(n)), None)
            if len(columns) == 1 and name and measure is not None and word is not None:
                measure.used = word.used = True
                return Figure(_FUNCTIONS[name], columns[0], stated=True)
        return None

    def _numeric(self, item: Item) -> list[str]:
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        return list({column.name for column in columns if column.is_measure})

    def _by_reference(self) -> tuple[Bound, Figure] | None:
        """Read 'departments whose bill is above the average' as a bound on each one's mean."""
        if any(item.is_rows and not item.columns for item in self.items.free()):
            return None
        for item in self.items.saying("mean", "median"):
            reference = self.references.reference(item)
            if reference is not None:
                self.items.use("mean", "median")
                return Bound(reference.op, reference=reference), Figure(
                    reference.function, reference.column, stated=True
                )
        return None
