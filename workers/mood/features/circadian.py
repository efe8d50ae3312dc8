"""Circadian phase and amplitude of each date, from the pacemaker that a person's sleep drives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features import pacemaker
from workers.mood.features.pacemaker import CHUNK, STEP_S, STEPS_A_DAY
from workers.mood.features.windows import DAY_S, HOUR_S, LONG_S, Seconds, Windows, union

CBTMIN_TO_DLMO_H = 7.0  # Lim et al. 2024, Methods
LEAD_DAYS = 20  # the first long sleep, repeated so often, goes before it
AGAIN = 500  # dates that are simulated again at once, where a later date's sleep begins before noon
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
    usual, onset = _usual_nights(windows, days, offset)
    start = float(days[0] * DAY_S - offset[0]) - (LEAD_DAYS + 1) * DAY_S + onset * HOUR_S
    n_steps = (len(days) + LEAD_DAYS + 3) * STEPS_A_DAY
    slept = union(np.concatenate([usual.spans, asleep]))
    run = pacemaker.simulate(pacemaker.awake_share(slept, start, n_steps))
    noon = days * DAY_S - offset - DAY_S / 2
    first = np.clip(np.ceil((noon - start) / STEP_S).astype(np.int64), 0, n_steps - 1)
    chunk, place = first // CHUNK, first % CHUNK
    hours = place[:, None] + np.arange(STEPS_A_DAY)
    day = run.x[hours, chunk[:, None]]  # (n_days, STEPS_A_DAY)
    following = _following(windows, usual, days)
    again = np.flatnonzero(following < noon + DAY_S)
    for some in np.split(again, range(AGAIN, len(again), AGAIN)):
        edge = start + STEP_S * (chunk[some] * CHUNK + np.arange(1, len(run.awake) + 1)[:, None])
        awake = np.where(edge > following[some], 1.0, run.awake[:, chunk[some]])
        day[some] = run.after(awake, chunk[some])[hours[some].T, np.arange(len(some))].T
    return _read_off(day, start + first * STEP_S, days * DAY_S - offset)


def _following(windows: Windows, usual: _Usual, days: Days) -> Seconds:
    """Return when the first sleep of any later date begins, (n_days,): a date must not know it."""
    starts = np.full(len(days) + 1, np.inf)
    for dates, begun in ((windows.day, windows.start), (usual.days, usual.spans[:, 0])):
        place = dates - days[0]
        inside = (place >= 0) & (place < len(days))
        np.minimum.at(starts, place[inside], begun[inside])
    earliest: Seconds = np.minimum.accumulate(starts[::-1])[::-1]
    return earliest[1:]


def _read_off(day: Seconds, begun: npt.NDArray[np.floating], midnight: Seconds) -> Circadian:
    """Read the minimum and the swing of x from noon to noon, (n_days, STEPS_A_DAY)."""
    lowest = day.argmin(axis=1)
    at = begun + (lowest + _vertex(day, lowest)) * STEP_S
    dlmo_h: Seconds = (at - midnight) / HOUR_S - CBTMIN_TO_DLMO_H + 24
    return Circadian(dlmo_h, (day.max(axis=1) - day.min(axis=1)) / 2)


def _vertex(day: Seconds, lowest: Days) -> Seconds:
    """Return where between steps the parabola through each minimum is lowest, -0.5..0.5."""
    rows = np.arange(len(day))
    middle = np.clip(lowest, 1, STEPS_A_DAY - 2)
    before, at, after = (day[rows, middle + shift] for shift in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where(bend > 0, (before - after) / (2 * np.where(bend > 0, bend, 1.0)), 0.0)
    return np.where(middle == lowest, np.clip(shift, -0.5, 0.5), 0.0)


@dataclass(frozen=True)
class _Usual:
    """Nights of which nothing is known: their dates (n,) and the sleep (n, 2) that they are given."""

    days: Days
    spans: Seconds


def _usual_nights(windows: Windows, days: Days, offset: Seconds) -> tuple[_Usual, float]:
    """Return sleep for the nights of which nothing is known, and the onset of those before the first date.

    Before the first date they are that date's long sleep, in gaps the median of the nights before.
    """
    measured = np.isin(days, windows.day)
    missing = days[~measured]
    spans = _clock_hours(windows)
    usual = np.array([_usual(spans, windows.day, day) for day in missing]).reshape(-1, 2)
    first = spans[windows.long & (windows.day == windows.day[:1])][:1]
    first = first if len(first) else np.array([USUAL_HOURS])
    lead = days[0] - np.arange(LEAD_DAYS + 1, 0, -1)
    before = (lead * DAY_S - offset[0])[:, None] + HOUR_S * first
    within = (missing * DAY_S - offset[~measured])[:, None] + HOUR_S * usual
    apart = _apart(within, windows)
    usual_nights = _Usual(np.concatenate([lead, missing[apart]]), np.concatenate([before, within[apart]]))
    return usual_nights, float(first[0, 0])


def _apart(spans: Seconds, windows: Windows) -> npt.NDArray[np.bool_]:
    """Return whether each span overlaps no window: a date without sleep may lie between two day's sleeps."""
    begun = np.searchsorted(windows.start, spans[:, 1])
    ended = np.searchsorted(windows.end, spans[:, 0], side="right")
    apart: npt.NDArray[np.bool_] = begun <= ended
    return apart


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
