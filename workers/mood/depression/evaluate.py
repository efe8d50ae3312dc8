"""Measure the depression models: every subject is scored by models that never saw that subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.depression.activity import HOUR_NAMES
from workers.mood.depression.depresjon import Subject
from workers.mood.depression.model import RIDGE, ActivityModels
from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds
from workers.mood.logistic import Logistic
from workers.mood.measures import auc, interval

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

REPEATS, FOLDS = 10, 5
SEED = 20261126
EIGHT = ("median", "mean", "sd", "still", "most_active_10h", "least_active_5h", "amplitude", "variability")


@dataclass(frozen=True)
class Scored:
    """Log odds of each subject's days, one array a subject."""

    subjects: Sequence[Subject]
    scores: Sequence[Seconds]

    def figures(self) -> tuple[float, float]:
        """Return the AUC per day and per subject, of patients against controls."""
        return self.day(), self.subject()

    def day(self) -> float:
        """Return the AUC over days."""
        return auc(np.concatenate(self.scores), np.concatenate(self.labels()))

    def subject(self) -> float:
        """Return the AUC over subjects' means."""
        return auc(self.means(), self.patients())

    def means(self) -> Seconds:
        """Return each subject's mean, (n_subjects,)."""
        return np.array([score.mean() for score in self.scores])

    def patients(self) -> npt.NDArray[np.bool_]:
        """Return whether each subject is a patient, (n_subjects,)."""
        return np.array([subject.group == 1 for subject in self.subjects])

    def labels(self) -> list[npt.NDArray[np.bool_]]:
        """Return whether each day is a patient's, one array a subject."""
        return [np.full(len(s.minutes), s.group == 1) for s in self.subjects]


def evaluate(
    subjects: Sequence[Subject], shipped: ActivityModels, trained: Collection[str]
) -> dict[str, Any]:
    """Return the figures of a folder.

    A subject that the shipped models were fitted on (by the fingerprint of the counts) is scored
    in 10 x 5 folds by models fitted on the other folds' subjects; one that they were not is scored
    by the shipped models.
    """
    labelled = [subject for subject in subjects if subject.group in {0, 1}]
    seen = [subject for subject in labelled if subject.fingerprint in trained]
    runs = list(_runs(labelled, seen, shipped))
    figures = {
        "subjects": len(labelled),
        "patients": sum(s.group == 1 for s in labelled),
        "subjects_scored_in_folds": len(seen),
        "subjects_scored_by_shipped_models": len(labelled) - len(seen),
        "days": sum(len(s.minutes) for s in labelled),
        **_season(labelled, runs),
        **_baselines(labelled),
    }
    return figures | _main(labelled, runs)


def _main(labelled: Sequence[Subject], runs: Sequence[tuple[Scored, Scored]]) -> dict[str, Any]:
    """Return the models' AUCs: means over repeats, and intervals over subjects of the mean scores."""
    minute, hour = (np.mean([run[kind].figures() for run in runs], axis=0) for kind in (0, 1))
    mean = _mean([run[0] for run in runs])
    day = interval(mean.scores, mean.labels(), seed=SEED)
    by_subject = interval(list(mean.means()[:, None]), list(mean.patients()[:, None]), seed=SEED)
    del labelled
    return {
        "auc_day_by_hour": round(float(hour[0]), 4),
        "auc_subject_by_hour": round(float(hour[1]), 4),
        "auc_day_interval_95": [round(each, 4) for each in day],
        "auc_subject_interval_95": [round(each, 4) for each in by_subject],
        "auc_day": round(float(minute[0]), 4),
        "auc_subject": round(float(minute[1]), 4),
    }


def _mean(runs: Sequence[Scored]) -> Scored:
    scores = [np.mean(each, axis=0) for each in zip(*(run.scores for run in runs), strict=True)]
    return Scored(runs[0].subjects, scores)


def _runs(
    labelled: Sequence[Subject], seen: Sequence[Subject], shipped: ActivityModels
) -> Iterator[tuple[Scored, Scored]]:
    """Yield, for each repeat, the scores by minute and by hour."""
    for repeat in range(REPEATS if seen else 1):
        models = {s.fingerprint: m for fold, m in _fitted(seen, repeat) for s in fold}
        used = [models.get(subject.fingerprint, shipped) for subject in labelled]
        yield (
            Scored(labelled, [m.by_minute(s) for m, s in zip(used, labelled, strict=True)]),
            Scored(labelled, [m.by_hour(s) for m, s in zip(used, labelled, strict=True)]),
        )


def _fitted(seen: Sequence[Subject], repeat: int) -> Iterator[tuple[list[Subject], ActivityModels]]:
    for fold, others in _folds(seen, repeat):
        yield fold, ActivityModels.fit(others)


