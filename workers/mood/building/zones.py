"""Local times: of a record's own zone where it names one, of its offset, or of one zone for all."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from workers.mood.days import ZoneJump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.mood.days import Night

Array = npt.NDArray[Any]
QUARTER_S = 900  # offsets change on quarters of an hour
SUMMER_MIN = 60  # a smaller change without a zone's name may be daylight saving alone


def instant(seconds: float) -> datetime:
    """Return the aware time of seconds since 1970 UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=65536)
def offset_at(zone: ZoneInfo, quarter: int) -> int:
    """Return the local time's distance from UTC in a quarter of an hour since 1970, minutes."""
    distance = datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(zone).utcoffset()
    return round(distance.total_seconds() / 60) if distance is not None else 0


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone by its name, None where there is none of it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def placed(kept: Array, names: Sequence[str], fixed: ZoneInfo | None) -> Array:
    """Return records with the offset of their zone, or of one zone for all."""
    if fixed is None and not kept["zone"].any():
        return kept
    moved = kept.copy()
    for number in np.unique(kept["zone"]).tolist():
        zone = fixed or zone_of(names[number])
        if zone is None or (fixed is None and number == 0):
            continue
        rows = np.flatnonzero(kept["zone"] == number)
        quarters, place = np.unique(kept["start"][rows] // QUARTER_S, return_inverse=True)
        moved["offset"][rows] = np.array([offset_at(zone, quarter) for quarter in quarters.tolist()])[place]
    return moved


def jumps(nights: Sequence[Night]) -> tuple[ZoneJump, ...]:
    """Return the changes of the local offset from one date's nights to the next."""
    changes = []
    for before, after in pairwise(nights):
        change = after.offset_min - before.offset_min
        if change and not _is_daylight_saving(before, after, change):
            changes.append(ZoneJump(after.date, change / 60))
    return tuple(changes)


def _is_daylight_saving(before: Night, after: Night, change: int) -> bool:
    """Say whether a change may be the clock's alone: in one zone, or of an hour where no zone is told."""
    if before.zone and after.zone:
        return before.zone == after.zone
    return abs(change) <= SUMMER_MIN
