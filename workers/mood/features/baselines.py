"""Mean, SD and Z-score of a measure over a person's days: earlier ones only, or the whole history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workers.mood.features.daily import Matrix

STILL = 1e-9  # an SD below this is none, and there is no Z-score but 0


@dataclass(frozen=True)
class Baseline:
    """Mean, sample SD and Z-score of each day, and the number of days behind them, as the values."""

    mean: Matrix
    sd: Matrix
    z: Matrix
    n: Matrix


def running(values: Matrix) -> Baseline:
    """Return baselines that use that day and earlier ones, of values (n_days, ...) with NaN for none.

    Sums run forwards, so a day's figures are the same to the last bit whatever comes later.
    """
    measured = ~np.isnan(values)
    origin = _first_known(values, measured)  # keeps the sums of squares small
    steps = np.where(measured, values - origin, 0.0)
    n = np.cumsum(measured, axis=0).astype(np.float64)
    mean, variance = _moments(n, np.cumsum(steps, axis=0), np.cumsum(steps * steps, axis=0))
    return _baseline(values, mean + origin, np.sqrt(variance), n)


def whole(values: Matrix) -> Baseline:
    """Return baselines over the whole history, as the paper has them: retrospective."""
    last = running(values)
    mean, sd, n = (np.broadcast_to(part[-1:], values.shape) for part in (last.mean, last.sd, last.n))
    return _baseline(values, mean, sd, n)


def _first_known(values: Matrix, measured: Matrix) -> Matrix:
    if not len(values):
        return np.zeros(values.shape[1:])
    first = measured.argmax(axis=0)
    values_then: Matrix = np.take_along_axis(values, np.expand_dims(first, 0), axis=0)[0]
    return np.nan_to_num(values_then)


def _moments(n: Matrix, total: Matrix, squares: Matrix) -> tuple[Matrix, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.where(n > 1, (squares - total * mean) / (n - 1), np.nan)
    return mean, np.maximum(variance, 0.0)


def _baseline(values: Matrix, mean: Matrix, sd: Matrix, n: Matrix) -> Baseline:
    spread = sd > STILL
    z = np.where(spread, (values - mean) / np.where(spread, sd, 1.0), np.where(np.isnan(values), np.nan, 0.0))
    return Baseline(mean, sd, z, n)
