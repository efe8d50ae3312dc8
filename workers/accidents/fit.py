"""How each severity model is fitted, and for how many rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from workers.accidents.features import CATEGORICAL, EXTENDED, Matrix
from workers.accidents.predictor import MODELS, SETS, SeverityModels

if TYPE_CHECKING:
    from workers.accidents.metrics import Outcomes, Vector

SEED = 20261122
YEAR = EXTENDED.index("accident_year")

# Chosen on 2016 with fits on 2007-2015: strong smoothing of the categories, as the signal is weak.
PARAMETERS: Mapping[str, Any] = {
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "cat_smooth": 50,
    "cat_l2": 50,
    "lambda_l2": 20,
    "min_data_per_group": 50,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "num_threads": 1,  # two threads that wait for each other lose on a busy machine
    "verbosity": -1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
}
ROUNDS, PATIENCE = 300, 50  # more rounds gain nothing that the card shows, and cost speed
# The share of rows that are shown once more with values taken away: .3 costs .0002 RMSLE (flask train).
COPIES = 0.1
HIDDEN = 0.5  # chance of each such value to be hidden in a copy
COARSENABLE = ("road_type", "dong", "violation", "vehicle_at_fault", "vehicle_other", "accident_subtype")


@dataclass(frozen=True)
class Recipe:
    """How one target is fitted; `half_life` is the age in years at which a row counts half."""

    objective: str
    learning_rate: float = 0.05
    half_life: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


RECIPES = {
    "typical": Recipe("l2"),
    "p10": Recipe("quantile", 0.1, more={"alpha": 0.1, "num_leaves": 15}),
    "p90": Recipe("quantile", 0.1, more={"alpha": 0.9, "num_leaves": 15}),
    "fatal": Recipe("binary", 0.1, more={"num_leaves": 15, "min_data_in_leaf": 300, "cat_smooth": 100}),
    "serious": Recipe("poisson", 0.1, half_life=2, more={"num_leaves": 15}),
    "minor": Recipe("poisson", 0.1, half_life=2, more={"num_leaves": 15}),
    "reported": Recipe("poisson", 0.1, half_life=2, more={"num_leaves": 15}),
}


@dataclass(frozen=True)
class Rows:
    """Encoded accidents and what came of them."""

    matrix: Matrix
    outcomes: Outcomes

    @property
    def years(self) -> Vector:
        """Return each row's year."""
        return self.matrix[:, YEAR]

    def until(self, last: int) -> Rows:
        """Return the rows of all years up to `last`."""
        return self.at(self.years <= last)

    def of(self, first: int, last: int) -> Rows:
        """Return the rows of `first`..`last`."""
        return self.at((self.years >= first) & (self.years <= last))

    def at(self, rows: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return Rows(self.matrix[rows], self.outcomes.at(rows))

    def and_then(self, others: Rows) -> Rows:
        """Return these rows and the others after them."""
        return Rows(np.concatenate([self.matrix, others.matrix]), self.outcomes.and_then(others.outcomes))


Rounds = Mapping[str, Mapping[str, int]]  # set -> model -> rounds


def fit_all(rows: Rows, rounds: Rounds) -> SeverityModels:
    """Return models fitted on all rows."""
    shown = with_copies(rows)
    boosters = {kind: {name: _fit(shown, kind, name, rounds[kind][name]) for name in MODELS} for kind in SETS}
    return SeverityModels(boosters, deaths_per_fatal(rows.outcomes))


def stopping_rounds(rows: Rows) -> Rounds:
    """Return each model's number of rounds: fitted before the last year, stopped on it."""
    last = int(rows.years.max())
    shown, held_out = with_copies(rows.until(last - 1)), rows.of(last, last)
    return {kind: {name: _stop(shown, held_out, kind, name) for name in MODELS} for kind in SETS}


def with_copies(rows: Rows) -> Rows:
    """Return the rows and copies with values taken away, so that gaps are nothing new to a model."""
    random = np.random.default_rng(SEED)
    chosen = rows.at(random.random(len(rows.matrix)) < COPIES)
    columns = [EXTENDED.index(name) for name in COARSENABLE]
    hidden = chosen.matrix.copy()
    taken = random.random((len(hidden), len(columns))) < HIDDEN
    hidden[:, columns] = np.where(taken, np.nan, hidden[:, columns])
    return rows.and_then(Rows(hidden, chosen.outcomes))


def deaths_per_fatal(outcomes: Outcomes) -> float:
    """Return the mean number of deaths in a fatal accident."""
    return float(outcomes.deaths.sum() / (outcomes.deaths > 0).sum())


def _fit(shown: Rows, kind: str, name: str, rounds: int) -> lgb.Booster:
    return lgb.train(_parameters(name), _dataset(shown, kind, name), rounds)


def _stop(shown: Rows, held_out: Rows, kind: str, name: str) -> int:
    fitted = _dataset(shown, kind, name)
    stop = lgb.early_stopping(PATIENCE, verbose=False)
    watched = [_dataset(held_out, kind, name, reference=fitted)]
    model = lgb.train(_parameters(name), fitted, ROUNDS, valid_sets=watched, callbacks=[stop])
    click.echo(f"{kind} {name}: {model.best_iteration} rounds", err=True)
    return int(model.best_iteration)


def _parameters(name: str) -> dict[str, Any]:
    recipe = RECIPES[name]
    return {
        **PARAMETERS,
        "objective": recipe.objective,
        "metric": recipe.objective,
        "learning_rate": recipe.learning_rate,
        **recipe.more,
    }


def _dataset(rows: Rows, kind: str, name: str, *, reference: lgb.Dataset | None = None) -> lgb.Dataset:
    names = SETS[kind]
    return lgb.Dataset(
        rows.matrix[:, : len(names)],
        _target(rows.outcomes, name),
        weight=_weights(rows.years, RECIPES[name].half_life),
        feature_name=list(names),
        categorical_feature=[name for name in names if name in CATEGORICAL],
        reference=reference,
    )


def _target(outcomes: Outcomes, name: str) -> Vector:
    if name == "typical":
        return np.log1p(outcomes.eclo)
    if name in {"p10", "p90"}:
        return outcomes.eclo
    if name == "fatal":
        return (outcomes.deaths > 0).astype(np.float64)
    counts: Vector = getattr(outcomes, name)
    return counts


def _weights(years: Vector, half_life: float | None) -> Vector | None:
    if half_life is None:
        return None
    weights: Vector = 0.5 ** ((years.max() - years) / half_life)
    return weights
