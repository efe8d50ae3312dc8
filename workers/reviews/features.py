"""What the linear models see of a text: hashed words, pairs, negations and letters."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKETS = 1 << 19
GRAM_WEIGHT = 0.5  # of a character n-gram against a word: measured on the validation part
NEGATION_REACH = 3  # words after a negator that it still turns, as in VADER

# Emoticons first, then words with their apostrophes, runs of ! and ?, any other sign. U+FE0F, which has
# a sign drawn in colour, says nothing.
_TOKEN = re.compile(
    r"[:;=]['^o-]?[()\[\]DPp/\\|*]+|<3|[^\W_]+(?:['\u2019][^\W_]+)*|[!?]+|\.\.+|[^\w\s\ufe0f]"
)
_MASK, _MARKED = BUCKETS - 1, crc32(b"#")
_LONG_RUN = re.compile(r"(.)\1{2,}")
SENTENCE_SIGNS = frozenset(".,;:!?()…。")


@dataclass(frozen=True)
class Scheme:
    """How one language is cut: the lengths of its character n-grams, its negators."""

    shortest: int
    longest: int
    negators: frozenset[str] = frozenset()


def _negators(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH_NEGATORS = (
    "not no never none nobody nothing nowhere neither nor without hardly barely scarcely rarely seldom "
    "lack lacks lacking cannot aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt "
    "neednt shouldnt wasnt werent wont wouldnt"
)

SCHEMES: Mapping[str, Scheme] = {
    "en": Scheme(3, 5, _negators(_ENGLISH_NEGATORS)),
    "id": Scheme(
        3, 5, _negators("tidak tak tdk bukan bukanlah belum nggak enggak ngga gak ga jangan kurang")
    ),
    "ru": Scheme(3, 5, _negators("не ни нет без никогда нельзя")),
}


def tokens(text: str, start: int = 0, end: int = sys.maxsize) -> list[str]:
    """Return the words and signs of text[start:end], in the case they were written in."""
    return _TOKEN.findall(text, start, end)


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return where each of a text's tokens stands."""
    return [token.span() for token in _TOKEN.finditer(text)]


def bucket(feature: str) -> int:
    """Return the row of the table that a feature is hashed to."""
    return crc32(feature.encode(errors="replace")) & _MASK


def word_features(word: str, scheme: Scheme) -> tuple[list[int], list[float]]:
    """Return buckets and weights of a lower-case word: itself and its character n-grams."""
    squeezed = _LONG_RUN.sub(r"\1\1\1", word)
    buckets, weights = [bucket(squeezed)], [1.0]
    if not squeezed[0].isalnum():
        return buckets, weights
    edged = f"<{squeezed}>"
    for size in range(scheme.shortest, scheme.longest + 1):
        grams = [edged[i : i + size].encode(errors="replace") for i in range(len(edged) - size + 1)]
        buckets += [crc32(gram, _MARKED) & _MASK for gram in grams]  # as of "#" and the n-gram
        weights += [GRAM_WEIGHT] * len(grams)
    return buckets, weights


def is_negator(word: str, scheme: Scheme) -> bool:
    """Say whether a lower-case word turns the next ones."""
    return word in scheme.negators or word.endswith(("n't", "n\u2019t"))
