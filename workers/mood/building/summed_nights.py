"""Summed nights as stretches: sleep from start to end, the time awake in short pieces between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.mood.reading.records import SummedNight

Row = tuple[int, int, int, int, int]
LEAST_SLEEP_S = 600  # a shorter run of sleep would flip
WAKE_S = 540  # a piece of wake: under 10 min it does not part a window, and where it lay is not told


def spread(night: SummedNight) -> Iterator[Row]:
    """Yield (start, end, value, source, offset) of the stretches that a night stands for."""
    assert night.end is not None
    span = night.end - night.start
    awake = max(0, span - round(night.asleep_s))
    pieces = min(math.ceil(awake / WAKE_S), max(1, int((span - awake) // LEAST_SLEEP_S) - 1))
    for number in range(pieces + 1):
        slept = (
            round((span - awake) * number / (pieces + 1)),
            round((span - awake) * (number + 1) / (pieces + 1)),
        )
        woken = round(awake * number / pieces) if pieces else 0
        start, end = night.start + slept[0] + woken, night.start + slept[1] + woken
        if end > start:
            yield start, end, int(night.basis), night.source, night.offset_min