def _folds(subjects: Sequence[Subject], repeat: int) -> Iterator[tuple[list[Subject], list[Subject]]]:
    """Yield each fold's subjects and the others, patients and controls spread evenly."""
    rng = np.random.default_rng(SEED + repeat)
    place = np.empty(len(subjects), dtype=np.int64)
    for group in (0, 1):
        members = rng.permutation(np.flatnonzero([s.group == group for s in subjects]))
        place[members] = np.arange(len(members)) % FOLDS
    for fold in range(FOLDS if len(subjects) else 0):
        inside = [s for s, at in zip(subjects, place, strict=True) if at == fold]
        yield inside, [s for s, at in zip(subjects, place, strict=True) if at != fold]


def _season(labelled: Sequence[Subject], runs: Sequence[tuple[Scored, Scored]]) -> dict[str, Any]:
    """Return the AUC over pairs of a patient and a control of the same half of the year."""
    days, people = [], []
    for run, _ in runs:
        matched = [_pairs(run, summer=summer) for summer in (True, False)]
        days.append(_pooled([each[0] for each in matched]))
        people.append(_pooled([each[1] for each in matched]))
    return {
        "auc_day_season_matched": round(float(np.mean(days)), 4) if _both(labelled) else None,
        "auc_subject_season_matched": round(float(np.mean(people)), 4) if _both(labelled) else None,
    }


def _both(labelled: Sequence[Subject]) -> bool:
    return any({s.group for s in labelled if s.summer is summer} == {0, 1} for summer in (True, False))


def _pairs(run: Scored, *, summer: bool) -> tuple[tuple[float, int], tuple[float, int]]:
    """Return AUC and number of pairs of one half of the year, over days and over subjects."""
    kept = [i for i, s in enumerate(run.subjects) if s.summer is summer]
    part = Scored([run.subjects[i] for i in kept], [run.scores[i] for i in kept])
    if not kept:
        return (float("nan"), 0), (float("nan"), 0)
    labels = np.concatenate(part.labels())
    patients = part.patients()
    return (
        (part.day(), int(labels.sum() * (~labels).sum())),
        (part.subject(), int(patients.sum() * (~patients).sum())),
    )


def _pooled(parts: Sequence[tuple[float, int]]) -> float:
    total = sum(pairs for _, pairs in parts)
    return sum(value * pairs for value, pairs in parts if pairs) / total if total else float("nan")


def _baselines(labelled: Sequence[Subject]) -> dict[str, float]:
    """Return what simpler rankings reach: minus median activity, and eight measures in the same folds."""
    median = Scored(labelled, [-np.median(s.minutes, axis=1) for s in labelled])
    eight = []
    for repeat in range(REPEATS):
        scores: dict[str, Seconds] = {}
        for fold, others in _folds(labelled, repeat):
            scores |= _eight_scores(fold, others)
        eight.append(Scored(labelled, [scores[s.number] for s in labelled]).figures())
    day, subject = np.mean(eight, axis=0)
    return {
        "baseline_minus_median_day": round(median.day(), 4),
        "baseline_minus_median_subject": round(median.subject(), 4),
        "baseline_eight_measures_day": round(float(day), 4),
        "baseline_eight_measures_subject": round(float(subject), 4),
    }


def _eight_scores(fold: Sequence[Subject], others: Sequence[Subject]) -> dict[str, Seconds]:
    values = np.concatenate([_eight(s) for s in others])
    labels = np.concatenate([np.full(len(s.minutes), float(s.group)) for s in others])
    weights = np.concatenate([np.full(len(s.minutes), 1 / len(s.minutes)) for s in others])
    model = Logistic.fit(values, labels, EIGHT, weights=weights, ridge=RIDGE / len(HOUR_NAMES))
    return {s.number: model.log_odds(_eight(s)) for s in fold}


def _eight(subject: Subject) -> Matrix:
    """Return eight usual measures of each day, (n_days, 8)."""
    minutes, hours = subject.minutes, subject.hours
    twice = np.concatenate([hours, hours], axis=1)
    most = np.max([twice[:, i : i + 10].mean(axis=1) for i in range(24)], axis=0)
    least = np.min([twice[:, i : i + 5].mean(axis=1) for i in range(24)], axis=0)
    steps = (np.diff(hours, axis=1) ** 2).mean(axis=1)
    return np.column_stack(
        [
            np.log1p(np.median(minutes, axis=1)),
            np.log1p(minutes.mean(axis=1)),
            np.log1p(minutes.std(axis=1)),
            (minutes == 0).mean(axis=1),
            np.log1p(most),
            np.log1p(least),
            (most - least) / np.maximum(most + least, 1e-9),
            np.log(0.05 + steps / np.maximum(hours.var(axis=1), 1e-9)),
        ]
    )
