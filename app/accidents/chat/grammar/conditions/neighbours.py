"""The words beside a value, a number or a column, and whether one of them turns it into 'not'."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Op


def label_condition(column: Column, label: str, item: Item) -> Condition:
    """Return the condition that a column has one label, whatever word says so."""
    phrase = f"{column.source_name} {label}"
    filters = (Filter(Field(column.name), Op.IS, (label,)),)
    return Condition(
        Kind.VALUE,
        f"value:{column.name}",
        filters,
        phrase,
        phrase,
        at=item.mark.start,
        field=Field(column.name),
    )


def may_be_none(column: Column) -> bool:
    """Tell whether a column of numbers has rows with nothing of it."""
    return column.is_measure and column.min is not None and float(column.min) == 0


class Neighbours:
    """What all makers of conditions ask of the words around one."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text

    def _negated(self, item: Item) -> bool:
        """Tell whether a word for 'not' belongs to a value: 비가 아닌, except rain, excluding rain."""
        after, before = self.items.after(item), self.items.before(item)
        column = None
        if before and before.columns and before.used:
            column, before = before, self.items.before(before)
        if after and after.columns and after.used and not after.values:
            after = self.items.after(after)
        for word in (after, before, self.items.after(column) if column else None):
            if (
                word
                and word.says("not", "without")
                and not word.used
                and self._turned(word, item, is_after=word is after)
            ):
                word.used = True
                return True
        return False

    def _turned(self, word: Item, item: Item, *, is_after: bool) -> bool:
        """Tell whether a word for 'not' looks in the direction of a value, as its language has it."""
        english = word.mark.text.isascii()
        if english != (not is_after):
            return False
        return not (word.says("without") and not english and item.particle[:1] == "에")

    def _text(self, first: Item, second: Item) -> str:
        places = self.text.places
        return self.text.written[places[first.mark.end - 1] + 1 : places[second.mark.start]]
