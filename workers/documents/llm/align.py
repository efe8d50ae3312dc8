"""Find a model's quote in the text: exactly, or within one sentence; what cannot be found is not taken."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from workers.documents.llm.chunks import paragraphs
from workers.documents.understanding.sentences import Piece, sentences

GAP = re.compile(r"\[\.\.\.\]|\.\.\.|…")
WORD = re.compile(r"\w+")
LEAST_LIKENESS = 0.8  # of words in order: a typing slip passes, a paraphrase does not
LEAST_WORDS = 4  # of a quote that may differ at all
LEAST_PART = 8  # characters of a piece beside a gap
SIGNS = {
    **dict.fromkeys(map(ord, "‘’‚´`ʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
}


@dataclass(frozen=True)
class Aligned:
    """Where a quote stands, and how alike the model's words were."""

    piece: Piece
    how: str  # exact, gap or fuzzy
    likeness: float = 1.0


class Aligner:
    """Finds quotes in one text; what it has to know of the text is made once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain, self.offsets = _plain(text)
        self.pieces = [piece for start, end in paragraphs(text) for piece in sentences(text, start, end)]
        self._plains = [_plain(text[piece.start : piece.end])[0] for piece in self.pieces]
        self._by_word: dict[str, set[int]] = {}
        for number, plain in enumerate(self._plains):
            for word in set(WORD.findall(plain)):
                self._by_word.setdefault(word, set()).add(number)

    def find(self, quote: str, start: int, end: int) -> Aligned | None:
        """Return where a quote stands, best within `text[start:end]`, where the model has read it."""
        plain = _plain(quote)[0]
        if not WORD.search(plain):
            return None
        return self._exact(plain, start, end) or self._gapped(quote) or self._fuzzy(plain)

    def _exact(self, plain: str, start: int, end: int) -> Aligned | None:
        """Find the same words; signs and blanks may be others."""
        places: list[int] = []
        at = self.plain.find(plain)
        while at >= 0 and len(places) < 100:
            places.append(at)
            at = self.plain.find(plain, at + 1)
        if not places:
            return None
        inside = [at for at in places if start <= self.offsets[at] < end]
        first = (inside or places)[0]
        return Aligned(Piece(self.offsets[first], self.offsets[first + len(plain) - 1] + 1), "exact")

    def _gapped(self, quote: str) -> Aligned | None:
        """Repair a quote with a gap to the one sentence that has its parts in order."""
        parts = [_plain(part.strip())[0] for part in GAP.split(quote)]
        if len(parts) < 2 or any(len(part) < LEAST_PART for part in parts):
            return None
        for piece, plain in zip(self.pieces, self._plains, strict=True):
            at = 0
            for part in parts:
                at = plain.find(part.rstrip("."), at)
                if at < 0:
                    break
                at += len(part.rstrip("."))
            else:
                return Aligned(piece, "gap", sum(map(len, parts)) / max(len(plain), 1))
        return None

    def _fuzzy(self, plain: str) -> Aligned | None:
        """Find the sentence with nearly the same words in nearly the same order.

        Only the few sentences that share most words are compared, so that it takes time in
        proportion to the text, whatever the quotes are.
        """
        words = WORD.findall(plain)
        if len(words) < LEAST_WORDS:
            return None
        shared: dict[int, int] = {}
        for word in set(words):
            for number in self._by_word.get(word, ()):
                shared[number] = shared.get(number, 0) + 1
        best = sorted(shared, key=lambda number: -shared[number])[:3]
        rated = [(self._likeness(words, number), number) for number in best]
        likeness, number = max(rated, default=(0.0, 0))
        if likeness < LEAST_LIKENESS or _numbers(plain) != _numbers(self._plains[number]):
            return None
        return Aligned(self.pieces[number], "fuzzy", likeness)

    def _likeness(self, words: list[str], number: int) -> float:
        other = WORD.findall(self._plains[number])
        return SequenceMatcher(None, words, other, autojunk=False).ratio() if len(other) < 400 else 0.0


def _numbers(plain: str) -> list[str]:
    return re.findall(r"\d+", plain)


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text in one spelling, and for each of its characters where it stands in the text."""
    letters: list[str] = []
    offsets: list[int] = []
    for at, sign in enumerate(text):
        for each in _spelled(sign):
            if each == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(each)
            offsets.append(at)
    while letters and letters[-1] == " ":
        letters.pop()
        offsets.pop()
    return "".join(letters), offsets


def _spelled(sign: str) -> str:
    if sign in "\u00ad\u200b":
        return ""
    if sign.isspace():
        return " "
    if sign.isascii():
        return sign.lower()
    return unicodedata.normalize("NFKC", sign).translate(SIGNS).casefold()
