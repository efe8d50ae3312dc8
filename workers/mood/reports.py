"""What a person says of a day joins the score by a weight that is learned on that person's earlier days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from workers.mood.features.windows import Seconds

FADE = 0.4  # of a new rating in the running mean; .3 to .6 give the same AUC on digiBP
TYPICAL = 0.1  # a usual rating, 0..1
STEEPNESS = 12.0  # log odds between ratings of 0 and 1
LEARNING = 20.0  # how fast the weight follows which of the two told a rating better
MOST = 0.95  # the index keeps a word


@dataclass(frozen=True)
class Ratings:
    """What a person's ratings say of each date, each (n_days,).

    `weight` 0..1 is that of the ratings, 1 - `weight` the index's; `log_odds` is how far the running
    `mean` of the ratings moves the odds from the base; `n` is the number of ratings behind it.
    """

    weight: Seconds
    log_odds: Seconds
    mean: Seconds
    n: Seconds

    def join(self, change: Seconds) -> Seconds:
        """Return the joined change of log odds, of the index's `change` (n_days,)."""
        return (1 - self.weight) * change + self.weight * self.log_odds


def recent_ratings(ratings: Seconds, risk: Seconds, *, today: bool = False) -> Ratings:
    """Return what ratings of 0..1 (n_days,), NaN for none, say beside the index's risk (n_days,).

    With `today` a date's own rating counts too: for showing a day, not for telling it beforehand.
    The weight follows which told this person's earlier ratings better: the running mean of those
    before, or the index.
    """
    n_days = len(ratings)
    weights, means, counts = np.zeros(n_days), np.zeros(n_days), np.zeros(n_days)
    mean, n, lead = TYPICAL, 0, 0.0
    for day, (rating, index) in enumerate(zip(ratings.tolist(), risk.tolist(), strict=True)):
        rated = not math.isnan(rating)
        after = _after(mean, rating, n) if rated else mean
        counts[day] = n + (today and rated)
        means[day] = after if today else mean
        weights[day] = _weight(lead) if counts[day] else 0.0
        if rated:
            lead += _miss(rating, index) - (rating - mean) ** 2 if n else 0.0
            mean, n = after, n + 1
    return Ratings(weights, STEEPNESS * (means - TYPICAL), means, counts)


def _weight(lead: float) -> float:
    """Return the weight of ratings that were `lead` squared errors better than the index."""
    return min(MOST, 1 / (1 + math.exp(-min(LEARNING * lead, 50.0))))


def _after(mean: float, rating: float, n: int) -> float:
    return FADE * rating + (1 - FADE) * mean if n else rating


def _miss(rating: float, risk: float) -> float:
    """Return the squared error of the index as a forecast of a rating."""
    return (rating - (TYPICAL if math.isnan(risk) else risk)) ** 2
