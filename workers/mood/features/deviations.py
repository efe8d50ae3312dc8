"""How far a person's last days are from their own usual, and from most people's: what risks are made of.

A date's deviations come from that date and earlier ones only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds

RECENT_DAYS = 3
WEEK_DAYS = 7
FORTNIGHT_DAYS = 14
USUAL_DAYS = 90  # the usual is that of so many days before the recent ones
LEAST_FOR_SPREAD = 4
PRIOR_DAYS = 3.0  # days' worth of most people in the usual of somebody new
MEASURES = ("sleep_h", "dlmo_h", "log_steps")
POPULATION = {
    "sleep_h": 7.2,
    "dlmo_h": 22.0,
    "log_steps": 8.75,
}  # actigraphic sleep; Lim's table; 6,300 steps
SPREAD_H = 1.0  # a night's SD of most people, hours
NIGHTLY = np.array([SPREAD_H, 0.4, 0.4])  # a day's SD of each measure, as in the simulator
NAMES = (
    "less_sleep",
    "more_sleep",
    "short_sleeper",
    "uneven_sleep",
    "later_phase",
    "earlier_phase",
    "more_steps",
    "fewer_steps",
)


@dataclass(frozen=True)
class Measures:
    """Consecutive dates of one person, each array (n_days,), NaN where nothing is known.

    `sleep_h` hours asleep; `dlmo_h` the pacemaker's phase, local hours, unknown while the body's clock
    follows a journey; `log_steps` the natural logarithm of steps + 1.
    """

    sleep_h: Seconds
    dlmo_h: Seconds
    log_steps: Seconds


@dataclass(frozen=True)
class Deviations:
    """The deviations (n_days, 8) in the order of `NAMES`, 0 where unknown, and what lies behind them.

    `known` says which are known. Of `MEASURES`, (n_days, 3): the `change` from the usual, and its
    `noise` as an SD. `week_h` is the mean sleep of the last week, `spread_h` the SD of the last
    fortnight, `nights` the number of nights up to each date, (n_days,).
    """

    values: Matrix
    measured: npt.NDArray[np.bool_]
    change: Matrix
    noise: Matrix
    week_h: Seconds
    spread_h: Seconds
    nights: Seconds


def deviations(measures: Measures, *, whole: bool = False) -> Deviations:
    """Return how each date's last days differ from the usual; with `whole` from that of all days."""
    columns = np.column_stack([getattr(measures, name) for name in MEASURES])
    recent, n_recent = _mean(columns, RECENT_DAYS)
    usual, n_usual = _whole(columns) if whole else _usual(columns)
    change = recent - usual
    week_h, spread_h = _mean(columns[:, :1], WEEK_DAYS)[0][:, 0], _spread(columns[:, 0])
    values = np.column_stack(
        [
            *_sides(-change[:, 0], 4.0),
            np.clip(POPULATION["sleep_h"] - week_h, -4, 4),
            np.clip(spread_h - SPREAD_H, -1, 2),
            *_sides(change[:, 1], 4.0),
            *_sides(change[:, 2], 1.5),
        ]
    )
    noise = NIGHTLY * np.sqrt(1 / np.maximum(n_recent, 1) + 1 / (n_usual + 1))
    nights = np.cumsum(~np.isnan(measures.sleep_h)).astype(np.float64)
    measured = ~np.isnan(values)
    return Deviations(np.nan_to_num(values), measured, change, noise, week_h, spread_h, nights)


def _sides(change: Seconds, most: float) -> tuple[Seconds, Seconds]:
    """Return how far a change goes up and how far it goes down, both from 0 to `most`."""
    return np.clip(change, 0, most), np.clip(-change, 0, most)


def _sums(values: Matrix, days: int, *, lag: int = 0) -> tuple[Matrix, Matrix]:
    """Return sum and number of the known values of the `days` dates up to `lag` days ago."""
    measured = ~np.isnan(values)
    parts = []
    for each in (np.where(measured, values, 0.0), measured.astype(np.float64)):
        total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(each, axis=0)])
        last = np.maximum(np.arange(len(values)) + 1 - lag, 0)
        parts.append(total[last] - total[np.maximum(last - days, 0)])
    return parts[0], parts[1]


def _mean(values: Matrix, days: int) -> tuple[Matrix, Matrix]:
    total, n = _sums(values, days)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan), n


def _usual(columns: Matrix) -> tuple[Matrix, Matrix]:
    """Return the mean of the days before the recent ones, drawn to most people's, and their number."""
    total, n = _sums(columns, USUAL_DAYS, lag=RECENT_DAYS)
    prior = np.array([POPULATION[name] for name in MEASURES])
    return (total + PRIOR_DAYS * prior) / (n + PRIOR_DAYS), n


def _whole(columns: Matrix) -> tuple[Matrix, Matrix]:
    """Return the mean of all days, later ones too, and their number."""
    total, n = _sums(columns, max(len(columns), 1))
    mean = total / np.maximum(n, 1)
    return np.broadcast_to(mean[-1:], columns.shape), np.broadcast_to(n[-1:], columns.shape)


def _spread(values: Seconds) -> Seconds:
    """Return the SD of the last fortnight's known values without the one farthest from their mean.

    One sleepless night makes nobody an uneven sleeper. NaN where few are known.
    """
    padded = np.concatenate([np.full(FORTNIGHT_DAYS - 1, np.nan), values])
    nights = np.lib.stride_tricks.sliding_window_view(padded, FORTNIGHT_DAYS)  # (n_days, 14)
    measured = ~np.isnan(nights)
    n = measured.sum(axis=1)
    filled = np.where(measured, nights, 0.0)
    away = np.where(measured, np.abs(filled - _row_mean(filled, n)), -1.0)
    farthest = away.argmax(axis=1)
    measured = measured & (np.arange(FORTNIGHT_DAYS) != farthest[:, None])
    kept = np.where(measured, filled, 0.0)
    square = np.where(measured, (kept - _row_mean(kept, n - 1)) ** 2, 0.0).sum(axis=1)
    return np.where(n > LEAST_FOR_SPREAD, np.sqrt(square / np.maximum(n - 2, 1)), np.nan)


def _row_mean(filled: Matrix, n: npt.NDArray[np.int64]) -> Matrix:
    mean: Matrix = filled.sum(axis=1, keepdims=True) / np.maximum(n, 1)[:, None]
    return mean
