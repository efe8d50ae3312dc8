"""Log odds of the three risks with their parts, their intervals and what is usual for the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.mood.depression.activity import HOUR_NAMES
from workers.mood.features.daily import Matrix
from workers.mood.features.deviations import MEASURES, NAMES, Deviations
from workers.mood.features.windows import Seconds
from workers.mood.logistic import probability
from workers.mood.reports import Ratings, recent_ratings

if TYPE_CHECKING:
    from workers.mood.models import Models
    from workers.mood.person import Person

DEPRESSION, HYPOMANIC, MANIA = 0, 1, 2
STEPS_WEIGHT = 0.3  # of Depresjon's log odds in the depression risk: chosen, for steps are no counts
MODEL_SD = 0.4  # of log odds, for a simulated cohort is not people: chosen
RATINGS_SD = 0.8  # of log odds, what a rating says of a day: chosen
NORMAL_80 = 1.2816
SIDES = ((0, 1), (4, 5), (6, 7))  # where the deviations of each of MEASURES stand


@dataclass(frozen=True)
class RiskColumns:
    """One risk of consecutive dates, each (n_days,), NaN on dates without one.

    `log_odds` = `base` + the parts (n_days, n_names), and `passive` is what they would be without
    the person's ratings. `usual` is the mean up to the day before.
    """

    base: float
    names: tuple[str, ...]
    parts: Matrix
    log_odds: Seconds
    passive: Seconds
    margin: Seconds
    usual: Seconds
    ratings: Ratings


def risk_columns(
    person: Person, deviations: Deviations, models: Models, *, chosen: npt.NDArray[np.bool_], whole: bool
) -> tuple[RiskColumns, ...]:
    """Return the three risks of the dates that are `chosen` (n_days,)."""
    rated = (person.low, np.full(len(person.dates), np.nan), person.high)
    columns = []
    for index, model in enumerate(models.deviation.models):
        names: tuple[str, ...] = NAMES
        parts = model.parts(deviations.values) * deviations.measured
        if index == DEPRESSION:
            names, parts = NAMES + HOUR_NAMES, np.column_stack([parts, _activity(person, models)])
        passive = model.intercept + parts.sum(axis=1)
        ratings = recent_ratings(rated[index], probability(passive), today=True)
        log_odds = np.where(chosen, model.intercept + ratings.join(passive - model.intercept), np.nan)
        error = _error(deviations, model.coefficients, models.deviation.spread, ratings.weight)
        columns.append(
            RiskColumns(
                base=model.intercept,
                names=names,
                parts=parts,
                log_odds=log_odds,
                passive=np.where(chosen, passive, np.nan),
                margin=NORMAL_80 * error,
                usual=_usual(log_odds, whole=whole),
                ratings=ratings,
            )
        )
    return tuple(columns)


def _activity(person: Person, models: Models) -> Matrix:
    """Return what steps by the hour add to the log odds of depression, (n_days, 3)."""
    return STEPS_WEIGHT * np.nan_to_num(models.activity.steps_parts(person.steps))


def _error(deviations: Deviations, coefficients: Seconds, spread: Seconds, weight: Seconds) -> Seconds:
    """Return the standard error of log odds: noise of the measures, the unknown ones, and the model's own."""
    variance = np.full(len(deviations.values), MODEL_SD**2)
    for measure in range(len(MEASURES)):
        slope = coefficients[list(SIDES[measure])]
        variance = variance + (slope @ slope / 2) * deviations.noise[:, measure] ** 2
    variance = variance + ((coefficients * spread) ** 2 * (1 - deviations.measured)).sum(axis=1)
    error: Seconds = np.sqrt((1 - weight) ** 2 * variance + weight**2 * RATINGS_SD**2)
    return error


def _usual(log_odds: Seconds, *, whole: bool) -> Seconds:
    """Return the mean log odds of the days before each, NaN where there is none."""
    measured = ~np.isnan(log_odds)
    total = np.concatenate([[0.0], np.cumsum(np.where(measured, log_odds, 0.0))])
    n = np.concatenate([[0], np.cumsum(measured)])
    if whole:
        total, n = np.full_like(total, total[-1]), np.full_like(n, n[-1])
    return np.where(n[:-1] > 0, total[:-1] / np.maximum(n[:-1], 1), np.nan)
