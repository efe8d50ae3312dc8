"""The task of the personality system: pictures and clips, each in a child process of its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from app.extensions import settings
from app.http.errors import TaskError
from app.personality.frames import parse_frames
from app.personality.service import IMPRESSIONS
from app.personality.storing import store_answers, store_overlays
from app.personality.wording import TRAITS
from workers.personality.answer import document
from workers.personality.device import chosen_device
from workers.personality.judge import How, Source, judge_files
from workers.personality.picture import Picture
from workers.personality.predictor import ImpressionPredictor, Options
from workers.sdk.predictor import NotExplainable
from workers.sdk.task import Run, Work
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workers.personality.judge import Judgement

WARM_SIDE = 64
EXPLAINED_FACES = 5  # of a picture, the largest: an overlay takes as long as a prediction
NOT_EXPLAINED = "not_explained: overlays are drawn of pictures, not of clips, nor of a user's own network"


@dataclass(frozen=True)
class Answered:
    """The number of a file within its job, and what is answered of it."""

    number: int
    answer: Mapping[str, Any]


@cache
def predictor(version: str) -> ImpressionPredictor:
    """Return a version of the model, loaded once per process."""
    return ImpressionPredictor.load(model_folder("personality", version), detector=settings().face_detector)


def warm(version: str) -> None:
    """Load a version of the model and let it judge once, so that no child pays for that.

    Raises:
        WeightsError, CheckpointError: its files are not those of its card, or no network.
        ValueError: the detector or the device that the settings name is not there.

    """
    chosen_device(settings().device)
    grey = Picture(np.full((WARM_SIDE, WARM_SIDE, 3), 128, dtype=np.uint8), WARM_SIDE, WARM_SIDE)
    predictor(version).predict([grey], Options(detect_face=True, method="face+middle"))


def judge_uploads(run: Run) -> None:
    """Judge the files of a job; of a single one, what is wrong with it is what the job fails with.

    Raises:
        TaskError: the only file has no face, or cannot be read.
        Superseded: the job was taken away.

    """
    refused = _refused(run)
    answered = [Answered(number, answer) for number, answer in refused.items()]
    overlays: list[tuple[tuple[int, int, str], bytes]] = []
    with run.files() as files:
        sources = [Source(file.path, file.name) for file in files]
        total = len(sources) + len(refused)
        free = [number for number in range(total) if number not in refused]
        model = predictor(run.model_version).to(chosen_device(settings().device, files=len(sources)))
        judged = judge_files(model, sources, how_of(run.job.options))
        for number, source, judgement in zip(free, sources, judged, strict=True):
            answer = document(judgement, name=source.name, version=run.model_version)
            answered.append(Answered(number, answer))
            if run.job.options["explain"]:
                drawn = list(overlays_of(model, number, judgement))
                answer["warnings"] += [NOT_EXPLAINED] if judgement.rows and not drawn else []
                overlays += drawn
            run.progress(len(answered), total, stage="judge")
    _check_single(answered)
    store_answers(run.session, run.job.id, [(each.number, each.answer) for each in answered])
    store_overlays(run.session, run.job.id, overlays)


def overlays_of(
    model: ImpressionPredictor, number: int, judgement: Judgement
) -> Iterator[tuple[tuple[int, int, str], bytes]]:
    """Yield the overlays of a picture's largest faces, each with its file, face and trait.

    A clip has none, nor has a face of which no part counts more than another.
    """
    if judgement.picture is None:
        return
    for row in judgement.rows[:EXPLAINED_FACES]:
        for trait in TRAITS:
            with suppress(ValueError, NotExplainable):
                yield (number, row.number, trait), model.overlay(judgement.picture, row.face, trait)


def how_of(options: Mapping[str, Any]) -> How:
    """Return how files are looked at, by a job's options."""
    chosen = Options(
        detect_face=options["detect_face"],
        method=options["method"],
        all_faces=options["all_faces"],
        tta=options["tta"],
    )
    return How(chosen, parse_frames(options["frames"]))


def _refused(run: Run) -> dict[int, dict[str, Any]]:
    """Return the answers to the files that were refused before there was a job, by their numbers."""
    return {
        each["index"]: {
            "file": each["name"],
            "kind": None,
            "faces": [],
            "frames": [],
            "coverage": {"asked": 1, "decoded": 0, "with_face": 0},
            "warnings": [],
            "model_version": run.model_version,
            "error": {"code": each["code"], "message": each["detail"]},
        }
        for each in run.job.input.get("refused", ())
    }


def _check_single(answered: Sequence[Answered]) -> None:
    """Raise what is wrong with a job's only file."""
    error = answered[0].answer["error"] if len(answered) == 1 else None
    if error is not None:
        raise TaskError(error["message"], code=error["code"])


TASKS = {IMPRESSIONS: Work(judge_uploads)}
