"""Conditions of the numbers that a question compares columns with."""

from __future__ import annotations

from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.conditions.neighbours import label_condition
from app.accidents.chat.grammar.conditions.number_columns import NumberColumns
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.senses import NumberSense
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Op

OPS_KO = {
    Op.AT_LEAST: "{} 이상",
    Op.ABOVE: "{} 초과",
    Op.AT_MOST: "{} 이하",
    Op.BELOW: "{} 미만",
    Op.IS: "{}",
}
OPS_EN = {
    Op.AT_LEAST: "at least {}",
    Op.ABOVE: "more than {}",
    Op.AT_MOST: "at most {}",
    Op.BELOW: "less than {}",
    Op.IS: "of {}",
}


def show(number: float) -> str:
    """Return a number without a needless point."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,g}"


class NumberConditions(NumberColumns):
    """Makes conditions of numbers, and marks their words as used."""

    def of_numbers(self) -> list[Condition]:
        """Return a condition for each number that the question compares a column with."""
        conditions = []
        for item in self.items:
            if item.used or item.number_written is None or item.values or item.columns:
                continue
            condition = self._of_number(item)
            if condition:
                conditions.append(condition)
        return conditions

    def _of_number(self, item: Item) -> Condition | None:
        group = self.unit_behind(item)
        op_item, op = self.comparison(item, group)
        second = self._second(item, group)
        column = self._column_of(item, group, compared=op_item is not None or second is not None)
        if column is None:
            return None
        number = self._scaled(item.number_written or 0.0, item, column)
        for used in (item, *group, op_item):
            if used is not None:
                used.used = True
        number = units.converted(number, group[0] if group else None, column)
        sense = item.first(NumberSense)
        if sense is not None and sense.decade:
            return self._between(column, number, number + 9, item)
        if second is not None:
            return self._between(
                column, number, self._scaled(second.number_written or 0.0, second, column), item
            )
        if not column.type.is_numeric:
            return label_condition(column, item.mark.text, item)
        ko = f"{column.source_name} " + OPS_KO[op].format(show(number))
        en = f"{column.source_name} " + OPS_EN[op].format(show(number))
        filters = (Filter(Field(column.name), op, (number,)),)
        negated = op is Op.IS and self._negated(group[-1] if group else item)
        if negated:
            filters, ko, en = (Filter(Field(column.name), Op.IS_NOT, (number,)),), f"{ko} 아님", f"not {en}"
        return Condition(
            Kind.NUMBER,
            f"value:{column.name}",
            filters,
            ko,
            en,
            negated,
            item.mark.start,
            field=Field(column.name),
        )

    @staticmethod
    def _scaled(number: float, item: Item, column: Column) -> float:
        sense = item.first(NumberSense)
        share = bool(sense and sense.percent) and column.unit == "%" and float(column.max or 0) <= 1
        return number / 100 if share else number

    def _between(self, column: Column, first: float, last: float, item: Item) -> Condition:
        ko = f"{column.source_name} {show(first)}~{show(last)}"
        en = f"{column.source_name} between {show(first)} and {show(last)}"
        filters = (Filter(Field(column.name), Op.BETWEEN, (first, last)),)
        return Condition(
            Kind.NUMBER, f"value:{column.name}", filters, ko, en, at=item.mark.start, field=Field(column.name)
        )

    def _second(self, item: Item, group: list[Item]) -> Item | None:
        """Return the other end of a span of numbers: between 5 and 10, 5에서 10 사이, 5~10."""
        last = group[-1] if group else item
        following = self.items.after(last)
        words = []
        while following and following.says("and", "until", "or"):
            words.append(following)
            following = self.items.after(following)
        if not following or following.number_written is None or following.used:
            return None
        unit = self.items.after(following)
        tail = self.items.after(unit) if unit and any(w.startswith("unit_") for w in unit.words) else unit
        before = self.items.before(item)
        opened = before is not None and before.says("between", "since")
        closed = tail is not None and tail.says("between", "until")
        dash = bool(words) and words[0].mark.text.casefold() in {"to", "through"}
        if not (
            opened
            or closed
            or dash
            or last.particle.startswith(("에서", "부터"))
            or "~" in self._text(last, following)
        ):
            return None
        for used in (
            following,
            *words,
            *([before] if opened and before else []),
            *([tail] if closed and tail else []),
        ):
            used.used = True
        if unit and any(w.startswith("unit_") for w in unit.words):
            unit.used = True
        return following
