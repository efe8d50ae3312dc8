"""The routes of the mood system beside those of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for
from flask.views import MethodView

from app.extensions import settings
from app.files.jobs.vocabulary import VOCABULARY
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs.models import Job
from app.jobs.realtime.submit import preference
from app.mood import service
from app.mood.schemas import (
    EXAMPLE,
    MoodPendingSchema,
    MoodPredictedSchema,
    MoodRecordsSchema,
    MoodSubjectQuerySchema,
    MoodSubjectsSchema,
)
from app.system import State

if TYPE_CHECKING:
    from app.jobs.queue.messages import Outcome

blp = Blueprint("mood", __name__, url_prefix="/api/v1/mood", description="Daily risk of mood episodes.")


def present(job_id: UUID, version: str | None, result: Any) -> dict[str, Any]:
    """Return the answer to daily records."""
    return {
        "job_id": str(job_id),
        "status": VOCABULARY[State.SUCCEEDED],
        "model_version": version,
        "notice": service.NOTICE,
        **result,
    }


def answer(outcome: Outcome | Job, headers: dict[str, str]) -> Any:
    """Return an answer as a 200, or as a 202 while it is not there."""
    if not isinstance(outcome, Job):
        return reply(present(outcome.id, outcome.model_version, outcome.result), headers)
    result = service.answer_of(outcome)
    if result is not None:
        return reply(present(outcome.id, outcome.model_version, result), headers)
    url = url_for("mood.show_prediction", job_id=outcome.id)
    body = {"job_id": str(outcome.id), "status": VOCABULARY[outcome.core_state]}
    return reply(body, {"Location": url, "Retry-After": "1", **headers}, 202)


@blp.route("/predict", methods=["POST"])
@named("create_mood_prediction")
@blp.arguments(MoodRecordsSchema(), example=EXAMPLE)
@blp.response(200, MoodPredictedSchema, headers=response_headers("Preference-Applied", "Cache-Status"))
@blp.alt_response(
    202,
    schema=MoodPendingSchema,
    description="asked for, or not done within the wait",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@request_headers(blp, "Prefer", "Idempotency-Key", "Cache-Control")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def predict_records(records: dict[str, Any]) -> Any:
    """Predict the risks of daily records, without a file."""
    wanted = preference(settings().wait_s)
    return answer(service.predict(records, wait_s=wanted.wait_s), wanted.headers)


@blp.route("/predict/<uuid:job_id>")
@named("show_mood_prediction")
@blp.response(200, MoodPredictedSchema)
@blp.alt_response(
    202,
    schema=MoodPendingSchema,
    description="not there yet",
    headers=response_headers("Location", "Retry-After"),
    success=True,
)
@error_responses(401, 404, 410, 422, 503)
def show_prediction(job_id: UUID) -> Any:
    """Show the risks of daily records again."""
    return answer(service.find(job_id), {})


@blp.route("/subjects")
class SubjectsResource(MethodView):
    """The persons whose histories are kept."""

    @named("list_subjects")
    @blp.response(200, MoodSubjectsSchema)
    @error_responses(401, 503)
    def get(self) -> Any:
        """List the persons whose histories are kept."""
        return {"subjects": service.subjects()}

    @named("erase_subject")
    @blp.arguments(MoodSubjectQuerySchema, location="query")
    @blp.response(204)
    @error_responses(401, 404, 409, 422, 503)
    def delete(self, query: dict[str, Any]) -> None:
        """Erase a person: the history, every job that names the person, its results and its files."""
        service.erase_subject(query.get("name"))
