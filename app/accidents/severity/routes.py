"""The routes of the accidents system, in the words of its own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for

from app.accidents.severity import service
from app.accidents.severity.answer_schemas import (
    BatchAcceptedSchema,
    BatchResultsSchema,
    PendingSchema,
    SeveritySchema,
)
from app.accidents.severity.schemas import EXAMPLE, BatchSchema
from app.accidents.severity.service import Prediction
from app.accidents.severity.variations import AnsweredSchema, QuestionSchema
from app.accidents.vocabulary import VOCABULARY
from app.extensions import settings
from app.http.openapi import Blueprint, error_responses, reply, request_headers, response_headers
from app.jobs.realtime.submit import preference

if TYPE_CHECKING:
    from app.jobs.models import Job

blp = Blueprint(
    "accidents", __name__, url_prefix="/api/predict", description="Severity of traffic accidents."
)


def answer(answered: Prediction | Job, headers: dict[str, str]) -> Any:
    """Return a prediction as a 200, or as a 202 while it is not there."""
    if isinstance(answered, Prediction):
        return reply(service.render(answered, service.language()), {"Vary": "Accept-Language", **headers})
    url = url_for("accidents.show_prediction", prediction_id=answered.id)
    body = {"prediction_id": str(answered.id), "status": VOCABULARY[answered.core_state], "results_url": url}
    # As a response: a tuple would be dumped by the schema of the 200, which knows other members.
    return reply(body, {"Location": url, "Retry-After": "1", **headers}, 202)


@blp.route("/eclo", methods=["POST"])
@blp.arguments(QuestionSchema(), example=EXAMPLE, error_status_code=400)
@blp.response(200, AnsweredSchema, headers=response_headers("Preference-Applied", "Vary", "Cache-Status"))
@blp.alt_response(
    202,
    schema=PendingSchema,
    description="asked for, or not done within the wait",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@request_headers(blp, "Prefer", "Idempotency-Key", "Accept-Language", "Cache-Control")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def create_prediction(accident: dict[str, Any]) -> Any:
    """Predict the severity (ECLO) of one accident."""
    wanted = preference(settings().wait_s)
    return answer(service.predict(accident, wait_s=wanted.wait_s), wanted.headers)


@blp.route("/eclo/<uuid:prediction_id>")
@blp.response(200, AnsweredSchema, headers=response_headers("Vary"))
@blp.alt_response(
    202,
    schema=PendingSchema,
    description="not there yet",
    headers=response_headers("Location", "Retry-After"),
    success=True,
)
@request_headers(blp, "Accept-Language")
@error_responses(401, 404, 410, 422, 503)
def show_prediction(prediction_id: UUID) -> Any:
    """Show one prediction."""
    return answer(service.find(prediction_id), {})


@blp.route("/eclo/<uuid:batch_id>-<int:position>")
@blp.response(200, SeveritySchema, headers=response_headers("Vary"))
@blp.alt_response(
    202,
    schema=PendingSchema,
    description="not there yet",
    headers=response_headers("Location", "Retry-After"),
    success=True,
)
@request_headers(blp, "Accept-Language")
@error_responses(401, 404, 410, 422, 503)
def show_prediction_of_batch(batch_id: UUID, position: int) -> Any:
    """Show one prediction of a batch, by the `prediction_id` that its results give."""
    return answer(service.find(batch_id, position), {})


@blp.route("/eclo/batch", methods=["POST"])
@blp.arguments(BatchSchema(), example={"items": [EXAMPLE]}, error_status_code=400)
@blp.response(202, BatchAcceptedSchema, headers=response_headers("Location", "Retry-After"))
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def create_batch(batch: dict[str, Any]) -> Any:
    """Predict the severity of up to 100 accidents, later."""
    job = service.submit_batch(batch["items"])
    url = url_for("accidents.show_batch", batch_id=job.id)
    body = {
        "batch_id": job.id,
        "status": VOCABULARY[job.core_state],
        "results_url": url,
        "estimated_completion_s": service.estimated_s(job),
    }
    return body, 202, {"Location": url, "Retry-After": "1"}


@blp.route("/batch/<uuid:batch_id>/results")
@blp.response(200, BatchResultsSchema, headers=response_headers("Vary"))
@request_headers(blp, "Accept-Language")
@error_responses(401, 404, 410, 503)
def show_batch(batch_id: UUID) -> Any:
    """Show a batch: its status and, once there, its results."""
    job, predictions = service.find_batch(batch_id)
    locale = service.language()
    body = {
        "batch_id": job.id,
        "status": VOCABULARY[job.core_state],
        "progress": job.progress,
        "processed": job.processed,
        "total": job.total,
        "estimated_completion_s": service.estimated_s(job),
        "results": [service.render(prediction, locale) for prediction in predictions],
        "error": job.error,
    }
    return reply(body, {"Vary": "Accept-Language"})
