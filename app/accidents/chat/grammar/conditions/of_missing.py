"""Conditions of columns that are said to be empty or filled."""

from __future__ import annotations

from app.accidents.chat.grammar import values
from app.accidents.chat.grammar.columns import is_counted
from app.accidents.chat.grammar.conditions.neighbours import Neighbours, label_condition, may_be_none
from app.accidents.chat.grammar.items import Item
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.datasets.profile import Type
from app.accidents.datasets.query import Field, Filter, Op

_NONE = {"none", "no", "없음", "무", "미가입", "해당없음", "해당 없음", "n/a"}


class MissingConditions(Neighbours):
    """Makes conditions of missing values, and marks their words as used."""

    def of_missing(self) -> list[Condition]:
        """Return a condition for each column that is said to be empty or filled."""
        conditions = []
        for name in ("present", "missing"):
            for item in self.items.saying(name):
                column = self._beside(item)
                if column is None:
                    continue
                item.used = column.used = True
                negated = self._negated_word(item)
                conditions.append(self._missing(column, missing=(name == "missing") != negated))
        conditions += self._filled()
        for item in self.items.saying("without"):
            column = self._beside(item)
            if column is not None and not self._countable(column):
                self._refuse_none_or_missing(column)
                if self._has_nothing_missing(column):
                    continue
                item.used = column.used = True
                conditions.append(self._labelled_none(column) or self._missing(column, missing=True))
        return conditions

    def _refuse_none_or_missing(self, item: Item) -> None:
        """Raise NoPlace where 'without' may mean 0 or missing, and the column has both."""
        column = self.words.column(item.columns[0].field.column)
        if may_be_none(column) and column.missing:
            name = column.source_name
            raise NoPlace(item.mark.text, (f"{name} = 0", f"{name} 값 없음 / missing"))

    def _has_nothing_missing(self, item: Item) -> bool:
        """Tell whether a column of numbers has zeros and no gaps, so that 'without' means 0."""
        column = self.words.column(item.columns[0].field.column)
        return may_be_none(column) and not column.missing

    def _labelled_none(self, item: Item) -> Condition | None:
        """Return the condition for a value that itself says 'none', where a column has one."""
        for sense in item.columns:
            column = self.words.column(sense.field.column)
            label = next((v for v in values.labels_of(column) if v.casefold() in _NONE), None)
            if label is not None and not column.missing:
                return label_condition(column, label, item)
        return None

    def _filled(self) -> list[Condition]:
        """Return a condition for each column of text that rows are said to have: 메모가 있는 주문, orders with a note."""
        conditions = []
        for item in self.items.saying("with"):
            column = self._beside(item)
            after = self.items.after(column) if column else None
            described = after is not None and (
                after.values or after.is_unknown or after.number_written is not None or after.says("eq")
            )
            if (
                column is None
                or described
                or item.mark.text.casefold() not in {"with", "having", "있는", "있던"}
            ):
                continue
            named = self.words.column(column.columns[0].field.column)
            if named.type is Type.TEXT and named.missing and not values.flags(named):
                item.used = column.used = True
                conditions.append(self._missing(column, missing=False))
        return conditions

    def _negated_word(self, item: Item) -> bool:
        after, before = self.items.after(item), self.items.before(item)
        for word in (after, before):
            if word and word.says("not") and not word.used:
                word.used = True
                return True
        return False

    def _beside(self, item: Item) -> Item | None:
        """Return the word for a column that a word about emptiness belongs to."""
        korean = not item.mark.text.isascii()
        for step in (
            (self.items.before, self.items.after) if korean else (self.items.after, self.items.before)
        ):
            other = step(item)
            while other and (
                other.says("column_word", "with", "wh", "missing", "kinds", "each") and not other.columns
            ):
                other = step(other)
            if other and other.columns and not other.used and not other.values:
                return other
        return None

    def _missing(self, item: Item, *, missing: bool) -> Condition:
        columns = list(dict.fromkeys(sense.field.column for sense in item.columns))
        if len(columns) > 1:
            raise Ambiguous(item.mark.text, [Field(column) for column in columns], "column")
        name = self.words.column(columns[0]).source_name
        ko, en = (f"{name} 없음", f"{name} missing") if missing else (f"{name} 있음", f"{name} present")
        filters = (Filter(Field(columns[0]), Op.MISSING if missing else Op.PRESENT),)
        return Condition(
            Kind.MISSING,
            f"missing:{columns[0]}",
            filters,
            ko,
            en,
            at=item.mark.start,
            field=Field(columns[0]),
        )

    def _countable(self, item: Item) -> bool:
        return any(is_counted(self.words.column(sense.field.column)) for sense in item.columns)
