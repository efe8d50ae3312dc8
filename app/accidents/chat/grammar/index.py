"""Words and names, looked up at a position of a question."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from app.accidents.chat.grammar.english import lemma
from app.accidents.chat.grammar.hangul import letters
from app.accidents.chat.grammar.korean import is_ending
from app.accidents.chat.grammar.senses import Sense
from app.accidents.chat.grammar.text import Text, squeezed

_HANGUL = re.compile("[가-힣]")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?:[\s\-_]+[^\W\d_]+(?:['’][^\W\d_]+)?)*")
_PARTS = re.compile(r"[\s\-_]+")


class Index:
    """Senses by the words that carry them: names as written, English phrases, Korean stems."""

    def __init__(self) -> None:
        self.names: dict[str, list[Sense]] = defaultdict(list)
        self.phrases: dict[tuple[str, ...], list[Sense]] = defaultdict(list)
        self.stems: dict[str, list[tuple[str, Sense]]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)

    def add(self, entry: str, sense: Sense) -> None:
        """Add a word: a stem where it ends in ~, a phrase where it is English, else a name."""
        if entry.endswith("~"):
            stem = letters(squeezed(entry[:-1]))
            self.stems[stem[0]].append((stem, sense))
        elif _PLAIN.fullmatch(entry) and not _HANGUL.search(entry):
            self._append(self.phrases[phrase(entry)], sense)
        else:
            self.add_name(entry, sense)

    def add_name(self, entry: str, sense: Sense) -> None:
        """Add a name that is looked up as it is written."""
        key = squeezed(entry)
        if key:
            self._append(self.names[key], sense)
            self._lengths[key[0]].add(len(key))

    @staticmethod
    def _append(senses: list[Sense], sense: Sense) -> None:
        if sense not in senses:
            senses.append(sense)

    def at(self, text: Text, start: int) -> Iterator[tuple[int, Sense]]:
        """Yield each match that begins at a character: the end and the sense."""
        yield from self._names_at(text, start)
        yield from self._phrases_at(text, start)
        yield from self._stems_at(text, start)

    def _names_at(self, text: Text, start: int) -> Iterator[tuple[int, Sense]]:
        for length in self._lengths.get(text.chars[start], ()):
            end = start + length
            for sense in self.names.get(text.chars[start:end], ()) if end <= len(text) else ():
                yield end, sense

    def _phrases_at(self, text: Text, start: int) -> Iterator[tuple[int, Sense]]:
        words: tuple[str, ...] = ()
        at = start
        while at in text.words and len(words) < 8:
            at, word = text.words[at]
            words = (*words, word)
            for sense in self.phrases.get(words, ()):
                yield at, sense

    def _stems_at(self, text: Text, start: int) -> Iterator[tuple[int, Sense]]:
        first = letters(text.chars[start])[0]
        for stem, sense in self.stems.get(first, ()):
            for end in _ends(text, start, stem):
                yield end, sense


def _ends(text: Text, start: int, stem: str) -> Iterator[int]:
    """Yield where the run that holds a stem's last letter ends, if the rest of it is an ending."""
    end = start
    while end < len(text):
        end = text.run_ends[end]
        # as many characters as the stem has letters: a run of a thousand is taken apart where it begins like it
        begun = letters(text.chars[start : min(end, start + len(stem))])
        if len(begun) >= len(stem):
            if begun.startswith(stem) and is_ending(stem, letters(text.chars[start:end])):
                yield end
            return
        if not stem.startswith(begun):
            return


def phrase(entry: str) -> tuple[str, ...]:
    """Return an English entry's lemmas."""
    return tuple(lemma(word) for word in _PARTS.split(entry.strip()) if word)
