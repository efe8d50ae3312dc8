"""The column of numbers that a question is about: named, or implied by its adjective."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Ambiguous, NoPlace
from app.accidents.chat.grammar.reading import Bound, Condition, Figure
from app.accidents.chat.grammar.senses import ColumnSense, Rank
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Function

Conditions = tuple[Condition, ...]
_IMPLIED = (
    (("비싸", "비싼", "priciest", "expensive", "cheap", "싸", "싼", "costliest", "저렴"), ("price",)),
    (("긴", "길", "오래", "long", "slow", "short", "짧"), ("duration", "length of stay")),
    (("oldest", "youngest", "나이 많", "나이가 많", "어린", "젊은", "최고령"), ("age",)),
    (("heaviest", "무거", "lightest", "가벼"), ("weight",)), (("tallest",), ("height",)), (("furthest", "farthest"), ("distance",)),
    (("hottest", "warmest", "더운", "coldest", "추운", "coolest"), ("temperature",)), (("wettest", "rainiest", "driest"), ("precipitation",)),
)  # fmt: skip


@dataclass(frozen=True)
class RankedRows:
    """Rows are wanted in the order of a column."""

    column: str
    low: bool


class Measures:
    """Finds the column that is computed of; what is taken of a question so far is kept here."""

    def __init__(self, items: Items, words: Vocabulary) -> None:
        self.items = items
        self.words = words
        self.fraction: float | None = None
        self.adjective: Item | None = None
        self.complete = False  # the question says by itself what it wants
        self.wants_column = False  # it names a function, but not of what
        self.notes: list[tuple[str, str]] = []
        self.bound: tuple[Bound, Figure] | None = None
        self.ranked_rows: RankedRows | None = None
        self.of_rows = False

    def _measures(self) -> list[Item]:
        """Return the free words that name columns of numbers."""
        return [
            item for item in self.items.free() if item.columns and not item.values and self._numeric(item)
        ]

    def _numeric(self, item: Item) -> list[Column]:
        columns = [self.words.column(sense.field.column) for sense in item.columns]
        if item.is_rows and min(sense.rank for sense in item.columns) > Rank.ALIAS:
            return []
        return list({column.name: column for column in columns if column.is_measure}.values())

    def _column(self, function: Function | None) -> Column | None:
        """Return the column of numbers that the question names, or that its adjective implies."""
        measures = self._measures()
        if (
            not measures
            and function in {None, Function.SUM}
            and (self.items.say("unit_items") or self._asks_quantity())
        ):
            return self._quantity()
        if not measures:
            return self._implied() if function in {None, Function.MEAN, Function.MEDIAN} else None
        exact = sorted(measures, key=lambda item: (min(s.rank for s in item.columns), item.number))
        chosen = exact[0]
        columns = self._numeric(chosen)
        for other in exact[1:]:
            shared = [c for c in self._numeric(other) if c in columns]
            if shared:
                columns, other.used = shared, True
        chosen.used = True
        if len(columns) > 1:
            raise Ambiguous(chosen.mark.text, [Field(c.name) for c in columns], "column")
        return columns[0]

    def _asks_quantity(self) -> bool:
        """Tell whether things sold are counted, and no orders: 볼펜은 몇 개 팔렸어, how many pens were sold."""
        counts = [
            i for i in self.items.saying("count") if i.mark.text.casefold() in {"몇 개", "몇개", "how many"}
        ]
        rows = any(item.is_rows for item in self.items)
        sold = re.search(r"팔[렸린리]|판매된|판매됐|\bsold\b", self.items.written)
        return bool(counts and sold and not rows and self.words.index.phrases.get(("quantity",)))

    def _quantity(self) -> Column | None:
        """Return the column of quantities, of which a question for cups or copies wants the sum."""
        self.items.use("unit_items", "count", "howmuch")
        self.complete = True
        senses = self.words.index.phrases.get(("quantity",), ())
        fields = {sense.field for sense in senses if isinstance(sense, ColumnSense)}
        return next((column for column in self.words.numbers if Field(column.name) in fields), None)

    def _implied(self) -> Column | None:
        """Return the column that an adjective is about: the most expensive is one of prices.

        Raises:
            NoPlace: no column is what the adjective is about.
            Ambiguous: several are.

        """
        if self.adjective is None:
            return None
        superlatives = [
            item for item in self.items if item.says("most", "least", "extreme_high", "high", "low")
        ]
        written = " ".join(item.mark.text.casefold() for item in superlatives)
        names = next((names for stems, names in _IMPLIED if any(stem in written for stem in stems)), None)
        if names is None:
            return None
        # What a row costs in all may be a sum of any name; what a product costs is its price.
        more = ("amount", "fee", "bill", "salary") if names == ("price",) and self.of_rows else ()
        called = (
            [c for c in self.words.numbers if self.words.is_called(c, name)] for name in (*names, *more)
        )
        named = next((columns for columns in called if columns), [])
        if not named:
            raise NoPlace(written, tuple(column.source_name for column in self.words.numbers[:3]))
        if len(named) > 1:
            raise Ambiguous(written, [Field(column.name) for column in named], "column")
        return named[0]
