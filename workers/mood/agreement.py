"""How well the index agreed with one person's own ratings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from workers.mood.features.windows import Seconds
from workers.mood.measures import auc

LEAST_DAYS, LEAST_OF_EACH = 20, 3
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Agreement:
    """The AUC of the index, without ratings, for days that the person rated above their own median."""

    risk: str
    days: int
    auc: float
    low: float
    high: float


def agreement(risk: str, ratings: Seconds, log_odds: Seconds) -> Agreement | None:
    """Return the agreement from 20 rated days on, None where there are fewer or all are rated alike."""
    both = ~np.isnan(ratings) & ~np.isnan(log_odds)
    rated, odds = ratings[both], log_odds[both]
    if len(rated) < LEAST_DAYS:
        return None
    high = rated > np.median(rated)
    if min(high.sum(), (~high).sum()) < LEAST_OF_EACH:
        return None
    area = auc(odds, high)
    margin = NORMAL_95 * _error(area, int(high.sum()), int((~high).sum()))
    return Agreement(risk, len(rated), area, max(0.0, area - margin), min(1.0, area + margin))


def _error(area: float, positive: int, negative: int) -> float:
    """Return the standard error of an AUC: Hanley and McNeil 1982, doi 10.1148/radiology.143.1.7063747.

    The area is drawn to a half by two pairs, as Agresti and Coull do for shares: one of 1 has an error too.
    """
    fewer = min(positive, negative)
    area = (area * fewer + 1) / (fewer + 2)
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = (positive - 1) * (one - area**2) + (negative - 1) * (two - area**2)
    return math.sqrt(max(0.0, area * (1 - area) + spread) / (positive * negative))
