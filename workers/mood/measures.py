"""Figures of a ranking: the area under the ROC curve and its interval over people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.mood.features.windows import Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

Labels = npt.NDArray[np.bool_]
RESAMPLES = 500


def auc(scores: Seconds, labels: Labels) -> float:
    """Return the share of pairs that are ranked rightly, a tie as half; NaN without both labels."""
    positive, negative = int(labels.sum()), int((~labels).sum())
    if not positive or not negative:
        return float("nan")
    values, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    total = float(rank[place][labels].sum())
    del values
    return (total - positive * (positive + 1) / 2) / (positive * negative)


def interval(
    scores: Sequence[Seconds], labels: Sequence[Labels], *, seed: int, share: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the AUC when people, not days, are drawn anew with replacement."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES):
        people = rng.integers(len(scores), size=len(scores))
        drawn.append(
            auc(np.concatenate([scores[i] for i in people]), np.concatenate([labels[i] for i in people]))
        )
    low, high = np.nanquantile(drawn, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
