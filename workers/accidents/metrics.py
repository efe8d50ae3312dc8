"""How good answers are, always beside what a constant would have scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.accidents.predictor import FIGURES

if TYPE_CHECKING:
    from workers.accidents.features import Matrix

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of the accidents: people by injury, each of shape (n_rows,)."""

    deaths: Vector
    serious: Vector
    minor: Vector
    reported: Vector

    @property
    def eclo(self) -> Vector:
        """Return equivalent casualty loss only: 10 deaths + 5 serious + 3 minor + 1 reported."""
        return 10 * self.deaths + 5 * self.serious + 3 * self.minor + self.reported

    def at(self, rows: npt.NDArray[np.bool_]) -> Outcomes:
        """Return the outcomes of some rows."""
        return Outcomes(self.deaths[rows], self.serious[rows], self.minor[rows], self.reported[rows])

    def and_then(self, others: Outcomes) -> Outcomes:
        """Return these outcomes and the others after them."""
        return Outcomes(*(np.concatenate([getattr(self, n), getattr(others, n)]) for n in self.__slots__))


def measure(figures: Matrix, outcomes: Outcomes, *, before: Outcomes) -> dict[str, float | list[float]]:
    """Return the figures of one set of models, of which FIGURES are the columns.

    `before` holds the years that constants come from; the best constant knows the test's own mean.
    """
    by_name = dict(zip(FIGURES, figures.T, strict=True))
    eclo = outcomes.eclo
    return {
        "rmsle": round(rmsle(by_name["typical"], eclo), 5),
        "rmsle_best_constant": round(rmsle(np.expm1(np.log1p(eclo).mean()), eclo), 5),
        "rmsle_earlier_constant": round(rmsle(np.expm1(np.log1p(before.eclo).mean()), eclo), 5),
        "mae_typical": round(mae(by_name["typical"], eclo), 4),
        "mae_median_constant": round(mae(np.median(before.eclo), eclo), 4),
        "rmse_mean": round(rmse(by_name["eclo"], eclo), 4),
        "rmse_constant": round(rmse(before.eclo.mean(), eclo), 4),
        "calibration_by_decile": [round(share, 4) for share in calibration(by_name["eclo"], eclo)],
        "calibration_worst": round(max(abs(share - 1) for share in calibration(by_name["eclo"], eclo)), 4),
        "coverage_p10_p90": round(float(((by_name["p10"] <= eclo) & (eclo <= by_name["p90"])).mean()), 4),
        "auc_fatal": round(auc(by_name["p_fatal"], outcomes.deaths > 0), 4),
        "auc_ksi": round(
            auc(by_name["deaths"] + by_name["serious"], outcomes.deaths + outcomes.serious > 0), 4
        ),
        "auc_constant": 0.5,
    }


def rmsle(predicted: Vector | np.float64, real: Vector) -> float:
    """Return the root mean squared error of log(1 + ECLO)."""
    return rmse(np.log1p(predicted), np.log1p(real))


def rmse(predicted: Vector | np.float64, real: Vector) -> float:
    """Return the root mean squared error."""
    return float(np.sqrt(np.mean((predicted - real) ** 2)))


def mae(predicted: Vector | np.float64, real: Vector) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(predicted - real)))


def calibration(predicted: Vector, real: Vector) -> list[float]:
    """Return predicted over real mean in each tenth of the predictions, lowest first."""
    tenths = np.array_split(np.argsort(predicted, kind="stable"), 10)
    return [float(predicted[rows].mean() / real[rows].mean()) for rows in tenths]


def auc(score: Vector, positive: npt.NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve, ties counted half (Mann-Whitney)."""
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))
