"""Read a question into marks: the cheapest way to cover it with words that are understood."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from app.accidents.chat.grammar import moments
from app.accidents.chat.grammar.korean import is_particle
from app.accidents.chat.grammar.lexicon import function_words
from app.accidents.chat.grammar.senses import (
    ColumnSense,
    Mark,
    NumberSense,
    ParticleSense,
    PunctuationSense,
    Rank,
    RowSense,
    Sense,
    TimeSense,
    UnknownSense,
    ValueSense,
    WordSense,
)
from app.accidents.chat.grammar.text import Text, kind
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Field

_QUOTED = re.compile(r'"([^"]{1,200})"|\'([^\']{2,200})\'(?![a-z])|「([^」]{1,200})」|`([^`]{1,200})`')
_UNKNOWN, _UNKNOWN_CHAR, _UNKNOWN_INSIDE = 8.0, 1.5, 2.5
_LONGEST_UNKNOWN = 20
_ENDS_WORD = {"each", "among", "rate", "percent", "unit_rows"}  # one-syllable words that end a longer one
Spans = dict[int, dict[int, list[Sense]]]


def scan(text: Text, words: Vocabulary) -> list[Mark]:
    """Return the marks of a question in their order, every character covered."""
    spans = _spans(text, words)
    quoted = _quoted(text, words, spans)
    marks = _cheapest(text, spans)
    return [replace(mark, quoted=(mark.start, mark.end) in quoted) for mark in marks]


def _spans(text: Text, words: Vocabulary) -> Spans:
    spans: Spans = defaultdict(lambda: defaultdict(list))
    for start in range(len(text)):
        if kind(text.chars[start]) == "p":
            spans[start][start + 1].append(PunctuationSense(text.chars[start]))
        for index in (words.index, function_words()):
            for end, sense in index.at(text, start):
                if _fits(text, start, end, sense):
                    _put(spans, start, end, sense)
        end = text.run_ends[start]
        if (
            start
            and kind(text.chars[start]) == "h"
            and not text.apart(start)
            and is_particle(text.chars[start:end])
        ):
            _put(spans, start, end, ParticleSense(text.chars[start:end]))
        _part_at_values(text, spans[start])
    for start, end, sense in moments.times_in(text):
        _put(spans, start, end, sense)
    return spans


def _part_at_values(text: Text, ends: dict[int, list[Sense]]) -> None:
    """Take away words of the lexicon that only appear where a value meets the next word: 비 행 is no 비행."""
    values = [
        end
        for end, senses in ends.items()
        if end < len(text) and text.apart(end) and any(isinstance(sense, ValueSense) for sense in senses)
    ]
    for end, senses in ends.items():
        if any(value < end for value in values):
            senses[:] = [sense for sense in senses if isinstance(sense, ColumnSense | ValueSense)]
    for end in [end for end, senses in ends.items() if not senses]:
        del ends[end]


def _put(spans: Spans, start: int, end: int, sense: Sense) -> None:
    if sense not in spans[start][end]:
        spans[start][end].append(sense)


def _fits(text: Text, start: int, end: int, sense: Sense) -> bool:
    """Tell whether a word may begin and end at these characters."""
    first, last = kind(text.chars[start]), kind(text.chars[end - 1])
    if first in "ld" and not text.boundary(start):
        return False
    if last in "ld" and end < len(text) and not text.boundary(end):
        return False
    if (
        isinstance(sense, WordSense)
        and sense.name == "causal"
        and start
        and kind(text.chars[start - 1]) == "d"
    ):
        return False  # 0원인 is no 원인
    if isinstance(sense, ValueSense) and _is_small_latin(text, start, end):
        return _as_written(text, start, end, sense)
    if first != "h" or text.boundary(start):
        return True
    return end - start > 1 or (isinstance(sense, WordSense) and sense.name in _ENDS_WORD)


def _is_small_latin(text: Text, start: int, end: int) -> bool:
    return end - start <= 2 and text.chars[start:end].isascii()


def _as_written(text: Text, start: int, end: int, sense: ValueSense) -> bool:
    """Tell whether a short value stands as the table writes it, and is no article."""
    written = text.between(start, end)
    if written != sense.label:
        return False
    korean = any(kind(char) == "h" for char in text.chars)
    return not (written == "A" and start == 0 and not korean) and not (written == "I" and not korean)


def _quoted(text: Text, words: Vocabulary, spans: Spans) -> set[tuple[int, int]]:
    """Give what stands in quotes one meaning, a name of the table, where it is one."""
    quoted = set()
    for match in _QUOTED.finditer(text.written):
        inner = next(group for group in match.groups() if group is not None)
        named = [ColumnSense(each, Rank.EXACT) for each in _columns_called(words, inner)]
        if named and match.start() in text.number and match.end() - 1 in text.number:
            start, end = text.number[match.start()], text.number[match.end() - 1] + 1
            spans[start].clear()
            spans[start][end] = list(named)
            quoted.add((start, end))
    return quoted


def _columns_called(words: Vocabulary, name: str) -> list[Field]:
    columns = words.profile.columns
    return [Field(column.name) for column in columns if name in {column.name, column.source_name}]


@dataclass
class _Paths:
    """The least cost up to each character, where its last span began and what that means."""

    costs: list[float]
    starts: list[int]
    senses: list[tuple[Sense, ...]]
    particles: list[bool]

    @classmethod
    def of(cls, length: int) -> _Paths:
        size = length + 1
        return cls([0.0] + [float("inf")] * length, [0] * size, [()] * size, [False] * size)

    def relax(self, start: int, end: int, price: float, senses: tuple[Sense, ...]) -> None:
        """Take a span up if it makes the path to its end cheaper."""
        if self.costs[start] + price < self.costs[end]:
            self.costs[end], self.starts[end], self.senses[end] = self.costs[start] + price, start, senses
            self.particles[end] = all(isinstance(sense, ParticleSense) for sense in senses)


def _cheapest(text: Text, spans: Spans) -> list[Mark]:
    """Return the marks of the path with the least cost from the first character to the last."""
    paths = _Paths.of(len(text))
    for start in range(len(text)):
        if paths.particles[start] and not text.boundary(start):
            continue  # no word follows a particle within one run
        for end, senses in spans[start].items():
            paths.relax(start, end, _cost(senses), tuple(senses))
        inside = 0.0 if text.boundary(start) else _UNKNOWN_INSIDE
        for end in _unknown_ends(text, start):
            paths.relax(start, end, _UNKNOWN + _UNKNOWN_CHAR * (end - start) + inside, (UnknownSense(),))
    return _path(text, paths)


def _unknown_ends(text: Text, start: int) -> range | tuple[int, ...]:
    """Return where an unexplained word may end: within Hangul anywhere, else with its run."""
    if kind(text.chars[start]) == "h":
        return range(start + 1, min(text.run_ends[start], start + _LONGEST_UNKNOWN) + 1)
    end = start + 1
    while end < len(text) and not text.boundary(end):
        end += 1
    return (end,)


def _cost(senses: list[Sense]) -> float:
    """Return the price of a span: names of the table are cheapest, marks of punctuation are free."""
    kinds = {type(sense) for sense in senses}
    if PunctuationSense in kinds and len(kinds) == 1:
        return 0.0
    if kinds == {ParticleSense}:
        return 0.3
    if kinds & {ColumnSense, ValueSense}:
        ranks = [sense.rank for sense in senses if isinstance(sense, ColumnSense | ValueSense)]
        return 0.9 + 0.02 * min(ranks)
    if TimeSense in kinds:
        return 0.95
    if kinds & {NumberSense, RowSense}:
        return 1.0
    names = {sense.name for sense in senses if isinstance(sense, WordSense)}
    return 1.35 if names == {"stop"} else 1.0


def _path(text: Text, paths: _Paths) -> list[Mark]:
    marks: list[Mark] = []
    end = len(text)
    while end > 0:
        start = paths.starts[end]
        marks.append(
            Mark(start, end, text.between(start, end), paths.senses[end], joined=not text.apart(start))
        )
        end = start
    return marks[::-1]
