"""Logistic regression with a ridge: fitted by Newton's method, kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ITERATIONS = 50
CONVERGED = 1e-9


@dataclass(frozen=True)
class Logistic:
    """A model of named features: log odds = intercept + coefficients * (values - centre)."""

    names: tuple[str, ...]
    centre: Seconds
    coefficients: Seconds
    intercept: float

    @classmethod
    def fit(
        cls,
        values: Matrix,
        labels: Seconds,
        names: Sequence[str],
        *,
        weights: Seconds,
        ridge: float,
        centred: bool = True,
    ) -> Self:
        """Fit on values (n_rows, n_features); `ridge` is that of features scaled to an SD of 1."""
        centre = np.average(values, axis=0, weights=weights) if centred else np.zeros(values.shape[1])
        scale = np.maximum(values.std(axis=0), 1e-9)
        design = np.column_stack([np.ones(len(values)), (values - centre) / scale])
        solved = _newton(design, labels, weights, ridge)
        return cls(tuple(names), centre, solved[1:] / scale, float(solved[0]))

    def log_odds(self, values: Matrix) -> Seconds:
        """Return the log odds of rows (n_rows, n_features), of shape (n_rows,)."""
        odds: Seconds = self.intercept + self.parts(values).sum(axis=1)
        return odds

    def parts(self, values: Matrix) -> Matrix:
        """Return each feature's part of the log odds, of the shape of `values`."""
        return (values - self.centre) * self.coefficients

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {
            "intercept": self.intercept,
            "features": {
                name: {"centre": centre, "coefficient": coefficient}
                for name, centre, coefficient in zip(
                    self.names, self.centre.tolist(), self.coefficients.tolist(), strict=True
                )
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the model that `to_json` gave."""
        features = stored["features"]
        centre = np.array([each["centre"] for each in features.values()])
        coefficients = np.array([each["coefficient"] for each in features.values()])
        return cls(tuple(features), centre, coefficients, float(stored["intercept"]))


def probability(log_odds: Seconds) -> Seconds:
    """Return 0..1 for log odds."""
    return 1 / (1 + np.exp(-log_odds))


def _newton(design: Matrix, labels: Seconds, weights: Seconds, ridge: float) -> Seconds:
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 1e-9  # the intercept is free
    solved = np.zeros(design.shape[1])
    for _ in range(ITERATIONS):
        p = probability(design @ solved)
        gradient = design.T @ (weights * (labels - p)) - penalty * solved
        curvature = (design * (weights * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        solved = solved + step
        if np.abs(step).max() < CONVERGED:
            break
    return solved
