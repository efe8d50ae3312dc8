"""The marks of a question that carry meaning, with what each of them can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from app.accidents.chat.grammar.senses import (
    ColumnSense,
    Mark,
    NumberSense,
    ParticleSense,
    PunctuationSense,
    RowSense,
    Sense,
    TimeSense,
    UnknownSense,
    ValueSense,
    WordSense,
)

AnySense = TypeVar("AnySense", bound=Sense)
_FILLERS = (ParticleSense, PunctuationSense)


@dataclass
class Item:
    """A mark that carries meaning, the particle behind it, and whether anything has made use of it."""

    mark: Mark
    number: int
    particle: str = ""
    comma: bool = False  # a comma or a bracket stands behind it
    used: bool = False
    words: frozenset[str] = frozenset()

    def of(self, kind: type[AnySense]) -> list[AnySense]:
        """Return the senses of one kind."""
        return [sense for sense in self.mark.senses if isinstance(sense, kind)]

    def first(self, kind: type[AnySense]) -> AnySense | None:
        """Return the first sense of a kind."""
        return next(iter(self.of(kind)), None)

    def says(self, *names: str) -> bool:
        """Tell whether it is one of some function words."""
        return not self.words.isdisjoint(names)

    @property
    def columns(self) -> list[ColumnSense]:
        """The columns that it names most directly."""
        return _best(self.of(ColumnSense))

    @property
    def values(self) -> list[ValueSense]:
        """The values that it names most directly."""
        return _best(self.of(ValueSense))

    @property
    def number_written(self) -> float | None:
        """The number that it writes."""
        sense = self.first(NumberSense)
        return sense.number if sense else None

    @property
    def time(self) -> TimeSense | None:
        """The moment that it writes."""
        return self.first(TimeSense)

    @property
    def is_rows(self) -> bool:
        """Tell whether it is a noun for rows."""
        return bool(self.of(RowSense)) or "rows" in self.words

    @property
    def is_unknown(self) -> bool:
        """Tell whether nothing explains it."""
        return bool(self.of(UnknownSense))


def _best(senses: list[AnySense]) -> list[AnySense]:
    """Return the senses of the lowest rank, each once."""
    if not senses:
        return []
    lowest = min(sense.rank for sense in senses)  # type: ignore[union-attr]
    unique: list[AnySense] = []
    for sense in senses:
        if sense.rank == lowest and sense not in unique:  # type: ignore[union-attr]
            unique.append(sense)
    return unique


@dataclass
class Items:
    """The items of a question in their order; what asks for nothing is left out, but its place is kept."""

    all: list[Item] = field(default_factory=list)
    verbs: list[int] = field(default_factory=list)  # where forms of be and have and happen stand: characters
    of_words: list[int] = field(default_factory=list)
    written: str = ""  # the whole question in small letters
    _behind_verb: bool = False

    @classmethod
    def of(cls, marks: list[Mark], written: str = "") -> Items:
        """Return the items of marks."""
        items = cls(written=written.casefold())
        for mark in marks:
            items._take(mark)
        return items

    def _take(self, mark: Mark) -> None:
        behind_verb, self._behind_verb = self._behind_verb, False
        kinds = {type(sense) for sense in mark.senses}
        words = frozenset(sense.name for sense in mark.senses if isinstance(sense, WordSense))
        if kinds <= set(_FILLERS):
            self._take_filler(mark)
            return
        if words == {"stop"} and kinds <= {WordSense, *_FILLERS}:
            if mark.text.casefold() in _VERBS:
                self.verbs.append(mark.start)
                self._behind_verb = True
            if self.all and ParticleSense in kinds:
                self.all[-1].particle = self.all[-1].particle or mark.text
            return
        if words == {"of"}:
            self.of_words.append(mark.start)
            return
        if words == {"by"} and behind_verb:  # are by members, were made by members: no grouping
            return
        if words & {"with"} and mark.text.casefold() in _VERBS:
            self.verbs.append(mark.start)
        self.all.append(Item(mark, len(self.all), words=words - {"stop"}))

    def _take_filler(self, mark: Mark) -> None:
        if not self.all:
            return
        if isinstance(mark.senses[0], ParticleSense):
            self.all[-1].particle = mark.text
        elif mark.text in ",;()，、?.":
            self.all[-1].comma = True

    def __iter__(self) -> Iterator[Item]:
        return iter(self.all)

    def drop_prepositions(self) -> None:
        """Leave out English words for from and to that no time made use of."""
        kept: list[Item] = []
        for item in self.all:
            idle = not item.used and not item.columns and not item.values
            filler = item.mark.text in {"날", "때"} and kept and kept[-1].values
            if not (idle and (item.mark.text.casefold() in _PREPOSITIONS or filler)):
                kept.append(item)
        self.all = kept
        for number, item in enumerate(self.all):
            item.number = number

    def free(self) -> list[Item]:
        """Return what nothing has made use of yet."""
        return [item for item in self.all if not item.used]

    def before(self, item: Item) -> Item | None:
        """Return the item before one."""
        return self.all[item.number - 1] if item.number > 0 else None

    def after(self, item: Item | None) -> Item | None:
        """Return the item after one."""
        return self.all[item.number + 1] if item and item.number + 1 < len(self.all) else None

    def saying(self, *names: str) -> list[Item]:
        """Return the free items that are one of some function words and no name of the table."""
        return [item for item in self.free() if item.says(*names)]

    def say(self, *names: str) -> bool:
        """Tell whether any free item is one of some function words."""
        return bool(self.saying(*names))

    def use(self, *names: str) -> bool:
        """Make use of all free items of some function words; tell whether there were any."""
        items = self.saying(*names)
        for item in items:
            item.used = True
        return bool(items)


_PREPOSITIONS = {"from", "to", "through", "up to", "starting"}
_VERBS = {
    "is", "are", "was", "were", "be", "been", "have", "has", "had", "happen", "happened", "occur", "occurred", "took place", "come",
    "came", "involve", "involved", "contain", "fall", "fell", "involving", "sold", "bought", "placed", "made", "paid", "ended",
    "end", "use", "used", "belong", "go", "went", "do", "does", "did", "resulted in", "result in", "led to", "were there", "account for",
}  # fmt: skip
