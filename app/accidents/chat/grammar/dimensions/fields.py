"""The fields that words of a question name, and what of them is taken so far."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Ambiguous
from app.accidents.chat.grammar.reading import Direction
from app.accidents.chat.grammar.senses import ColumnSense
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Type
from app.accidents.datasets.query import Field, Part

PARTS = {
    "d_year": Part.YEAR, "what_year": Part.YEAR, "d_quarter": Part.QUARTER, "d_month": Part.MONTH, "what_month": Part.MONTH,
    "d_ym": Part.YEAR_MONTH, "d_weekday": Part.WEEKDAY, "what_weekday": Part.WEEKDAY, "d_day": Part.DATE, "what_day": Part.DATE,
    "d_hour": Part.HOUR, "what_hour": Part.HOUR,
}  # fmt: skip
MOST = ("most", "extreme_high", "first")
LEAST = ("least", "last")


class Fields:
    """Finds the fields to group by; what is taken of a question so far is kept here."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text
        self.limit: int | None = None
        self.groups: list[Field] = []
        self.direction: Direction | None = None
        self.superlative: Item | None = None
        self.nth: int | None = None
        self.placed = False  # places up to one are wanted: 5위까지
        self.within = False  # the first of each group is wanted

    def _field(self, item: Item) -> Field | None:
        """Return the field that a word names as a dimension."""
        name = next((word for word in sorted(item.words) if word in PARTS), None)
        columns = [sense for sense in item.columns if not self._is_date(sense)]
        if columns and not (name and columns[0].rank > 1):
            return self._column_field(columns, item.mark.text)
        if name:
            return self.part_field(PARTS[name])
        dates = [sense for sense in item.columns if self._is_date(sense)]
        return Field(dates[0].field.column, Part.DATE) if dates and not item.is_rows else None

    def part_field(self, part: Part) -> Field | None:
        """Return the field of a part of dates: an own column of the table, or a part of the date."""
        own = self.words.part_column(part)
        dates = self.words.dates
        if own is not None and (own.type is not Type.TEXT or part is Part.WEEKDAY or not dates):
            return Field(own.name)
        if not dates:
            return None
        if part is Part.HOUR and all(column.type is not Type.DATETIME for column in dates):
            return None
        column = min(dates, key=lambda c: (c.missing, c.type is not Type.DATETIME))
        return Field(column.name, part)

    def _column_field(self, columns: list[ColumnSense], word: str) -> Field:
        """Return the one field of several senses: a level that bears the name before the whole column."""
        fields = list(dict.fromkeys(sense.field for sense in columns))
        if len({field.column for field in fields}) > 1:
            raise Ambiguous(word, fields, "column")
        return min(fields, key=lambda field: field.part is Part.VALUE)

    def _is_date(self, sense: ColumnSense) -> bool:
        return self.words.column(sense.field.column).type.is_temporal

    def _is_measure(self, item: Item) -> bool:
        return (
            all(self.words.column(sense.field.column).is_measure for sense in item.columns)
            if item.columns
            else False
        )

    def _take(self, item: Item) -> None:
        field = self._field(item)
        item.used = True
        if field is not None and field not in self.groups:
            self.groups.append(field)
        _use_dimension_words(self.items, item)

    def _is_text(self, item: Item) -> bool:
        if not item.columns or item.values or (item.is_rows and not self._names_column(item)):
            return False
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        return not any(column.is_measure or column.type.is_temporal for column in columns)

    @staticmethod
    def _names_column(item: Item) -> bool:
        return bool(item.columns) and min(sense.rank for sense in item.columns) <= 1


def _use_dimension_words(items: Items, item: Item) -> None:
    """Make use of the words that only repeat what a dimension is: 요일 컬럼별, the value of."""
    for other in (items.after(item), items.before(item)):
        if other and other.says("column_word", "kinds") and not other.columns and not other.values:
            other.used = True
