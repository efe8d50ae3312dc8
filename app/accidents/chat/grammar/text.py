"""A question as its characters without the spaces, and where its words begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from app.accidents.chat.grammar.english import lemma
from app.accidents.chat.grammar.hangul import composed, is_hangul

_SKIPPED = re.compile(r"[\s_\-\u00b7\u2010-\u2015]")
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def squeezed(text: str) -> str:
    """Return a text in small letters without spaces, hyphens and underscores."""
    return _SKIPPED.sub("", text).casefold()


def kind(char: str) -> str:
    """Return h for Hangul, l for another letter, d for a digit, p for anything else."""
    if is_hangul(char):
        return "h"
    if char.isdigit():
        return "d"
    return "l" if char.isalpha() else "p"


@dataclass(frozen=True)
class Text:
    """A question, made ready for look-ups at every position."""

    written: str

    @classmethod
    def of(cls, message: str) -> Text:
        """Return a message's text with loose Hangul letters put together and plain quotes."""
        return cls(re.sub(r"[“”„]", '"', re.sub(r"[‘’]", "'", composed(message))))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The places in the written text of the characters that are not skipped."""
        return tuple(at for at, char in enumerate(self.written) if not _SKIPPED.match(char))

    @cached_property
    def chars(self) -> str:
        """The characters that are not skipped, in small letters, one for one."""
        return "".join(self.written[at].lower()[:1] for at in self.places)

    @cached_property
    def number(self) -> dict[int, int]:
        """The number of a character by its place in the written text."""
        return {at: number for number, at in enumerate(self.places)}

    def __len__(self) -> int:
        return len(self.places)

    def apart(self, number: int) -> bool:
        """Tell whether a space or nothing stands before a character."""
        return number == 0 or number >= len(self) or self.places[number] != self.places[number - 1] + 1

    def boundary(self, number: int) -> bool:
        """Tell whether a word may begin or end before a character: at a space or another script."""
        if self.apart(number):
            return True
        left, right = kind(self.chars[number - 1]), kind(self.chars[number])
        return (
            left == "p" or right == "p" or (left == "h") != (right == "h") or (left == "d" and right == "l")
        )

    @cached_property
    def run_ends(self) -> tuple[int, ...]:
        """For each character the number after the last one of its run of one script."""
        ends = [0] * len(self)
        end = len(self)
        for number in range(len(self) - 1, -1, -1):
            if number + 1 < len(self) and self.boundary(number + 1):
                end = number + 1
            ends[number] = end
        return tuple(ends)

    @cached_property
    def words(self) -> dict[int, tuple[int, str]]:
        """The Latin words: the end and the lemma by the start."""
        words = {}
        for match in _LATIN.finditer(self.written):
            if not any(is_hangul(char) for char in match.group()):
                start = self.number[match.start()]
                words[start] = (self.number[match.end() - 1] + 1, lemma(match.group()))
        for match in re.finditer(
            r"(?<![A-Za-z\u00c0-\u024f])[A-Za-z\u00c0-\u024f]+(?=[가-힣])"
            r"|(?<=[가-힣])[A-Za-z\u00c0-\u024f]+",
            self.written,
        ):
            start = self.number[match.start()]
            words.setdefault(start, (self.number[match.end() - 1] + 1, lemma(match.group())))
        return words

    def between(self, start: int, end: int) -> str:
        """Return what is written from one character up to another."""
        return self.written[self.places[start] : self.places[end - 1] + 1]
