"""The printable page of a person's result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request

from app.files.jobs import service as file_jobs
from app.http.errors import Conflict, NotFound
from app.http.openapi import Blueprint, error_responses, response_headers
from app.mood.report import drawing
from app.mood.report.words import LOCALES, WORDS
from app.mood.results import MoodResults
from app.mood.schemas import MoodReportQuerySchema
from app.system import State

blp = Blueprint(
    "mood_reports",
    __name__,
    url_prefix="/api/v1/results",
    template_folder="templates",
    static_folder="static",
    static_url_path="/report",
    description="What file jobs leave, as a page.",
)


@blp.route("/<uuid:job_id>/report")
@blp.arguments(MoodReportQuerySchema, location="query")
@blp.response(200, {"type": "string"}, content_type="text/html", headers=response_headers("Vary"))
@error_responses(401, 404, 409, 410, 422, 503)
def show_report(query: dict[str, Any], job_id: UUID) -> Response:
    """Show a result of mood as one page to print, in English or Korean."""
    job = file_jobs.find(job_id)
    if job.system != "mood":
        raise NotFound(f"There is no report of job {job_id}; mood has them.")
    if job.state != State.SUCCEEDED:
        raise Conflict(f"Job {job_id} is {job.state}; a report is made of one that succeeded.")
    locale = query.get("lang") or request.accept_languages.best_match(LOCALES) or "en"
    summary, rows = MoodResults().summary(job), drawing.last_rows(job.id)
    page = render_template(
        "mood_report.html",
        locale=locale,
        words=WORDS[locale],
        summary=summary,
        reading=summary.get("reading", {}),
        drawn=drawing.picture(rows, summary, locale=locale),
        first=drawing.first_date(job.id),
        last=rows[-1]["date"] if rows else None,
    )
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept-Language"}
    return Response(page, headers=headers, content_type="text/html; charset=utf-8")
