"""What LightGBM makes of the same simulated days: measured beside the model that is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from workers.mood.digibp import Person, ranked
from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds
from workers.mood.simulator.effects import EPISODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.mood.simulator.cohort import Cohort

ROUNDS = 150
SETTINGS: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 200,
    "verbose": -1,
    "num_threads": 1,
    "seed": 20261126,
}


def compare(cohort: Cohort, people: Sequence[Person]) -> dict[str, float]:
    """Return the AUC of high days of digiBP by boosters of hypomania and mania fitted on a cohort."""
    if not people:
        return {}
    figures = {}
    for index, name in list(enumerate(EPISODES))[1:]:
        booster = lgb.train(dict(SETTINGS), lgb.Dataset(cohort.deviations, cohort.labels[:, index]), ROUNDS)

        def score(values: Matrix, booster: lgb.Booster = booster) -> Seconds:
            return np.asarray(booster.predict(values, num_threads=1))

        figures[f"{name}_digibp_auc"] = ranked(people, score)
    return figures
