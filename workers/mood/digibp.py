"""Check the index of mania on people: digiBP's daily sleep, steps and ratings. Nothing is fitted on it.

Sagorac Gruichich et al. 2021, doi 10.1111/bdi.13058.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood.features.daily import Matrix
from workers.mood.features.deviations import Measures, deviations
from workers.mood.features.windows import Seconds
from workers.mood.logistic import probability
from workers.mood.measures import auc, interval
from workers.mood.reports import recent_ratings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from workers.mood.deviation import DeviationModels

DAILY = "daily.csv"
COLUMNS = ("user", "day", "steps", "sleep", "d", "m")
HIGH_M, HIGH_D = 8, 16  # of 0..30 and 0..42: a sixth and a fifth of days
MOST_M, MOST_D = 30.0, 42.0
SEED = 20261126


@dataclass(frozen=True)
class Person:
    """One person's consecutive days, each (n_days,), NaN for none."""

    sleep_h: Seconds
    steps: Seconds
    d: Seconds
    m: Seconds


def is_folder(data: Path) -> bool:
    """Return whether a folder has digiBP's table of days."""
    if not (data / DAILY).is_file():
        return False
    with (data / DAILY).open(encoding="utf-8-sig", newline="") as stream:
        return set(COLUMNS) <= set(next(csv.reader(stream), []))


def read(data: Path) -> list[Person]:
    """Return the people of `daily.csv`."""
    by_user: dict[str, dict[int, list[float]]] = {}
    with (data / DAILY).open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            values = [_number(row[name]) for name in ("sleep", "steps", "d", "m")]
            by_user.setdefault(row["user"], {})[int(float(row["day"]))] = values
    return [_person(days) for days in by_user.values()]


def _number(text: str) -> float:
    return float(text) if text not in {"", "NA", "nan"} else float("nan")


def _person(days: dict[int, list[float]]) -> Person:
    table = np.full((max(days) - min(days) + 1, 4), np.nan)
    for day, values in days.items():
        table[day - min(days)] = values
    return Person(*table.T)


def evaluate(people: Sequence[Person], models: DeviationModels) -> dict[str, Any]:
    """Return the AUCs of days with a high rating, and of the next day's rating with earlier ones.

    A day counts for the index where its sleep is known, and for the ratings where one was given
    before it. Baselines are on the same days.
    """
    bases = [model.intercept for model in models.models]
    passive = [models.log_odds(_values(person)) for person in people]
    slept = [~np.isnan(p.sleep_h) & ~np.isnan(p.m) for p in people]
    high = [p.m >= HIGH_M for p in people]
    low = [p.d >= HIGH_D for p in people]
    mania = _figure([odds[:, 2] for odds in passive], high, slept)
    figures: dict[str, Any] = {
        "people": len(people),
        "days": int(sum(each.sum() for each in slept)),
        "hypomania_auc": _figure([odds[:, 1] for odds in passive], high, slept),
        "depression_auc": _figure([odds[:, 0] for odds in passive], low, slept),
        "mania_auc_interval_95": _interval([odds[:, 2] for odds in passive], high, slept),
        **_next_day(people, [odds[:, 2] for odds in passive], bases[2], name="m", most=MOST_M, high=high),
        **_next_day(people, [odds[:, 0] for odds in passive], bases[0], name="d", most=MOST_D, high=low),
        "minus_sleep_hours_auc": _figure([-p.sleep_h for p in people], high, slept),
    }
    return figures | {"mania_auc": mania}


def ranked(people: Sequence[Person], score: Callable[[Matrix], Seconds]) -> float:
    """Return the AUC of days with a high rating of mania for any score of deviations."""
    slept = [~np.isnan(p.sleep_h) & ~np.isnan(p.m) for p in people]
    return _figure([score(_values(p)) for p in people], [p.m >= HIGH_M for p in people], slept)


def _values(person: Person) -> Matrix:
    nothing = np.full(len(person.sleep_h), np.nan)
    return deviations(Measures(person.sleep_h, nothing, np.log1p(person.steps))).values


def _next_day(
    people: Sequence[Person],
    passive: Sequence[Seconds],
    base: float,
    *,
    name: str,
    most: float,
    high: Sequence[Any],
) -> dict[str, Any]:
    """Return how well the days before tell a day's rating: joined with the index, and yesterday's alone."""
    ratings = [getattr(p, name) / most for p in people]
    joined, yesterday, rows, both = [], [], [], []
    for rating, odds in zip(ratings, passive, strict=True):
        recent = recent_ratings(rating, probability(odds))
        joined.append(recent.join(odds - base))
        yesterday.append(np.concatenate([[np.nan], rating[:-1]]))
        rows.append(~np.isnan(rating) & (recent.n > 0))
        both.append(rows[-1] & ~np.isnan(yesterday[-1]))
    return {
        f"next_day_{name}_auc": _figure(joined, high, both),
        f"next_day_{name}_auc_all_days": _figure(joined, high, rows),
        f"yesterday_{name}_auc": _figure(yesterday, high, both),
    }


def _figure(scores: Sequence[Seconds], labels: Sequence[Any], rows: Sequence[Any]) -> float:
    chosen = [(s[r], y[r]) for s, y, r in zip(scores, labels, rows, strict=True)]
    return round(auc(np.concatenate([s for s, _ in chosen]), np.concatenate([y for _, y in chosen])), 4)


def _interval(scores: Sequence[Seconds], labels: Sequence[Any], rows: Sequence[Any]) -> list[float]:
    chosen = [(s[r], y[r]) for s, y, r in zip(scores, labels, rows, strict=True)]
    return [round(each, 4) for each in interval([s for s, _ in chosen], [y for _, y in chosen], seed=SEED)]
