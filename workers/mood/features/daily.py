"""The 12 daily indexes of Lim et al. 2024."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features.circadian import Days, circadian
from workers.mood.features.windows import DAY_S, HOUR_S, Seconds, Windows, find_windows, union

INDEXES = (
    "ST_long",
    "ST_short",
    "WT_long",
    "WT_short",
    "LongSleepWindow_length",
    "LongSleepWindow_number",
    "ShortSleepWindow_length",
    "ShortSleepWindow_number",
    "Sleep_percentage",
    "Sleep_amplitude",
    "Circadian_phase",
    "Circadian_amplitude",
)
BINS_A_DAY = 144  # of ten minutes

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Daily:
    """Consecutive dates and their indexes.

    `days` (n_days,) are days since 1970-01-01; `values` is (n_days, 12), hours, counts and shares
    in the order of `INDEXES`, NaN on a date without sleep, which is missing and not sleepless.
    `offset` (n_days,) is local time minus UTC, seconds; `onset` and `wake` are the first start and
    last end of the date's windows, local hours from its midnight. `windows` are what it came from.
    """

    days: Days
    values: Matrix
    offset: Seconds
    onset: Seconds
    wake: Seconds
    windows: Windows

    def column(self, name: str) -> Seconds:
        """Return one index of all dates, (n_days,)."""
        return self.values[:, INDEXES.index(name)]


def daily_indexes(asleep: Seconds, offset: Seconds, *, days: Days | None = None) -> Daily:
    """Return the indexes of every date from the first to the last, or of the consecutive `days`.

    `asleep` is (n, 2), UTC seconds; `offset` (n,) is each interval's local time minus UTC, seconds.
    """
    windows = find_windows(asleep, offset)
    if days is None:
        days = _range(windows.day)
    if not len(days):
        empty = np.empty(0)
        return Daily(days, np.empty((0, len(INDEXES))), empty, empty, empty, windows)
    of_day = _offsets(windows, days)
    raw = union(asleep)
    values = np.column_stack([_sleep(windows, days, of_day, raw), *_phase(windows, raw, days, of_day)])
    values[~np.isin(days, windows.day)] = np.nan
    return Daily(days, values, of_day, *_edges(windows, days), windows)


def _range(days: Days) -> Days:
    return np.arange(days.min(), days.max() + 1) if len(days) else days


def _offsets(windows: Windows, days: Days) -> Seconds:
    """Return each date's distance from UTC: that of its last sleep, else of the last one before it."""
    if not len(windows):
        return np.zeros(len(days))
    index = np.searchsorted(windows.day, days, side="right") - 1
    return windows.offset[np.maximum(index, 0)]


def _sleep(windows: Windows, days: Days, offset: Seconds, raw: Seconds) -> Matrix:
    """Return the first ten indexes, (n_days, 10)."""
    long, short = windows.long, ~windows.long
    hours = {name: getattr(windows, name) / HOUR_S for name in ("asleep", "awake", "length")}
    columns = [
        _total(windows, days, hours["asleep"] * long),
        _total(windows, days, hours["asleep"] * short),
        _total(windows, days, hours["awake"] * long),
        _total(windows, days, hours["awake"] * short),
        _total(windows, days, hours["length"] * long),
        _total(windows, days, long * 1.0),
        _total(windows, days, hours["length"] * short),
        _total(windows, days, short * 1.0),
    ]
    # a date with a change of clock has 23 or 25 hours
    length_h = 24 - np.diff(offset, prepend=offset[:1]) / HOUR_S
    share = (columns[0] + columns[1]) / np.clip(length_h, 12, 36)
    return np.column_stack([*columns, share, _amplitude(windows, raw, days, offset)])


def _total(windows: Windows, days: Days, values: npt.NDArray[np.floating]) -> Seconds:
    """Add up a value of the windows by date, (n_days,)."""
    place = windows.day - days[0]
    inside = (place >= 0) & (place < len(days))
    return np.bincount(place[inside], weights=values[inside], minlength=len(days)).astype(np.float64)


def _amplitude(windows: Windows, raw: Seconds, days: Days, offset: Seconds) -> Seconds:
    """Return the coefficient of variation of the time awake in ten-minute bins, noon to noon.

    Only a date's own windows count: those of even and of odd dates are taken apart, and no other
    even date's sleep can reach into an even date's hours.
    """
    owner = np.maximum(np.searchsorted(windows.start, raw[:, 0], side="right") - 1, 0)
    parity = windows.day[owner] % 2 if len(windows) else np.empty(0)
    amplitudes = np.zeros(len(days))
    for half in (0, 1):
        dates = days % 2 == half
        amplitudes[dates] = _variation(raw[parity == half], (days * DAY_S - offset - DAY_S / 2)[dates])
    return amplitudes


def _variation(raw: Seconds, noon: Seconds) -> Seconds:
    """Return the coefficient of variation of the time awake in the bins of the day from each noon on."""
    if not len(raw):
        return np.zeros(len(noon))
    before = np.concatenate([[0.0], np.cumsum(raw[:, 1] - raw[:, 0])])
    slept = np.column_stack([before[:-1], before[1:]]).ravel()
    edges = noon[:, None] + np.linspace(0, DAY_S, BINS_A_DAY + 1)
    awake = 1 - np.diff(np.interp(edges, raw.ravel(), slept), axis=1) * BINS_A_DAY / DAY_S
    variation: Seconds = awake.std(axis=1) / np.maximum(awake.mean(axis=1), 1 / BINS_A_DAY)
    return variation


def _phase(windows: Windows, raw: Seconds, days: Days, offset: Seconds) -> tuple[Seconds, Seconds]:
    rhythm = circadian(windows, raw, days, offset)
    return rhythm.dlmo_h, rhythm.amplitude


def _edges(windows: Windows, days: Days) -> tuple[Seconds, Seconds]:
    """Return the local hours from midnight at which each date's longest window begins and ends."""
    onset, wake = np.full(len(days), np.nan), np.full(len(days), np.nan)
    order = np.argsort(windows.length, kind="stable")  # the longest is written last
    place = windows.day[order] - days[0]
    inside = (place >= 0) & (place < len(days))
    order, place = order[inside], place[inside]
    midnight = windows.day * DAY_S - windows.offset
    onset[place] = ((windows.start - midnight) / HOUR_S)[order]
    wake[place] = ((windows.end - midnight) / HOUR_S)[order]
    return onset, wake
