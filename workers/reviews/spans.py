"""The sentences and clauses of a text, by which it is judged beside the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from workers.reviews.korean.stream import contrast_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.reviews.vocabulary import Span

# A line's end, or up to 50 marks before a space; both begin with one set, which the search skips to.
_END = re.compile(r"[\n.!?…\u3002\uff01\uff1f](?:(?<=\n)|[.!?…\u3002\uff01\uff1f]{0,49}+(?=\s|$))")
_WRITTEN = re.compile(r"\S")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LATIN_WORDS = re.compile(r"(?<![A-Za-z'])[A-Za-z']{2,30}[\s,]{1,3}[A-Za-z']{2,30}")
_CONTRASTS = ("but", "however", "although", "though", "yet")
_CONTRAST = re.compile(rf"[,;]?\s{{1,20}}+(?:{'|'.join(_CONTRASTS)})\b[,]?\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The parts of a text to judge.

    Attributes:
        sentences: all sentences.
        inner: the same, none where one is the whole text.
        clauses: sentences cut at contrasts, none where there is no contrast.
        spans: the whole, then `inner`, then `clauses`.

    """

    sentences: list[Span]
    inner: list[Span]
    clauses: list[Span]
    spans: list[Span]

    @classmethod
    def of(cls, text: str, code: str | None) -> Layout:
        """Return the parts of a text in a language."""
        sentences = sentence_spans(text)
        inner = sentences if len(sentences) > 1 else []
        clauses = (contrast_spans if code == "ko" else clause_spans)(text, sentences)
        return cls(sentences, inner, clauses, [(0, len(text)), *inner, *clauses])

    def finest(self) -> tuple[int, int]:
        """Return which of `spans` are the finest parts: where they begin, and how many there are."""
        if self.clauses:
            return 1 + len(self.inner), len(self.clauses)
        return (1, len(self.inner)) if self.inner else (0, 1)


def sentence_spans(text: str) -> list[Span]:
    """Return start and end of each sentence: up to . ! ? and a space, or a line's end."""
    spans = []
    first = _WRITTEN.search(text)
    while first:
        start = first.start()
        mark = _END.search(text, start + 1)
        end = mark.end() if mark else len(text)
        spans.append((start, start + len(text[start:end].rstrip())))
        first = _WRITTEN.search(text, end)
    return spans


def clause_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the sentences cut further at "but" and the like; [] where nothing is cut."""
    lower = text.lower()  # four looks for a word each, since a loop over them takes five times as long
    if not ("but" in lower or "though" in lower or "however" in lower or "yet" in lower):
        return []
    if not _CONTRAST.search(text):
        return []
    parts = []
    for start, end in spans:
        cuts = [match.span() for match in _CONTRAST.finditer(text, start, end)]
        edges = [start, *chain.from_iterable(cuts), end]
        parts += [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip()]
    return parts


def has_several_scripts(text: str) -> bool:
    """Say whether a text may have a sentence in Korean and one in Latin letters."""
    return not text.isascii() and bool(_HANGUL.search(text)) and bool(_LATIN_WORDS.search(text))
