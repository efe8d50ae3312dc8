"""Records on disk by kind and month, so that millions of them need little memory."""

from __future__ import annotations

from collections import defaultdict
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from workers.mood.reading.records import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.mood.reading.kinds import Kind

Array = npt.NDArray[Any]
HELD_BYTES = 4_000_000  # in memory before they are written


class Spill:
    """Arrays of kept records; use it as a context manager, its file is gone afterwards."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._held: dict[tuple[Kind, int], list[Array]] = defaultdict(list)
        self._held_bytes = 0
        self._places: dict[tuple[Kind, int], list[tuple[int, int]]] = defaultdict(list)
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, kind: Kind, bucket: int, kept: Array) -> None:
        """Keep records of one kind and bucket."""
        self._held[kind, bucket].append(kept)
        self._held_bytes += kept.nbytes
        if self._held_bytes > HELD_BYTES:
            self._write()

    def _write(self) -> None:
        for key, arrays in self._held.items():
            raw = np.concatenate(arrays).tobytes()
            self._file.seek(self._end)
            self._file.write(raw)
            self._places[key].append((self._end, len(raw)))
            self._end += len(raw)
        self._held.clear()
        self._held_bytes = 0

    def buckets(self, kind: Kind) -> Iterator[Array]:
        """Yield all records of a kind, bucket by bucket in order of time."""
        self._write()
        for key in sorted(key for key in self._places if key[0] == kind):
            yield np.concatenate([self._read(*place) for place in self._places[key]])

    def _read(self, place: int, size: int) -> Array:
        self._file.seek(place)
        return np.frombuffer(self._file.read(size), KEPT)
