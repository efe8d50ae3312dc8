"""Ridge regression in closed form, for more figures than faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """A linear map: figures @ weights + bias."""

    weights: Matrix
    bias: Matrix

    def __call__(self, figures: Matrix) -> Matrix:
        """Return the targets of figures (n, width)."""
        return figures @ self.weights + self.bias


def fit(figures: Matrix, targets: Matrix, *, penalty: float) -> Linear:
    """Return the ridge regression of targets (n, t) on figures (n, width), which it standardises itself.

    Solved in its dual form (n x n), where n is less than the width.
    """
    mean, level = figures.mean(0), targets.mean(0)
    sd = figures.std(0)
    sd = sd + 1e-3 * sd.mean() + 1e-9  # a figure that hardly varies is not blown up
    scaled = (figures - mean) / sd
    dual = np.linalg.solve(scaled @ scaled.T + penalty * np.eye(len(scaled)), targets - level)
    weights = scaled.T @ dual / sd[:, None]
    return Linear(weights, level - mean @ weights)
