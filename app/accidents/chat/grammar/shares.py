"""Shares: which conditions make the numerator, and which only say of what the share is."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary

Conditions = tuple[Condition, ...]


class Shares:
    """Splits the conditions of a question that asks for a share."""

    def __init__(self, items: Items, words: Vocabulary, text: Text) -> None:
        self.items = items
        self.words = words
        self.text = text

    def split(self, where: Conditions, mode: str) -> tuple[Conditions, Conditions, bool]:
        """Return the numerator, the other conditions, and whether a share is asked for at all."""
        marks = self.items.saying("percent", "rate")
        marks = [item for item in marks if not self._is_unit(item)]
        if not marks or mode in {"change", "times"}:
            return (), where, False
        for item in marks:
            item.used = True
        if not where:
            return (), where, True
        part = self._numerator(where, marks)
        return part, tuple(condition for condition in where if condition not in part), True

    def _is_unit(self, item: Item) -> bool:
        """Tell whether % only names the unit of a column that is a share itself."""
        columns = [self.words.column(c.field.column) for other in self.items.free() for c in other.columns]
        return item.mark.text in {"%", "％"} and any(column.unit == "%" for column in columns)

    def _numerator(self, where: Conditions, marks: list[Item]) -> Conditions:
        rate = next((item for item in marks if item.says("rate")), None)
        among = next(iter(self.items.saying("among")), None)
        if among is not None:
            among.used = True
        if among is not None and self.items.before(among) is not None:
            behind = self._around(where, among)
            if behind:
                return behind
        if self.items.say("overall") and not rate and among is None:
            return where
        if rate is not None:
            return self._before(where, rate)
        english = marks[0].mark.text.isascii() and self.items.all[0].mark.text.isascii()
        return self._english(where, marks[0]) if english and self._is_english() else self._timeless(where)

    def _is_english(self) -> bool:
        return sum(item.mark.text.isascii() for item in self.items) * 2 >= len(self.items.all)

    def _around(self, where: Conditions, among: Item) -> Conditions:
        """Return the conditions on the numerator's side of 'of all' and its like."""
        if not among.mark.text.isascii():
            return tuple(c for c in where if c.at > among.mark.start)
        verb = next((at for at in self.items.verbs if at > among.mark.start), None)
        if verb is not None and any(c.at > verb for c in where):
            return tuple(c for c in where if c.at > verb)
        return tuple(c for c in where if c.at < among.mark.start)

    def _before(self, where: Conditions, rate: Item) -> Conditions:
        """Return the condition that a word for rate is joined to: 불량률, death rate."""
        before = [c for c in where if c.at < rate.mark.start and c.kind is not Kind.PERIOD]
        if rate.mark.text.isascii():
            return (before[-1],) if before else where[:1]
        return (before[-1],) if before else where

    def _english(self, where: Conditions, mark: Item) -> Conditions:
        """Return the numerator of an English question: what stands behind the verb, or first."""
        of_at = next((at for at in self.items.of_words if at >= mark.mark.end), None)
        verb = next(
            (at for at in self.items.verbs if at > (of_at if of_at is not None else mark.mark.start)), None
        )
        if verb is not None and of_at is not None:
            behind = tuple(c for c in where if c.at > verb)
            if behind:
                return self._timeless(behind) if not self._before_verb(where, verb) else behind
            inside = tuple(c for c in where if c.at > of_at)
            return inside[:1] if len(inside) > 1 else where
        return self._timeless(where, first=True)

    @staticmethod
    def _before_verb(where: Conditions, verb: int) -> bool:
        return any(c.at < verb for c in where)

    @staticmethod
    def _timeless(where: Conditions, *, first: bool = False) -> Conditions:
        """Leave years and months to the denominator where something else can be the numerator."""
        others = [c for c in where if not (c.kind is Kind.PERIOD and c.slot == "period")]
        if not others:
            return where
        if len(others) == 1:
            return (others[0],)
        fields = {c.slot for c in others}
        if len(fields) == 1:
            return tuple(others)
        chosen = others[0] if first else others[-1]
        return tuple(c for c in others if c.slot == chosen.slot)
