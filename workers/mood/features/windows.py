"""Sleep windows: what counts as one sleep, whether it is long, and to which date it belongs.

The rules are those of Lim et al. 2024, which follow Katori et al., PNAS 119, e2116729119 (2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[np.float64]

MINUTE_S = 60.0
HOUR_S = 3600.0
DAY_S = 86400.0
FLIP_S = 10 * MINUTE_S  # a shorter run of wake or sleep counts as what is around it
MERGE_S = HOUR_S  # sleeps less than this apart are one window
LONG_S = 3.75 * HOUR_S  # a window is long from here


@dataclass(frozen=True)
class Windows:
    """Sleep windows in order of time, each array of shape (n_windows,).

    `start`, `end` and `asleep` are UTC seconds and seconds; `offset` is the local time's distance
    from UTC at the window's midpoint, in seconds.
    """

    start: Seconds
    end: Seconds
    asleep: Seconds
    offset: Seconds

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def length(self) -> Seconds:
        """The windows' lengths, seconds."""
        return self.end - self.start

    @cached_property
    def awake(self) -> Seconds:
        """The raw time awake inside the windows, seconds."""
        return self.length - self.asleep

    @cached_property
    def long(self) -> npt.NDArray[np.bool_]:
        """Whether each window is long."""
        return self.length >= LONG_S

    @cached_property
    def day(self) -> npt.NDArray[np.int64]:
        """The local date of the midnight nearest the midpoint, days since 1970-01-01."""
        middle = (self.start + self.end) / 2 + self.offset
        return np.floor((middle + DAY_S / 2) / DAY_S).astype(np.int64)


def union(intervals: Seconds) -> Seconds:
    """Return intervals (n, 2) sorted and merged where they touch or overlap."""
    if not len(intervals):
        return intervals.reshape(0, 2)
    ordered = intervals[np.argsort(intervals[:, 0], kind="stable")]
    reach = np.maximum.accumulate(ordered[:, 1])
    first = np.concatenate([[True], ordered[1:, 0] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    return np.column_stack([ordered[first, 0], reach[last]])


def find_windows(asleep: Seconds, offset: Seconds) -> Windows:
    """Return the windows of intervals asleep.

    `asleep` is (n, 2) in UTC seconds, in any order; `offset` (n,) is each interval's local time
    minus UTC in seconds. Wake and sleep minutes are the raw ones inside a window: what was
    flipped to find it does not change them.
    """
    if not len(asleep):
        return Windows(*(np.empty(0) for _ in range(4)))
    raw = union(asleep)
    runs = _joined(raw, FLIP_S)
    runs = runs[runs[:, 1] - runs[:, 0] >= FLIP_S]
    spans = _joined(runs, MERGE_S)
    return Windows(spans[:, 0], spans[:, 1], _time_inside(raw, spans), _offset_of(spans, asleep, offset))


def _joined(runs: Seconds, gap: float) -> Seconds:
    """Join intervals that are less than `gap` seconds apart."""
    if not len(runs):
        return runs
    apart = runs[1:, 0] - runs[:-1, 1] >= gap
    first = np.concatenate([[True], apart])
    last = np.concatenate([apart, [True]])
    return np.column_stack([runs[first, 0], runs[last, 1]])


def _time_inside(raw: Seconds, spans: Seconds) -> Seconds:
    """Return the seconds of disjoint sorted intervals that lie inside each span."""
    edges = np.concatenate([[0.0], np.cumsum(raw[:, 1] - raw[:, 0])])

    def until(moment: Seconds) -> Seconds:
        index = np.searchsorted(raw[:, 0], moment, side="right")
        begun = np.maximum(index - 1, 0)
        beyond = np.where(index > 0, np.maximum(raw[begun, 1] - moment, 0.0), 0.0)
        whole: Seconds = edges[index] - beyond
        return whole

    return until(spans[:, 1]) - until(spans[:, 0])


def _offset_of(spans: Seconds, asleep: Seconds, offset: Seconds) -> Seconds:
    """Return the offset of the last interval that began by each span's midpoint."""
    order = np.argsort(asleep[:, 0], kind="stable")
    middle = spans.mean(axis=1)
    index = np.searchsorted(asleep[order, 0], middle, side="right") - 1
    offsets: Seconds = np.asarray(offset, dtype=np.float64)[order][np.maximum(index, 0)]
    return offsets
