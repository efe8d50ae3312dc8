"""A person's features as a table: the sleep of each date, the 36 of Lim et al. 2024, and activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.mood.features.baselines import running, whole
from workers.mood.features.daily import INDEXES
from workers.mood.person import Person, person_of

if TYPE_CHECKING:
    from workers.mood.days import Day, History

STATISTICS = ("MN", "SD", "Zscore")  # their names, in the paper's order
NAMES_36 = tuple(f"{index}_{statistic}" for index in INDEXES for statistic in STATISTICS)
ACTIVITY = ("steps", "active_kcal", "distance_km", "exercise_minutes", "heart_rate_mean", "hrv_sdnn_ms")
COLUMNS = ("date", "sleep_onset_h", "sleep_end_h", *INDEXES, *NAMES_36, *ACTIVITY)

Cell = str | float | None


def features_table(
    history: History, *, retrospective: bool = False
) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Return the names of the columns and a row for each date; None where nothing is known.

    Hours, counts and shares as in the paper's table. Means, SDs and Z-scores are of that day and
    earlier ones, or, `retrospective`, of the whole history as the paper has them.
    """
    if not history.days:
        return COLUMNS, []
    person = person_of(history)
    numbers = _numbers(person, retrospective=retrospective)
    rows = zip(history.days, numbers.tolist(), strict=True)
    return COLUMNS, [[day.date.isoformat(), *map(_or_none, row), *_activity(day)] for day, row in rows]


def _numbers(person: Person, *, retrospective: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the columns between the date and activity, (n_days, 50)."""
    daily = person.daily
    baseline = whole(daily.values) if retrospective else running(daily.values)
    parts = np.stack([baseline.mean, baseline.sd, baseline.z], axis=2)
    parts[np.isnan(daily.values)] = np.nan
    return np.column_stack([daily.onset, daily.wake, daily.values, parts.reshape(len(parts), -1)])


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _activity(day: Day) -> list[Cell]:
    return [getattr(day, name) for name in ACTIVITY]
