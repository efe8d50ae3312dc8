"""Fit the head and find how far it errs on faces that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.personality.head import Head, Norms
from workers.personality.ridge import Linear, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = npt.NDArray[np.float64]

PENALTY = 1000.0  # of 100, 300, 1000, 3000, 10000: best mean r over five folds
LEVEL = 0.90  # of the intervals


def head(views: Matrix, traits: Matrix, folds: npt.NDArray[np.intp], *, factors: Mapping[str, float]) -> Head:
    """Return a head of one member for each fold left out, of figures (n, views, width)."""
    figures = views.mean(1)
    members = [
        fit(figures[folds != fold], traits[folds != fold], penalty=PENALTY) for fold in np.unique(folds)
    ]
    residuals = np.abs(out_of_fold(figures, traits, folds) - traits)
    norms = Norms(
        mean=_rounded(traits.mean(0)),
        sd=_rounded(traits.std(0)),
        half_width=_rounded(np.quantile(residuals, LEVEL, axis=0)),
        factors=dict(factors),
    )
    return Head(*_stacked(members), norms)


def out_of_fold(figures: Matrix, traits: Matrix, folds: npt.NDArray[np.intp]) -> Matrix:
    """Return what maps that have not seen a face say of it, (n, 5)."""
    answers = np.empty_like(traits)
    for fold in np.unique(folds):
        tested = folds == fold
        answers[tested] = fit(figures[~tested], traits[~tested], penalty=PENALTY)(figures[tested])
    return np.clip(answers, 0, 1)


def _stacked(members: Sequence[Linear]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    weights = np.stack([member.weights for member in members]).astype(np.float32)
    return weights, np.stack([member.bias for member in members]).astype(np.float32)


def _rounded(values: Matrix) -> tuple[float, ...]:
    return tuple(np.round(values, 5).tolist())
