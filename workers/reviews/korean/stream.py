"""A Korean text as one stream of syllables and signs: how it is spaced says nothing, as writers differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from workers.reviews.korean.negation import negated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.reviews.korean.negation import Negated
    from workers.reviews.vocabulary import Span

# Laughter and tears stand behind praise and blame alike; dots and dashes say that a writer goes on.
_KEPT = re.compile(r"[^\s.…·,;~\-\u2010-\u2015\u3002ㅋㅎㅠㅜ]+")
_SEEN = re.compile(r"\S+")  # of a text without a syllable, such as laughter alone
_SYLLABLE = re.compile("[가-힣]")
_STOP = re.compile(r"[.!?;,…\n\u3002]")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
# Endings and words that set what follows against what stood before; 좋은데요 and 좋은데 end a sentence.
_AGAINST = "지만|[는은한운던인했였었았왔갔]데|으나|[가-힣]더니|라길래|그런데|근데|그래도|그러나|다만"
_TURN = re.compile(rf"(?:{_AGAINST})(?=[가-힣])(?!요)")
_CONTRAST = re.compile(rf"(?:{_AGAINST})[\s,]{{1,9}}(?=\S)")
_SIGNS = re.compile(r"[!?]+")


@dataclass(frozen=True)
class Stream:
    """A text's letters in lower case without spaces.

    Attributes:
        letters: the stream.
        places: where each of its letters stands in the text.
        clauses: start and end of each clause in the stream, in order.
        negations: what negators turn, in the stream.

    """

    letters: str
    places: list[int]
    clauses: list[tuple[int, int]]
    negations: list[Negated]


def stream_of(text: str) -> Stream:
    """Return the stream of a text."""
    lower = text.lower()
    if len(lower) != len(text):  # one of the few letters that are two in lower case
        lower = text
    kept = _KEPT if _SYLLABLE.search(lower) else _SEEN
    pieces = [match.span() for match in kept.finditer(lower)]
    letters, places, stops = _joined(lower, pieces)
    clauses = _clauses(letters, stops)
    return Stream(letters, places, clauses, negated(letters, clauses))


def _joined(text: str, pieces: list[tuple[int, int]]) -> tuple[str, list[int], set[int]]:
    """Return the pieces as one, where each letter stood, and where in them a clause ends."""
    places: list[int] = []
    stops: set[int] = set()
    behind = 0
    for start, end in pieces:
        if places and _STOP.search(text, behind, start):
            stops.add(len(places))
        elif places:
            start = _behind_repeats(text, places, stops, (start, end))  # noqa: PLW2901 - as below
        for match in _REPEATED.finditer(text, start, end):
            places += range(start, match.start() + 2)
            start = match.end()  # noqa: PLW2901 - what is passed over
        places += range(start, end)
        behind = end
    return "".join([text[place] for place in places]), places, stops


def _behind_repeats(text: str, places: list[int], stops: set[int], piece: tuple[int, int]) -> int:
    """Return where a piece goes on behind the letter that the one before it ends with; it is kept twice."""
    start, end = piece
    letter, first = text[places[-1]], start
    while start < end and text[start] == letter:
        start += 1
    is_double = len(places) > 1 and text[places[-2]] == letter and len(places) - 1 not in stops
    if start > first and not is_double:
        places.append(first)
    return start


def _clauses(letters: str, stops: set[int]) -> list[tuple[int, int]]:
    """Return the clauses: up to a stop, a sign of one, or what sets the next one against it."""
    cuts = stops | {match.end() for match in _TURN.finditer(letters)}
    cuts |= {match.end() for match in _SIGNS.finditer(letters)}
    edges = sorted({0, *cuts, len(letters)})
    return list(pairwise(edges))


def contrast_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the sentences cut further at contrasts such as 지만; [] where nothing is cut."""
    if not _CONTRAST.search(text):
        return []
    parts: list[Span] = []
    for start, end in spans:
        cuts = [match.end() for match in _CONTRAST.finditer(text, start, end)]
        edges = [start, *(cut for cut in cuts if text[cut:end].strip()), end]
        parts += [(a, b) for a, b in pairwise(edges) if text[a:b].strip()]
    return parts
