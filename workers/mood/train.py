"""Fit the mood models, measure them on people, and write weights and card.

`evaluate` tells by the folder's content what it is: Depresjon's layout, digiBP's, or one that holds
both (and PSYKOSE) side by side.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood import digibp
from workers.mood.boosting import compare
from workers.mood.depression import depresjon
from workers.mood.depression import evaluate as depression
from workers.mood.depression.model import ActivityModels
from workers.mood.deviation import DeviationModels
from workers.mood.measures import auc
from workers.mood.models import ACTIVITY, DEVIATION, Models
from workers.mood.simulator.cohort import Cohort, simulate
from workers.mood.simulator.effects import EPISODES
from workers.sdk.weights import file_sha256, model_folder, read_checked, statements, write_card

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "2026.11"
SEED = 20261126
PEOPLE, DAYS = 2000, 200
TEST_PEOPLE = 400
LICENCE = (
    "Depression weights (activity.json): fitted on Depresjon, open for research and education; commercial "
    "use needs its authors' written permission; cite doi 10.1145/3204949.3208125. The rest: as the code's."
)
SOURCE = "Depresjon (Garcia-Ceja et al. 2018) and a cohort simulated by workers/mood/simulator"
LIMITS = (
    "Not a medical device; no diagnosis, and no reason to change a treatment.",
    "Hypomania, mania: a deviation index fitted on simulated people, never validated on a manic patient.",
    "Their effects are half the simulated ones, which people do not show as clearly.",
    "Logistic regression and not boosting: it ranks digiBP's days better (metrics.boosting).",
    "Its check on people is digiBP's: self-ratings of 26 people with bipolar disorder (metrics.digibp).",
    "Depression tells Depresjon's patients from its controls (Actiwatch), which is no risk of tomorrow.",
    "Depression is untested on Apple Watch, on steps, and on anybody's change over time.",
    "Depression is not specific: people with schizophrenia score as patients do (metrics.psykose).",
    "Depresjon is confounded by season: patients wore it mostly May-September, controls October-April.",
    "No model sees a date; the season-matched figures stand beside the others.",
    "Steps by the hour stand for counts by the hour (auc_day_by_hour): that they may was never measured.",
    "The two measures by the minute were chosen on the same 44 people that the figures are of.",
    "Risks are scaled to the shares of days in Lim et al. 2024 (12.33, 2.57, 0.63 %), of patients in care.",
    "For anybody else they are too high.",
    "A usual is drawn to most people's in the first weeks; under 7 nights there is no risk.",
)


def train(data: Path, folder: Path) -> dict[str, Any]:
    """Write weights and card into `folder` and return the card's figures."""
    home = _depresjon_folder(data)
    subjects = [s for s in depresjon.read(home) if s.group in {0, 1}]
    cohort = simulate(PEOPLE, DAYS, seed=SEED)
    activity, deviation = ActivityModels.fit(subjects), DeviationModels.fit(cohort)
    _write(folder / ACTIVITY, activity.to_json())
    _write(folder / DEVIATION, deviation.to_json())
    fingerprints = sorted(s.fingerprint for s in subjects)
    described = {
        "fingerprints": fingerprints,
        "simulated_people": PEOPLE,
        "simulated_days": len(cohort.labels),
        "files": _sums(home),
    }
    statement = statements("mood", VERSION, licence=LICENCE, source=SOURCE, seed=SEED, limits=LIMITS)
    write_card(folder, {**statement, "data": described, "metrics": {}})
    figures = {"simulated": _simulated(deviation), **_all(data, activity, deviation, fingerprints)}
    figures["boosting"] = compare(
        cohort, digibp.read(data / "digibp") if digibp.is_folder(data / "digibp") else []
    )
    write_card(folder, {**statement, "data": described, "metrics": figures})
    return figures


