"""Conditions of the values that a question names, and of times that it turns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.accidents.chat.grammar.columns import tokens
from app.accidents.chat.grammar.conditions.neighbours import Neighbours
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.outcome import Ambiguous
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.senses import ValueSense
from app.accidents.datasets.query import Field, Filter, Op, Part, Value

_TURNED = {Op.IS: Op.IS_NOT, Op.IN: Op.NOT_IN}
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ValueConditions(Neighbours):
    """Makes conditions of values, and marks their words as used."""

    def of_values(self) -> list[Condition]:
        """Return a condition for each value that the question names; values of one field join."""
        senses: list[tuple[Item, ValueSense, bool]] = []
        for item in self.items:
            if item.used or not item.values or self._is_column_word(item):
                continue
            sense = self._chosen(item)
            item.used = True
            senses.append((item, sense, self._negated(item)))
        return self._spread(senses)

    def _is_column_word(self, item: Item) -> bool:
        """Tell whether a word that names both a column and a value is the column here."""
        if not item.columns or min(s.rank for s in item.columns) > min(s.rank for s in item.values):
            return False
        return min(s.rank for s in item.columns) < min(s.rank for s in item.values) or self._is_asked(item)

    def _is_asked(self, item: Item) -> bool:
        after, before = self.items.after(item), self.items.before(item)
        return bool(
            (after and after.says("each")) or (before and before.says("each", "by", "wh", "mean", "sum"))
        )

    def _chosen(self, item: Item) -> ValueSense:
        """Return the value that a word names; raise Ambiguous where columns beside it do not decide."""
        senses = item.of(ValueSense)
        for neighbour in self._columns_beside(item):
            named = [s for s in senses if any(_of_column(s.field, c.field) for c in neighbour.columns)]
            if named:
                neighbour.used = True
                return min(named, key=lambda s: s.rank)
        best = item.values
        columns = list(dict.fromkeys(s.field.column for s in best))
        if len(columns) > 1:
            columns = self._preferred(item, best) or columns
        if len(columns) > 1:
            raise Ambiguous(item.mark.text, [Field(column) for column in columns], "value")
        own = [s for s in best if s.field.column == columns[0]]
        return max(own, key=lambda s: len(s.values))

    def _preferred(self, item: Item, senses: list[ValueSense]) -> list[str]:
        """Return the one column that the question names elsewhere, if exactly one is."""
        named = {c.field.column for other in self.items if other is not item for c in other.columns}
        chosen = [s.field.column for s in senses if s.field.column in named]
        chosen = chosen or self._hinted([s.field.column for s in senses])
        return chosen if len(set(chosen)) == 1 else []

    def _hinted(self, names: list[str]) -> list[str]:
        """Return the columns of which the question uses a word that the others have not: started at Museum."""
        own = {name: {w.casefold() for w in tokens(self.words.column(name).source_name)} for name in names}
        written = self.items.written
        hinted = []
        for name, words in own.items():
            others = set().union(*(own[other] for other in own if other != name))
            if any(
                w.isascii() and len(w) > 2 and re.search(rf"\b{re.escape(w)}", written)
                for w in words - others
            ):
                hinted.append(name)
        return hinted

    def _columns_beside(self, item: Item) -> Iterator[Item]:
        """Yield the words for columns next to a value: 사고유형이 차대사람인, branch A, A 지점."""
        before = self.items.before(item)
        while before and (before.says("eq", "wh") or (before.used and not before.columns)):
            before = self.items.before(before)
        listed = before is not None and before.particle[:1] in {"와", "과", "랑"}
        for neighbour in (None if listed else before, self.items.after(item)):
            if neighbour and neighbour.columns and not neighbour.used:
                yield neighbour
        if (
            before and before.values and before.used
        ):  # the column of a list's first value: weather is 비 or 눈
            first = self.items.before(before)
            if first and first.columns:
                yield first

    def of_time(self, condition: Condition) -> Condition:
        """Return a condition on time, turned where a word for 'not' belongs to it: not on weekends, 6월을 제외한."""
        item = next((each for each in self.items if each.mark.start == condition.at), None)
        filters = condition.filters
        if item is None or len(filters) != 1 or filters[0].op not in _TURNED or not self._negated(item):
            return condition
        turned = replace(filters[0], op=_TURNED[filters[0].op])
        ko, en = f"{condition.ko} 아님", f"not {condition.en}"
        return replace(condition, filters=(turned,), ko=ko, en=en, negated=True)

    def _spread(self, senses: list[tuple[Item, ValueSense, bool]]) -> list[Condition]:
        """Join the values of one field; a 'not' at one end of a list is for the whole list."""
        groups: list[list[tuple[Item, ValueSense, bool]]] = []
        for entry in senses:
            last = groups[-1] if groups else None
            if last and last[-1][1].field == entry[1].field and self._listed(last[-1][0], entry[0]):
                last.append(entry)
            else:
                groups.append([entry])
        conditions = []
        for group in groups:
            negated = any(entry[2] for entry in group)
            conditions += [self._of_value(item, sense, negated=negated) for item, sense, _ in group]
        return conditions

    def _listed(self, first: Item, second: Item) -> bool:
        between = self.items.all[first.number + 1 : second.number]
        return all(
            item.used or item.says("or", "and", "not", "with", "rows") or item.is_rows for item in between
        )

    def _of_value(self, item: Item, sense: ValueSense, *, negated: bool) -> Condition:
        named: tuple[Value, ...] = sense.values
        weekday = sense.field.part is Part.WEEKDAY
        if weekday:
            named = tuple(int(value) for value in sense.values)
        single = len(named) == 1
        op = (Op.IS_NOT if single else Op.NOT_IN) if negated else (Op.IS if single else Op.IN)
        slot = (
            "weekday"
            if weekday or self.words.part_column(Part.WEEKDAY) == self.words.column(sense.field.column)
            else f"value:{sense.field.column}"
        )
        column = "" if weekday else self.words.column(sense.field.column).source_name
        ko = f"{column} {sense.label}".strip() + (" 아님" if negated else "")
        label = _WEEKDAYS_EN[int(sense.values[0]) - 1] if weekday else sense.label
        en = ("not " if negated else "") + f"{column} {label}".strip()
        return Condition(
            Kind.VALUE,
            slot,
            (Filter(sense.field, op, named),),
            ko,
            en,
            negated,
            item.mark.start,
            field=sense.field,
        )


def _of_column(field: Field, named: Field) -> bool:
    """Tell whether a value's field belongs to a column or level that was named."""
    return field.column == named.column and (named.part is Part.VALUE or named == field)
