"""The depression models: one for counts by the minute, one for activity by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from workers.mood.depression.activity import (
    HOUR_NAMES,
    MINUTE_NAMES,
    hour_measures,
    minute_measures,
    remembered,
)
from workers.mood.depression.depresjon import Subject
from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds
from workers.mood.logistic import Logistic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RIDGE = 3.0  # on 44 people of weight 1 each; .3 to 30 change the AUC by under .01
STEPS_LEVEL, STEPS_SPREAD = 8.75, 0.5  # log steps of a day: mean and SD of most people (digiBP's median)


@dataclass(frozen=True)
class ActivityModels:
    """Log odds of being one of Depresjon's patients.

    `level` and `level_spread` are mean and SD of the log of a day's mean count among the wearers.
    """

    minute: Logistic
    hour: Logistic
    level: float
    level_spread: float

    @classmethod
    def fit(cls, subjects: Sequence[Subject]) -> Self:
        """Fit on patients and controls, everybody weighing the same."""
        levels = [np.log1p(subject.minutes.mean(axis=1)).mean() for subject in subjects]
        level, spread = float(np.mean(levels)), float(np.std(levels))
        labels = np.concatenate([np.full(len(s.minutes), s.group) for s in subjects]).astype(np.float64)
        weights = np.concatenate([np.full(len(s.minutes), 1 / len(s.minutes)) for s in subjects])
        minute = np.concatenate([_minute(subject) for subject in subjects])
        hour = np.concatenate([_hour(subject, level, spread) for subject in subjects])
        return cls(
            Logistic.fit(minute, labels, MINUTE_NAMES, weights=weights, ridge=RIDGE),
            Logistic.fit(hour, labels, HOUR_NAMES, weights=weights, ridge=RIDGE),
            level,
            spread,
        )

    def by_minute(self, subject: Subject) -> Seconds:
        """Return the log odds of each of a subject's days, from counts by the minute."""
        return self.minute.log_odds(_minute(subject))

    def by_hour(self, subject: Subject) -> Seconds:
        """Return the log odds of each of a subject's days, from activity by the hour."""
        return self.hour.log_odds(_hour(subject, self.level, self.level_spread))

    def steps_parts(self, steps: Matrix) -> Matrix:
        """Return each measure's part of the log odds (n_days, 3) of steps by the hour (n_days, 24).

        NaN on days before the first with steps. A day's level is taken among people's steps as a
        count's among Depresjon's wearers: that the two stand for each other was never measured.
        """
        level = (np.log1p(steps.sum(axis=1)) - STEPS_LEVEL) / STEPS_SPREAD
        return self.hour.parts(remembered(hour_measures(steps, np.clip(level, -3, 3))))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        models = {"minute": self.minute.to_json(), "hour": self.hour.to_json()}
        return {**models, "level": self.level, "level_spread": self.level_spread}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the models that `to_json` gave."""
        minute, hour = (Logistic.from_json(stored[name]) for name in ("minute", "hour"))
        return cls(minute, hour, stored["level"], stored["level_spread"])


def _minute(subject: Subject) -> Matrix:
    return remembered(minute_measures(subject.minutes))


def _hour(subject: Subject, level: float, spread: float) -> Matrix:
    standing = (np.log1p(subject.minutes.mean(axis=1)) - level) / spread
    return remembered(hour_measures(subject.hours, standing))
