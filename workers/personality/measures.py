"""Figures of predicted traits beside rated ones, and beside the best constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.personality.faces import TRAITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.personality.fit import Samples
    from workers.personality.head import Norms

Matrix = npt.NDArray[np.float64]


def figures(predicted: Matrix, rated: Matrix, *, constant: Matrix) -> dict[str, Any]:
    """Return r, R2 and accuracy (1 - mean absolute error), and the constant's, by trait and on average.

    `constant` (5,) are the mean traits of the faces that were trained on.
    """
    parts = {
        "r": correlations(predicted, rated),
        "r2": 1 - ((predicted - rated) ** 2).sum(0) / ((rated - rated.mean(0)) ** 2).sum(0),
        "accuracy": 1 - np.abs(predicted - rated).mean(0),
        "accuracy_constant": 1 - np.abs(constant - rated).mean(0),
    }
    return {name: by_trait(values) for name, values in parts.items()}


def by_trait(values: Matrix) -> Mapping[str, float]:
    """Return five values by their traits, and their mean."""
    named = {trait: round(float(value), 4) for trait, value in zip(TRAITS, values, strict=True)}
    return {"mean": round(float(np.mean(values)), 4), **named}


def correlations(one: Matrix, other: Matrix) -> Matrix:
    """Return Pearson's r of columns of the same index."""
    a, b = one - one.mean(0), other - other.mean(0)
    return np.asarray((a * b).sum(0) / np.sqrt((a**2).sum(0) * (b**2).sum(0)))


def coverage(unseen: Matrix, rated: Matrix, norms: Norms, samples: Samples) -> dict[str, float]:
    """Return how many of the rated traits lie in their intervals, of good pictures and of spoiled ones."""
    factors = np.array([norms.widened(words) for words in samples.words])
    inside = np.abs(unseen - rated) <= np.array(norms.half_width) * factors[:, None]
    parts = {"good": inside[~samples.poor], "spoiled": inside[samples.poor]}
    return {name: round(float(part.mean()), 4) for name, part in parts.items()}
