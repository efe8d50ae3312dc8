"""The job resource: list, look, follow, cancel, try again, erase."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, request, url_for
from flask.views import MethodView

from app.auth.service import owner, still_allowed, stream_period
from app.http.errors import BadRequest
from app.http.openapi import Blueprint, error_responses, named, request_headers, response_headers
from app.jobs import event_stream, pace, service
from app.jobs.links import events_url
from app.jobs.schemas import JobListSchema, JobQuerySchema, JobSchema, StreamQuerySchema
from app.system import FINAL

if TYPE_CHECKING:
    from app.jobs.models import Job

EVENT_ID = re.compile(r"[0-9]{1,9}\Z")  # as large as the column may be

blp = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="Every job, whatever its system.")


def present(job: Job) -> dict[str, Any]:
    """Return a job as its schema has it, without attempts."""
    names = (
        "id system task lane state dead progress stage processed total model_version request_id "
        "created_at started_at finished_at expires_at"
    )
    shown = {name: getattr(job, name) for name in names.split()}
    links = {
        "self": url_for("jobs.JobResource", job_id=job.id),
        "events": events_url(job.id),
        "cancel": url_for("jobs.cancel_job", job_id=job.id),
        "retry": url_for("jobs.retry_job", job_id=job.id),
    }
    return {**shown, "error": job.error, "eta_s": pace.eta_s(job), "links": links}


@blp.route("")
@blp.arguments(JobQuerySchema, location="query")
@blp.response(200, JobListSchema, headers=response_headers("Link"))
@error_responses(401, 422, 503)
def list_jobs(query: dict[str, Any]) -> Any:
    """List my jobs, newest first."""
    page = service.find(
        system=query.get("system"),
        state=query.get("state"),
        dead=query.get("dead"),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )
    body = {"jobs": [present(job) for job in page.jobs], "next_cursor": page.next_cursor}
    if page.next_cursor is None:
        return body
    kept = {name: request.args[name] for name in query if name in request.args}  # the rest is not url_for's
    more = url_for("jobs.list_jobs", _external=None, **{**kept, "cursor": str(page.next_cursor)})
    return body, 200, {"Link": f'<{more}>; rel="next"'}


@blp.route("/<uuid:job_id>")
class JobResource(MethodView):
    """One job."""

    @named("show_job")
    @blp.response(200, JobSchema, headers=response_headers("ETag"))
    @blp.alt_response(
        304, description="unchanged since the ETag sent as If-None-Match", headers=response_headers("ETag")
    )
    @request_headers(blp, "If-None-Match")
    @error_responses(401, 404, 503)
    def get(self, job_id: UUID) -> Any:
        """Show a job: state, progress, attempts, links."""
        job = service.get(job_id)
        etag = f"{job.id}-{job.version}-{stream_period()}"  # a 304 must not keep a link that has ended
        if request.if_none_match.contains_weak(etag):
            return Response(status=304, headers={"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"})
        body = {**present(job), "attempts": service.attempts(job)}
        return body, 200, {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}

    @named("erase_job")
    @blp.response(204)
    @error_responses(401, 404, 409, 503)
    def delete(self, job_id: UUID) -> None:
        """Erase a job and everything that came of it."""
        service.erase(job_id)


@blp.route("/<uuid:job_id>/events")
@blp.arguments(StreamQuerySchema, location="query")
@blp.response(200, {"type": "string"}, content_type="text/event-stream")
@blp.alt_response(204, description="the job has ended, and its last event has been seen", success=True)
@request_headers(blp, "Last-Event-ID")
@error_responses(400, 401, 404, 429, 503)
def follow_job(_query: dict[str, Any], job_id: UUID) -> Response:
    """Follow a job's changes as server-sent events, each named by the state that it tells."""
    job = service.get(job_id)
    sent = request.headers.get("Last-Event-ID", "0")
    if not EVENT_ID.match(sent):
        raise BadRequest(f"Last-Event-ID is {sent[:40]!r}; it is the whole number of the last event seen.")
    if job.state in FINAL and int(sent) >= job.version:
        return Response(status=204)  # by which an EventSource knows that there is nothing more to come
    stream = event_stream.open_stream(job.id, who=owner(), last_event_id=int(sent), may_go_on=still_allowed())
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(stream, content_type="text/event-stream", headers=headers)


@blp.route("/<uuid:job_id>/cancel", methods=["POST"])
@blp.response(202, JobSchema)
@error_responses(401, 404, 409, 503)
def cancel_job(job_id: UUID) -> Any:
    """Cancel a job that waits or runs."""
    return present(service.cancel(job_id))


@blp.route("/<uuid:job_id>/retry", methods=["POST"])
@blp.response(202, JobSchema)
@error_responses(401, 404, 409, 429, 503)
def retry_job(job_id: UUID) -> Any:
    """Try a failed or cancelled job again."""
    return present(service.retry(job_id))
