"""The tasks of the accidents system: one severity at once, or a batch of them."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from app.accidents.chat.service import CHAT
from app.accidents.datasets.service import READ
from app.accidents.maps.exports import EXPORT
from app.accidents.severity import service
from workers.accidents.chat.tasks import answer_message
from workers.accidents.datasets.tasks import read_dataset
from workers.accidents.features import Accident
from workers.accidents.maps.tasks import export_map
from workers.accidents.predictor import SeverityPredictor
from workers.sdk.task import Answer, Document, Run, Stored, Work
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from workers.sdk.predictor import Explanation

BLOCK = 25  # accidents between two reports of progress


@cache
def predictor(version: str) -> SeverityPredictor:
    """Return a version of the model, loaded once per process."""
    return SeverityPredictor.load(model_folder("accidents", version))


def warm(version: str) -> None:
    """Load a version of the model."""
    predictor(version)


def accident_of(accident: Mapping[str, Any]) -> Accident:
    """Return a question's fields as the model's input."""
    return Accident(**accident)


def answer_severities(inputs: Sequence[Any], options: Document, version: str) -> list[Document]:
    """Return one severity per accident, with contributions if the options ask for them."""
    accidents = [accident_of(accident) for accident in inputs]
    model = predictor(version)
    results: list[dict[str, Any]] = [asdict(severity) for severity in model.predict(accidents)]
    if options.get("explain"):
        for result, accident, why in zip(results, inputs, model.explain(accidents), strict=True):
            result["contributions"] = contributions(accident, why)
    if options.get("vary"):
        for result, accident in zip(results, inputs, strict=True):
            result["varied"] = vary(model, accident, **options["vary"])
    return list(results)


def vary(
    model: SeverityPredictor, accident: Mapping[str, Any], field: str, values: Sequence[Any]
) -> Document:
    """Return the severities of an accident with other values of one field, all from one call."""
    severities = model.predict([accident_of({**accident, field: value}) for value in values])
    answers = [{"value": value, **asdict(each)} for value, each in zip(values, severities, strict=True)]
    return {"field": field, "answers": answers}


def contributions(accident: Mapping[str, Any], why: Explanation) -> list[Document]:
    """Return an explanation with the values that the fields had."""
    return [
        {"field": name, "value": accident.get(name), "contribution": amount}
        for name, amount in why.contributions
    ]


def store_severities(session: Session, entries: Sequence[Stored]) -> None:
    """Store the severities of single questions."""
    service.store(session, [(entry.job_id, 0, entry.input, entry.result) for entry in entries])


def fetch_severities(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, Document]:
    """Return the severities stored for single questions."""
    results = service.load_results(session, job_ids)
    return dict(results)


def predict_batch(run: Run) -> None:
    """Predict a batch in blocks, so that its progress can be seen."""
    items = run.job.input
    for first in range(0, len(items), BLOCK):
        block = items[first : first + BLOCK]
        accidents = [item["accident"] for item in block]
        explain = any(item.get("explain") for item in block)
        plain = answer_severities(accidents, {"explain": explain}, run.model_version)
        rows = [
            (
                run.job.id,
                first + number,
                accidents[number],
                plain[number] if item.get("explain") else _bare(plain[number]),
            )
            for number, item in enumerate(block)
        ]
        service.store(run.session, rows)
        run.progress(first + len(block), stage="predict")


def _bare(result: Document) -> Document:
    """Return a result without contributions, which were asked for by others of its block only."""
    return {name: value for name, value in result.items() if name != "contributions"}


TASKS: Mapping[str, Answer | Work] = {
    service.SEVERITY: Answer(answer_severities, store_severities, fetch_severities),
    service.SEVERITIES: Work(predict_batch),
    READ: Work(read_dataset),
    CHAT: Work(answer_message),
    EXPORT: Work(export_map),
}
