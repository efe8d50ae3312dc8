"""The one route to the results of file jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, request, stream_with_context, url_for

from app.files.jobs import results
from app.files.jobs.results_schemas import CsvQuerySchema, ResultsQuerySchema, ResultsSchema
from app.files.jobs.service import find
from app.http.openapi import Blueprint, error_responses, reply, response_headers
from app.system import FINAL, State

if TYPE_CHECKING:
    from app.jobs.models import Job

blp = Blueprint("results", __name__, url_prefix="/api/v1/results", description="What file jobs leave.")

HEADERS = {"Cache-Control": "private, no-store", "Vary": "Accept"}
PAGE_ROWS = 100


@blp.route("/<uuid:job_id>")
@blp.arguments(ResultsQuerySchema, location="query")
@blp.response(200, ResultsSchema, headers=response_headers("Link", "Vary", "Content-Disposition"))
@blp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
@blp.alt_response(
    202,
    schema=ResultsSchema,
    description="not done yet: the rows so far, as JSON whatever was asked for",
    headers=response_headers("Link", "Vary", "Retry-After"),
    success=True,
)
@error_responses(401, 404, 410, 422, 503)
def show_results(query: dict[str, Any], job_id: UUID) -> Any:
    """Show a file job's result: a page of it as JSON, or all of it as CSV."""
    job = find(job_id)
    if job.state in FINAL and _wants_csv(query):
        return _as_csv(job, query)
    return _as_json(job, query)


@blp.route("/<uuid:job_id>/csv")
@blp.arguments(CsvQuerySchema, location="query")
@blp.response(
    200,
    {"type": "string"},
    content_type="text/csv",
    headers=response_headers("Vary", "Content-Disposition"),
)
@blp.alt_response(
    202,
    schema=ResultsSchema,
    description="not done yet: the rows so far, as JSON",
    headers=response_headers("Link", "Vary", "Retry-After"),
    success=True,
)
@error_responses(401, 404, 410, 422, 503)
def download_results(query: dict[str, Any], job_id: UUID) -> Any:
    """Download a file job's result as CSV, for clients that expect one type of each route."""
    job = find(job_id)
    return _as_csv(job, query) if job.state in FINAL else _as_json(job, query)


def _wants_csv(query: dict[str, Any]) -> bool:
    """Say whether a CSV is asked for; the query is clearer than `Accept`."""
    named = request.accept_mimetypes.best_match(["application/json", "text/csv"], default="application/json")
    return bool(query.get("format", "csv" if named == "text/csv" else "json") == "csv")


def _as_json(job: Job, query: dict[str, Any]) -> Response:
    """Return a page as JSON."""
    limit = query.get("limit", PAGE_ROWS)
    page = results.page(job, first=query["first"], limit=limit)
    body, headers = results.summary(job), dict(HEADERS)
    body |= {"rows": page.rows, "next": None}
    if page.next_first is not None:
        url = url_for(
            "results.show_results", job_id=job.id, format="json", first=page.next_first, limit=limit
        )
        body["next"], headers["Link"] = url, f'<{url}>; rel="next"'
    if job.state in FINAL:
        return reply(body, headers)
    return reply(body, headers | {"Retry-After": "1"}, 202)


def _as_csv(job: Job, query: dict[str, Any]) -> Response:
    """Return all rows, or those that are asked for, as a CSV that is written while it is sent."""
    if job.state == State.FAILED:
        raise results.failure(job)
    part = "-partial" if results.summary(job)["partial"] else ""
    stream = results.stream_csv(job, first=query["first"], limit=query.get("limit"), bom=query["bom"])
    name = f"{job.system}-{job.id}{part}.csv"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(stream), headers=headers, content_type="text/csv; charset=utf-8")
