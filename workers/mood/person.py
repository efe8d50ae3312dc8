"""A person's history as columns: what the features and the models are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from workers.mood.days import DURATION_ONLY, IN_BED, History
from workers.mood.features.daily import Daily, Matrix, daily_indexes
from workers.mood.features.deviations import Measures
from workers.mood.features.windows import Seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

EPOCH = date(1970, 1, 1)
JUMP_H = 3.0  # a smaller change of the local time does not shake the body's clock
DAYS_AN_HOUR = 1.0  # of settling after a journey: about an hour a day, Eastman and Burgess 2009


@dataclass(frozen=True)
class Person:
    """Consecutive dates, each array (n_days,) unless it says otherwise, NaN where nothing is known.

    `daily` has the 12 indexes; `steps` (n_days, 24) by the hour, NaN on days without any; `low` and
    `high` are ratings of 0..1; `basis` is that of the date's sleep; `settled` 0..1 says how far the
    body's clock has followed the last journey.
    """

    dates: tuple[date, ...]
    daily: Daily
    sleep_h: Seconds
    log_steps: Seconds
    steps: Matrix
    low: Seconds
    high: Seconds
    basis: tuple[str | None, ...]
    settled: Seconds

    def measures(self) -> Measures:
        """Return what the deviations are of; while the clock settles, its phase is left out."""
        phase = np.where(self.settled < 1, np.nan, self.daily.column("Circadian_phase"))
        return Measures(self.sleep_h, phase, self.log_steps)

    def in_bed(self) -> Seconds:
        """Return 1 for dates whose sleep is time in bed, else 0."""
        return np.array([float(basis == IN_BED) for basis in self.basis])

    def duration_only(self) -> Seconds:
        """Return 1 for dates of which only a duration is known, else 0."""
        return np.array([float(basis == DURATION_ONLY) for basis in self.basis])


def person_of(history: History) -> Person:
    """Return a history as columns, one row for each of its days."""
    dates = tuple(day.date for day in history.days)
    days = np.array([(each - EPOCH).days for each in dates], dtype=np.int64)
    hours = np.array([_hours(day.steps_by_hour) for day in history.days]).reshape(-1, 24)
    low, high = _ratings(history, dates)
    return Person(
        dates=dates,
        daily=_daily(history, days),
        sleep_h=_column(day.sleep_minutes for day in history.days) / 60,
        log_steps=np.log1p(_column(day.steps for day in history.days)),
        steps=hours,
        low=low,
        high=high,
        basis=tuple(day.basis for day in history.days),
        settled=_settled(history, dates),
    )


def _daily(history: History, days: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Daily:
    stretches = [(*each, night.offset_min * 60.0) for night in history.nights for each in night.asleep]
    table = np.array(stretches, dtype=np.float64).reshape(-1, 3)
    return daily_indexes(table[:, :2], table[:, 2], days=days)


def _column(values: Iterable[float | None]) -> Seconds:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _hours(steps: tuple[float | None, ...]) -> list[float]:
    """Return steps by the hour: an hour without a record is one without steps, if the day has any."""
    unknown = all(value is None for value in steps)
    return [np.nan if unknown else float(value or 0.0) for value in steps]


def _ratings(history: History, dates: tuple[date, ...]) -> tuple[Seconds, Seconds]:
    """Return ratings of low and of high mood, 0..1; a valence below 0 is a low of that size."""
    reports = {report.date: report for report in history.self_reports}
    low, high = np.full(len(dates), np.nan), np.full(len(dates), np.nan)
    for index, each in enumerate(dates):
        report = reports.get(each)
        if report is None:
            continue
        valence = report.daily_valence if report.daily_valence is not None else report.momentary_mean
        if report.low is not None or valence is not None:
            low[index] = report.low if report.low is not None else max(0.0, -(valence or 0.0))
        if report.high is not None:
            high[index] = report.high
    return low, high


def _settled(history: History, dates: tuple[date, ...]) -> Seconds:
    """Return how far the clock has followed the last journey, 0 on its day and 1 when settled."""
    settled = np.ones(len(dates))
    for jump in history.zone_jumps:
        if abs(jump.hours) < JUMP_H:
            continue
        needed = min(abs(jump.hours), 24 - abs(jump.hours)) * DAYS_AN_HOUR
        for index, each in enumerate(dates):
            since = (each - jump.date) / timedelta(days=1)
            if 0 <= since < needed:
                settled[index] = min(settled[index], since / needed)
    return settled
