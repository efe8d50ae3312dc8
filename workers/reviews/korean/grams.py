"""What the Korean model sees: hashed n-grams of the stream, with marks of what is negated and said last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.reviews.features import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.reviews.korean.stream import Stream

LENGTHS = (1, 2, 3, 4)
LAST_LENGTHS = (2, 3)  # of the final clause, under a prefix of their own
PLAIN, TURNED, TURNED_TWICE, LAST = range(4)  # prefixes; LAST is added to the others
STEM = 8  # and of the beginning of what is negated; twice that of its end
STEM_LENGTHS = (1, 2)
WEIGHT, TURNED_WEIGHT, LAST_WEIGHT, STEM_WEIGHT = 0.5, 0.8, 0.5, 1.0

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Grams:
    """The features of n parts, in order of parts.

    Attributes:
        buckets, weights: of each feature (m,); a part's weights have a norm of at most 1.
        parts: the part of each feature (m,).
        first, length: which letters of its part's stream each feature stands on (m,).

    """

    buckets: Numbers
    weights: npt.NDArray[np.float32]
    parts: Numbers
    first: Numbers
    length: Numbers


def grams(streams: Sequence[Stream]) -> Grams:
    """Return the features of streams."""
    block = _Block(streams)
    pieces = [block.runs(size) for size in LENGTHS] + [block.last_runs(size) for size in LAST_LENGTHS]
    pieces += block.stems()
    buckets, weights, at, length = (np.concatenate(column) for column in zip(*pieces, strict=True))
    parts = block.part[at]
    order = np.argsort(parts, kind="stable")
    parts, weights = parts[order], weights[order]
    squares = np.bincount(parts, weights * weights, minlength=len(streams))
    norms = np.sqrt(np.maximum(squares, 1.0)).astype(np.float32)
    first = (at - block.starts[block.part[at]])[order]
    return Grams(buckets[order], weights / norms[parts], parts, first, length[order])


Piece = tuple[Numbers, npt.NDArray[np.float32], Numbers, Numbers]  # buckets, weights, place, length


class _Block:
    """The letters of streams behind each other, each stream between edges."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        sizes = np.array([len(each.letters) + 1 for each in streams], dtype=np.int64)
        self.starts: Numbers = np.cumsum(sizes) - sizes
        text = "\x01".join([each.letters for each in streams]) + "\x01"
        self.codes: Codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.part: Numbers = np.repeat(np.arange(len(streams)), sizes)
        self._place: Numbers = np.arange(len(self.codes))
        self._ends: Numbers = np.repeat(self.starts + sizes - 1, sizes)  # of each letter's stream
        self._sign = np.zeros(len(self.codes), np.uint32)  # prefix of what is negated
        self._reach = np.zeros(len(self.codes), np.int64)  # where the negated part of a letter ends
        self._last = np.full(len(self.codes), np.iinfo(np.int64).max)  # where the final clause begins
        self._negated = [
            (start + first, start + end, TURNED if amount % 2 else TURNED_TWICE)
            for start, each in zip(self.starts.tolist(), streams, strict=True)
            for first, end, amount in each.negations
            if first < end
        ]
        for first, end, sign in self._negated:
            self._sign[first:end] = sign
            self._reach[first:end] = end
        for start, each in zip(self.starts.tolist(), streams, strict=True):
            if len(each.clauses) > 1:
                first, end = each.clauses[-1]
                self._last[start + first : start + end] = start + first

    def runs(self, size: int) -> Piece:
        """Return the runs of `size` letters, those within what is negated under its prefix."""
        at = np.flatnonzero(self._place + size <= self._ends)
        sign = self._signs(at, size)
        weights = np.where(sign == PLAIN, WEIGHT, TURNED_WEIGHT).astype(np.float32)
        return self._hashed(at, size, sign), weights, at, np.full(len(at), size)

    def last_runs(self, size: int) -> Piece:
        """Return the runs of `size` letters within the final clause, where there are others before it."""
        at = np.flatnonzero((self._place + size <= self._ends) & (self._last <= self._place))
        buckets = self._hashed(at, size, self._signs(at, size) + np.uint32(LAST))
        return buckets, np.full(len(at), LAST_WEIGHT, np.float32), at, np.full(len(at), size)

    def stems(self) -> Iterator[Piece]:
        """Yield what is negated by its first letters, one and two, and by its last ones."""
        at = np.array([first for first, _, _ in self._negated], np.int64)
        ends = np.array([end for _, end, _ in self._negated], np.int64)
        signs = np.array([sign for _, _, sign in self._negated], np.uint32)
        for size in STEM_LENGTHS:
            chosen = np.flatnonzero(ends - at >= size)
            for kind, begin in enumerate((at, ends - size)):
                where = begin[chosen]
                buckets = self._hashed(where, size, signs[chosen] + np.uint32(STEM + kind * STEM))
                yield buckets, np.full(len(where), STEM_WEIGHT, np.float32), where, np.full(len(where), size)

    def _signs(self, at: Numbers, size: int) -> Codes:
        """Return the prefix of each run: that of what is negated where all of the run is."""
        return np.where(at + size <= self._reach[at], self._sign[at], np.uint32(PLAIN)).astype(np.uint32)

    def _hashed(self, at: Numbers, size: int, prefix: Codes) -> Numbers:
        """Return the buckets of runs of letters under prefixes (murmur3's mixing)."""
        key = (prefix * np.uint32(0x9E3779B1)) ^ np.uint32(size)
        for step in range(size):
            key = (key ^ self.codes[at + step]) * np.uint32(0x85EBCA6B)
            key ^= key >> np.uint32(15)
        key = (key ^ (key >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        key ^= key >> np.uint32(16)
        return (key & np.uint32(BUCKETS - 1)).astype(np.int64)
