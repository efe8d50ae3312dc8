"""Alerts chosen by how often they may come: days that stand out from a person's own past."""

from __future__ import annotations

from bisect import bisect_left, insort

import numpy as np

from workers.mood.features.daily import Matrix

MONTH_DAYS = 30
LEAST_DAYS = 30  # of a past to stand out from


def alerts(log_odds: Matrix, *, a_month: float) -> list[tuple[int, ...]]:
    """Return for each date which risks call, of log odds (n_days, n_risks) with NaN for none.

    A risk calls where it lies above all but as many of its earlier days as the burden allows, and
    never less than a month / `a_month` after the last call of any of them.
    """
    past: list[list[float]] = [[] for _ in range(log_odds.shape[1])]
    last, calls = -np.inf, []
    for day, row in enumerate(log_odds):
        calling = tuple(i for i, odds in enumerate(row) if _stands_out(past[i], odds, a_month))
        due = a_month > 0 and day - last >= MONTH_DAYS / a_month
        calls.append(calling if due else ())
        last = day if calls[-1] else last
        for index, odds in enumerate(row):
            if not np.isnan(odds):
                insort(past[index], odds)
    return calls


def _stands_out(past: list[float], odds: float, a_month: float) -> bool:
    if np.isnan(odds) or len(past) < LEAST_DAYS:
        return False
    above = len(past) - bisect_left(past, odds)
    return above < max(1.0, len(past) * a_month / MONTH_DAYS / 2)
