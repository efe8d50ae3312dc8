"""The jobs of documents in Directus, in the words of their own API; each needs a Directus token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import g, request, url_for

from app.auth.directus_tokens import demand_directus_token
from app.documents import service
from app.documents.answer_schemas import DocumentJobAcceptedSchema, DocumentJobSchema
from app.documents.schemas import EXAMPLE, AnalysisSchema, CleanupSchema
from app.documents.vocabulary import VOCABULARY
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs.links import events_url
from app.system import State

if TYPE_CHECKING:
    from app.jobs.models import Job

blp = Blueprint(
    "documents", __name__, url_prefix="/jobs", description="Insurance documents of products in Directus."
)


DIRECTUS: list[dict[str, list[str]]] = [{"directus": []}]


@blp.before_app_request
def demand_token() -> None:
    """Say who asks by his Directus token, whatever other ways the service has; nothing else is read first."""
    if request.blueprint == blp.name and request.method != "OPTIONS":
        g.principal, g.directus_token = demand_directus_token()


def accepted(job: Job) -> Any:
    """Return a job that was accepted."""
    body = {"job_id": str(job.id), "status": VOCABULARY[State.RECEIVED]}
    url = url_for("documents.show_job", job_id=job.id)
    return reply(body, {"Location": url, "Retry-After": "1"}, 202)


@blp.route("/analysis", methods=["POST"])
@blp.arguments(AnalysisSchema(), example=EXAMPLE)
@blp.doc(security=DIRECTUS)
@blp.response(202, DocumentJobAcceptedSchema, headers=response_headers("Location", "Retry-After"))
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 403, 409, 411, 413, 415, 422, 429, 503)
def create_analysis(sent: dict[str, Any]) -> Any:
    """Analyse a product's document, and write what it covers into Directus."""
    return accepted(service.submit_analysis(sent, g.directus_token))


@blp.route("/cleanup", methods=["POST"])
@blp.arguments(CleanupSchema(), example={"product_id": EXAMPLE["product_id"]})
@blp.doc(security=DIRECTUS)
@blp.response(202, DocumentJobAcceptedSchema, headers=response_headers("Location", "Retry-After"))
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 403, 409, 411, 413, 415, 422, 429, 503)
def create_cleanup(sent: dict[str, Any]) -> Any:
    """Remove from a product what analyses have written."""
    return accepted(service.submit_cleanup(sent, g.directus_token))


@blp.route("/<uuid:job_id>/status")
@named("show_analysis")
@blp.doc(security=DIRECTUS)
@blp.response(200, DocumentJobSchema)
@error_responses(401, 403, 404, 410, 503)
def show_job(job_id: UUID) -> Any:
    """Show where a job stands, and its result."""
    job = service.find(job_id)
    result, report = service.outcome_of(job)
    own = {
        "self": url_for("documents.show_job", job_id=job.id),
        "job": url_for("jobs.JobResource", job_id=job.id),
        "events": events_url(job.id),
    }
    if job.task == service.ANALYSIS:
        own["results"] = url_for("results.show_results", job_id=job.id)
    return {
        "job_id": job.id,
        "status": VOCABULARY[job.core_state],
        "progress": job.progress,
        "stage": job.stage,
        "result": result,
        "report": report,
        "error": job.error,
        "links": own | service.result_links(job),
    }
