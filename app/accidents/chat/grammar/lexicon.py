"""The lexicon that ships: function words, words that ask for nothing, words for one thing in two languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.accidents.chat.grammar.index import Index, phrase
from app.accidents.chat.grammar.senses import WordSense
from app.accidents.chat.grammar.text import squeezed

_FOLDER = Path(__file__).parent / "lexicon"


@dataclass(frozen=True)
class Term:
    """One word of a line of terms."""

    text: str
    adjective: bool = False
    rows: bool = False

    @property
    def key(self) -> str:
        """The form under which the word is looked up, whatever its case, number and spaces."""
        return term_key(self.text.removesuffix("~"))


def term_key(text: str) -> str:
    """Return a word's form for look-ups among terms: without spaces, English words as lemmas."""
    return squeezed("".join(phrase(text))) if text.isascii() else squeezed(text)


@dataclass(frozen=True)
class Terms:
    """All lines of terms, each word with those that mean the same."""

    lines: tuple[tuple[Term, ...], ...]
    by_key: dict[str, list[int]] = field(default_factory=dict)

    def same(self, text: str) -> tuple[Term, ...]:
        """Return the words that mean the same as one, itself included; none for an unheard-of word."""
        numbers = self.by_key.get(term_key(text), ())
        return tuple(term for number in numbers for term in self.lines[number])

    def __contains__(self, text: str) -> bool:
        return term_key(text) in self.by_key


def _lines(name: str) -> Iterator[str]:
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#  ") and not line.startswith("# "):
            yield line.strip()


def _entries(line: str) -> list[str]:
    return [entry.strip() for entry in line.split(",") if entry.strip()]


@cache
def function_words() -> Index:
    """Return the index of function words and of words that ask for nothing."""
    index = Index()
    for line in _lines("words.txt"):
        name, _, entries = line.partition(":")
        for entry in _entries(entries):
            index.add(entry, WordSense(name.strip()))
    for line in _lines("stop.txt"):
        for entry in _entries(line):
            index.add(entry, WordSense("stop"))
    return index


@cache
def terms() -> Terms:
    """Return the words for one thing."""
    lines = tuple(tuple(_term(entry) for entry in _entries(line)) for line in _lines("terms.txt"))
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        for key in {term.key for term in line}:
            by_key[key].append(number)
    return Terms(lines, dict(by_key))


def _term(entry: str) -> Term:
    text = entry.lstrip("!#").strip()
    return Term(text, adjective=entry.startswith("!"), rows=entry.startswith("#"))


@cache
def levels() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return what values end in and the names of such a level, for each kind of level."""
    pairs = (line.partition(":") for line in _lines("levels.txt"))
    return tuple((tuple(_entries(ends)), tuple(_entries(names))) for ends, _, names in pairs)
