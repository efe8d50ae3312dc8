"""The three risks from deviations of sleep, phase and steps: models fitted on the simulated cohort."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from workers.mood.features.daily import Matrix
from workers.mood.features.deviations import NAMES
from workers.mood.features.windows import Seconds
from workers.mood.logistic import Logistic, probability
from workers.mood.simulator.effects import EFFECTS, EPISODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.mood.simulator.cohort import Cohort

RIDGE = 1.0
# The simulated AUC of hypomania and mania is .79 and .93, that on people .7: a separation (d') of a
# third to two thirds of the simulated one. So all coefficients are halved; the ranking stays.
REALITY = 0.5
BISECTIONS = 60


@dataclass(frozen=True)
class DeviationModels:
    """One logistic model for each of `EPISODES`, in that order.

    `spread` (8,) is each deviation's SD in the cohort: what is at stake where one is unknown.
    """

    models: tuple[Logistic, ...]
    spread: Seconds

    @classmethod
    def fit(cls, cohort: Cohort) -> Self:
        """Fit on a cohort; the mean risk of its days is then the share of days that the source gives."""
        models = tuple(_fit(cohort, index) for index in range(len(EPISODES)))
        return cls(models, cohort.deviations.std(axis=0))

    def log_odds(self, values: Matrix) -> Matrix:
        """Return the log odds (n_rows, 3) of deviations (n_rows, 8)."""
        return np.column_stack([model.log_odds(values) for model in self.models])

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        models = {name: model.to_json() for name, model in zip(EPISODES, self.models, strict=True)}
        return {**models, "spread": dict(zip(NAMES, self.spread.tolist(), strict=True))}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the models that `to_json` gave."""
        models = tuple(Logistic.from_json(stored[name]) for name in EPISODES)
        return cls(models, np.array([stored["spread"][name] for name in NAMES]))


def _fit(cohort: Cohort, index: int) -> Logistic:
    labels = cohort.labels[:, index]
    weights = np.ones(len(labels))
    fitted = Logistic.fit(cohort.deviations, labels, NAMES, weights=weights, ridge=RIDGE, centred=False)
    model = Logistic(fitted.names, fitted.centre, REALITY * fitted.coefficients, 0.0)
    share = EFFECTS[EPISODES[index]].share
    return replace(model, intercept=_intercept(model.log_odds(cohort.deviations), share))


def _intercept(odds: Seconds, share: float) -> float:
    """Return what to add to log odds so that the mean probability is `share`."""
    low, high = -30.0, 30.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if probability(odds + middle).mean() < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
