"""Measures of one day's activity that know the time of day and never the date."""

from __future__ import annotations

import numpy as np

from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds

MINUTES, HOURS = 1440, 24
MINUTE_NAMES = ("still", "switches")
HOUR_NAMES = ("level", "morning", "hour_switches")
LITTLE = 0.25  # of the day's mean: an hour below it counts as quiet
MORNING = slice(6, 12)
MEMORY_DAYS = 14  # a day's measures are means of so many days up to it; Depresjon's people wore it as long


def minute_measures(counts: Matrix) -> Matrix:
    """Return the share of minutes without movement, and of starts and stops, (n_days, 2).

    `counts` is (n_days, 1440).
    """
    still = counts == 0
    return np.column_stack([still.mean(axis=1), (still[:, 1:] != still[:, :-1]).mean(axis=1)])


def hour_measures(hours: Matrix, level: Seconds) -> Matrix:
    """Return (n_days, 3) of mean activity in the hours of the clock (n_days, 24).

    `level` (n_days,) is how active each day is in SDs of the device's wearers, for counts and steps
    differ; the rest is free of units: the morning's share as a log ratio, and how often an hour
    follows another across a quarter of the day's mean. A day of NaN gives NaN.
    """
    mean = hours.mean(axis=1, keepdims=True)
    quiet = hours < LITTLE * mean
    morning = np.log((hours[:, MORNING].mean(axis=1) + 0.02 * mean[:, 0]) / np.maximum(mean[:, 0], 1e-9))
    switches = (quiet[:, 1:] != quiet[:, :-1]).mean(axis=1)
    return np.column_stack([level, morning, np.where(np.isnan(mean[:, 0]), np.nan, switches)])


def remembered(values: Matrix) -> Matrix:
    """Return each day's mean over the last fortnight up to it, (n_days, n_measures); NaN is left out."""
    measured = ~np.isnan(values)
    zero = np.zeros((1, values.shape[1]))
    total = np.concatenate([zero, np.cumsum(np.where(measured, values, 0.0), axis=0)])
    n = np.concatenate([zero, np.cumsum(measured, axis=0)])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - MEMORY_DAYS, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Matrix = (total[last] - total[first]) / (n[last] - n[first])
    return mean