def evaluate(data: Path) -> dict[str, Any]:
    """Return the figures of a folder, of models that never saw the people they are measured on.

    Raises:
        FolderError: the folder holds neither Depresjon's nor digiBP's layout.

    """
    folder = model_folder("mood", VERSION)
    trained = read_checked(folder).data["fingerprints"]
    shipped = Models.read(folder)
    if digibp.is_folder(data):
        return digibp.evaluate(digibp.read(data), shipped.deviation)
    if depresjon.is_folder(data):
        subjects = depresjon.read(data)
        psykose = _sibling(data, "psykose")
        extra = _specificity(subjects, psykose, shipped.activity) if psykose else {}
        return extra | depression.evaluate(subjects, shipped.activity, trained)
    figures = _all(data, shipped.activity, shipped.deviation, trained)
    if not figures:
        raise depresjon.FolderError(
            f"{data}: neither Depresjon's layout ({depresjon.SCORES} beside {depresjon.ACTIVITY}/) "
            f"nor digiBP's ({digibp.DAILY})"
        )
    return figures


def _all(
    data: Path, activity: ActivityModels, deviation: DeviationModels, trained: Sequence[str]
) -> dict[str, Any]:
    """Return the figures of every known folder in a folder."""
    figures: dict[str, Any] = {}
    if depresjon.is_folder(data / "depresjon"):
        subjects = depresjon.read(data / "depresjon")
        figures["depresjon"] = depression.evaluate(subjects, activity, trained)
        if depresjon.is_folder(data / "psykose"):
            figures["psykose"] = _specificity(subjects, data / "psykose", activity)
    if digibp.is_folder(data / "digibp"):
        figures["digibp"] = digibp.evaluate(digibp.read(data / "digibp"), deviation)
    return figures


def _specificity(
    subjects: Sequence[depresjon.Subject], psykose: Path, models: ActivityModels
) -> dict[str, Any]:
    """Return how the score ranks people with schizophrenia against controls and against patients.

    The controls and patients were fitted on; those with schizophrenia never were.
    """
    others = [s for s in depresjon.read(psykose) if s.group not in {0, 1}]
    means = {
        group: [float(models.by_minute(s).mean()) for s in people]
        for group, people in (
            ("schizophrenia", others),
            ("control", [s for s in subjects if s.group == 0]),
            ("patient", [s for s in subjects if s.group == 1]),
        )
    }
    return {
        "people_with_schizophrenia": len(others),
        "schizophrenia_against_controls_auc_subject": _rank(means["schizophrenia"], means["control"]),
        "patients_against_schizophrenia_auc_subject": _rank(means["patient"], means["schizophrenia"]),
    }


def _rank(upper: Sequence[float], lower: Sequence[float]) -> float:
    labels = np.arange(len(upper) + len(lower)) < len(upper)
    return round(auc(np.array([*upper, *lower]), labels), 4)


def _simulated(models: DeviationModels) -> dict[str, Any]:
    """Return the AUCs on simulated people who were not fitted on, which validate nothing."""
    cohort = simulate(TEST_PEOPLE, DAYS, seed=SEED + 1)
    return {"auc_" + name: round(_auc_of(models, cohort, place), 4) for place, name in enumerate(EPISODES)}


def _auc_of(models: DeviationModels, cohort: Cohort, place: int) -> float:
    return auc(models.log_odds(cohort.deviations)[:, place], cohort.labels[:, place] > 0)


def _depresjon_folder(data: Path) -> Path:
    for folder in (data, data / "depresjon"):
        if depresjon.is_folder(folder):
            return folder
    raise depresjon.FolderError(
        f"{data}: no {depresjon.SCORES} with {depresjon.ACTIVITY}/ beside it, to fit depression on"
    )


def _sibling(data: Path, name: str) -> Path | None:
    folder = data.resolve().parent / name
    return folder if depresjon.is_folder(folder) else None


def _sums(folder: Path) -> dict[str, str]:
    return {depresjon.SCORES: file_sha256(folder / depresjon.SCORES)}


def _write(path: Path, stored: Any) -> None:
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
