"""The routes of file jobs, the same for every system that reads files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for

from app.extensions import settings
from app.files.jobs import service
from app.files.jobs.schemas import EXAMPLE, CancelledSchema, StartedSchema, StartSchema, StatusSchema
from app.files.jobs.vocabulary import VOCABULARY
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs.pace import eta_s
from app.jobs.realtime.submit import preference
from app.system import State

if TYPE_CHECKING:
    from app.jobs.models import Job

blp = Blueprint("process", __name__, url_prefix="/api/v1/process", description="Jobs that read files.")


def present(job: Job) -> dict[str, Any]:
    """Return how far a file job is, as its schema has it."""
    names = "system progress stage processed total"
    return {
        "job_id": job.id,
        "status": VOCABULARY[job.core_state],
        "partial": service.was_partial(job),
        **{name: getattr(job, name) for name in names.split()},
        "eta_s": eta_s(job),
        "results_url": url_for("results.show_results", job_id=job.id),
        "error": job.error,
    }


@blp.route("/start", methods=["POST"])
@blp.arguments(StartSchema(), example=EXAMPLE)
@blp.response(202, StartedSchema, headers=response_headers("Location", "Retry-After"))
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 404, 409, 410, 411, 413, 415, 422, 429, 503)
def start_job(wish: dict[str, Any]) -> Any:
    """Start a job on uploaded files."""
    job = service.start(wish)
    url = url_for("process.show_status", job_id=job.id)
    body = {"job_id": job.id, "status": VOCABULARY[job.core_state]}
    return body, 202, {"Location": url, "Retry-After": "1"}


@blp.route("/status/<uuid:job_id>")
@blp.response(200, StatusSchema)
@error_responses(401, 404, 410, 503)
def show_status(job_id: UUID) -> Any:
    """Show how far a file job is."""
    return present(service.find(job_id))


@blp.route("/cancel/<uuid:job_id>", methods=["POST"])
@named("cancel_file_job")
@blp.response(200, CancelledSchema, headers=response_headers("Preference-Applied"))
@blp.alt_response(
    202,
    schema=CancelledSchema,
    description="asked for, and not stopped within the wait",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@request_headers(blp, "Prefer")
@error_responses(401, 404, 409, 410, 503)
def cancel_job(job_id: UUID) -> Any:
    """Cancel a file job that waits or runs."""
    wanted = preference(settings().wait_s)
    job = service.cancel(job_id, wait_s=wanted.wait_s)
    body = {"job_id": job.id, "status": VOCABULARY[job.core_state]}
    if job.state != State.CANCELLING:
        return reply(body, wanted.headers)
    url = url_for("process.show_status", job_id=job.id)
    return reply(body, {"Location": url, "Retry-After": "1", **wanted.headers}, 202)
