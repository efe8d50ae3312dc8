"""CRC-32 of many pairs of byte strings put together, from the checksums of their halves.

crc32(a + b) is crc32(b) xor what len(b) zero bytes make of crc32(a), and that is linear in its bits: four
look-ups, one for each byte of a checksum (zlib's crc32_combine).
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Checksums = npt.NDArray[np.uint32]

_BITS = np.arange(256)[:, None] >> np.arange(8) & 1  # (256, 8): the bits of each byte


class Joiner:
    """Joins checksums; what it needs for each length of a second half is made once."""

    def __init__(self) -> None:
        self._tables = np.zeros((0, 4, 256), np.uint32)

    def join(self, firsts: Checksums, seconds: Checksums, lengths: npt.NDArray[np.integer]) -> Checksums:
        """Return the checksums (n,) of pairs.

        Args:
            firsts: the checksums of their first halves (n,).
            seconds: those of their second halves.
            lengths: how many bytes the second halves have.

        """
        made, most = len(self._tables), int(lengths.max(initial=0))
        if most >= made:
            self._tables = np.concatenate([self._tables, [_table(n) for n in range(made, most + 1)]])
        joined = seconds.copy()
        for place in range(4):
            joined ^= self._tables[lengths, place, firsts >> 8 * place & 255]
        return joined


def _table(length: int) -> Checksums:
    """Return what zero bytes make of each byte (4, 256) of a checksum."""
    zeros = bytes(length)
    moved = np.array([crc32(zeros, 1 << bit) ^ crc32(zeros) for bit in range(32)], np.uint32)
    parts = np.where(_BITS, moved.reshape(4, 1, 8), 0)  # (4, 256, 8)
    joined: Checksums = np.bitwise_xor.reduce(parts, axis=2)
    return joined
