"""Circadian phase and amplitude of each date, from the pacemaker that a person's sleep drives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features import pacemaker
from workers.mood.features.pacemaker import STEP_S, STEPS_A_DAY
from workers.mood.features.windows import DAY_S, HOUR_S, LONG_S, Seconds, Windows, union

CBTMIN_TO_DLMO_H = 7.0  # Lim et al. 2024, Methods
LEAD_DAYS = 40  # the first long sleep, repeated so often, goes before it
USUAL_NIGHTS = 14  # a night without data is taken to be the median of so many before it
USUAL_HOURS = (-1.0, 7.0)  # sleep where nothing is known, hours from midnight

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Circadian:
    """Phase and amplitude of consecutive dates, each of shape (n_days,).

    `dlmo_h` is the dim-light melatonin onset in local hours of the evening before: from 5 to 29,
    where 24 is the midnight that begins the date. `amplitude` is half the peak-to-peak of x.
    """

    dlmo_h: Seconds
    amplitude: Seconds


def circadian(windows: Windows, asleep: Seconds, days: Days, offset: Seconds) -> Circadian:
    """Return phase and amplitude of consecutive dates.

    `asleep` (n, 2) is what was slept, disjoint and in order; `offset` (n_days,) is local time
    minus UTC, seconds. A date depends on windows of that date and earlier ones only.
    """
    whole = _with_usual_nights(windows, asleep, days, offset)
    start = _midnight(days[0], offset[0]) - (LEAD_DAYS + 1) * DAY_S
    n_steps = (len(days) + LEAD_DAYS + 3) * STEPS_A_DAY
    x = pacemaker.simulate(pacemaker.awake_share(whole, start, n_steps))
    return _read_off(x, start, days, offset)


def _read_off(x: Seconds, start: float, days: Days, offset: Seconds) -> Circadian:
    """Read the minimum and the swing of x from noon to noon, local time."""
    midnight = days * DAY_S - offset
    first = np.ceil((midnight - DAY_S / 2 - start) / STEP_S).astype(np.int64)
    index = first[:, None] + np.arange(STEPS_A_DAY)
    day = x[np.clip(index, 0, len(x) - 1)]  # (n_days, STEPS_A_DAY)
    lowest = day.argmin(axis=1)
    at = start + (first + lowest + _vertex(day, lowest)) * STEP_S
    dlmo_h = (at - midnight) / HOUR_S - CBTMIN_TO_DLMO_H + 24
    return Circadian(dlmo_h, (day.max(axis=1) - day.min(axis=1)) / 2)


def _vertex(day: Seconds, lowest: Days) -> Seconds:
    """Return where between steps the parabola through each minimum is lowest, -0.5..0.5."""
    rows = np.arange(len(day))
    middle = np.clip(lowest, 1, STEPS_A_DAY - 2)
    before, at, after = (day[rows, middle + shift] for shift in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where(bend > 0, (before - after) / (2 * np.where(bend > 0, bend, 1.0)), 0.0)
    return np.where(middle == lowest, np.clip(shift, -0.5, 0.5), 0.0)


def _with_usual_nights(windows: Windows, asleep: Seconds, days: Days, offset: Seconds) -> Seconds:
    """Return what was slept with usual nights where nothing is known: before the first, and in gaps."""
    lead = days[0] - np.arange(LEAD_DAYS + 1, 0, -1)
    known = np.isin(days, windows.day)
    missing = days[~known]
    spans = _clock_hours(windows)
    usual = np.array([_usual(spans, windows.day, day) for day in missing]).reshape(-1, 2)
    first = spans[windows.long][:1]
    first = first if len(first) else np.array([USUAL_HOURS])
    added = [
        (lead * DAY_S - offset[0])[:, None] + HOUR_S * first,
        (missing * DAY_S - offset[~known])[:, None] + HOUR_S * usual,
    ]
    return union(np.concatenate([*added, asleep]))


def _clock_hours(windows: Windows) -> Seconds:
    """Return each window's start and end in local hours from the midnight of its date, (n, 2)."""
    midnight = windows.day * DAY_S - windows.offset
    return np.column_stack([windows.start - midnight, windows.end - midnight]) / HOUR_S


def _usual(spans: Seconds, window_days: Days, day: np.int64) -> Seconds:
    """Return the median of the long windows of some nights before a date."""
    until = int(np.searchsorted(window_days, day))
    before = spans[max(0, until - 2 * USUAL_NIGHTS) : until]
    before = before[before[:, 1] - before[:, 0] >= LONG_S / HOUR_S][-USUAL_NIGHTS:]
    return np.median(before, axis=0) if len(before) else np.array(USUAL_HOURS)


def _midnight(day: np.int64, offset: np.float64) -> float:
    return float(day * DAY_S - offset)
