"""The routes of the reviews system, in the words of its own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request, url_for
from flask.views import MethodView
from werkzeug.exceptions import NotFound as NoRoute

from app.auth.service import principal
from app.files.jobs import results
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs import pace
from app.jobs import service as jobs
from app.jobs.links import events_url
from app.jobs.models import Job, asked_at
from app.jobs.realtime.submit import preference
from app.reviews import service
from app.reviews.answer_schemas import ReviewAcceptedSchema, ReviewTaskListSchema, ReviewTaskSchema
from app.reviews.results import ReviewResults
from app.reviews.schemas import EXAMPLE, ReviewSchema, TaskListQuerySchema, TaskQuerySchema, file_form
from app.reviews.vocabulary import VOCABULARY
from app.system import FINAL, State

if TYPE_CHECKING:
    from app.jobs.queue.messages import Outcome

blp = Blueprint("reviews", __name__, url_prefix="/api/v1/reviews/tasks", description="Sentiment of reviews.")

RESULTS = ReviewResults()


@blp.before_app_request
def refuse_what_is_no_id() -> None:
    """Answer for an id that is none as for a task that there is none of; no route of ours matches it."""
    parent, _, name = request.path.rpartition("/")
    if parent == blp.url_prefix and isinstance(request.routing_exception, NoRoute):
        principal()
        raise service.no_task(name)


def links_of(job_id: UUID) -> dict[str, str]:
    """Return where a task can be followed, stopped, tried again and erased."""
    return {
        "self": url_for("reviews.TaskResource", task_id=job_id),
        "job": url_for("jobs.JobResource", job_id=job_id),
        "events": events_url(job_id),
        "cancel": url_for("jobs.cancel_job", job_id=job_id),
        "retry": url_for("jobs.retry_job", job_id=job_id),
    }


def present(job: Job) -> dict[str, Any]:
    """Return a task as lists show it."""
    return {
        "task_id": job.id,
        "type": "single" if job.task == service.SENTIMENT else "batch",
        "status": VOCABULARY[job.core_state],
        "progress": job.progress,
        "processed": job.processed,
        "total": job.total,
        "eta_s": pace.eta_s(job),
        "model_version": job.model_version,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "error": job.error,
        "metadata": (job.input if job.task == service.SENTIMENT else job.options).get("metadata"),
        "links": links_of(job.id),
    }


def present_answer(outcome: Outcome, metadata: Any) -> dict[str, Any]:
    """Return a single review's sentiment as its task will show it."""
    return {
        "task_id": outcome.id,
        "type": "single",
        "status": VOCABULARY[State.SUCCEEDED],
        "progress": 1.0,
        "processed": 1,
        "total": 1,
        "eta_s": None,
        "model_version": outcome.model_version,
        "created_at": asked_at(outcome.id),
        "finished_at": outcome.finished_at,
        "error": None,
        "metadata": metadata,
        "links": links_of(outcome.id),
        "result": outcome.result,
    }


def present_whole(job: Job, query: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a task with its result or a page of its rows, and the headers that go with it."""
    body = present(job)
    if job.task == service.SENTIMENT:
        return {**body, "result": service.result_of(job)}, {}
    cursor, limit = query["cursor"], query["limit"]
    page = results.page(job, first=cursor, limit=limit)
    headers = {}
    if page.next_first is not None:
        more = url_for("reviews.TaskResource", task_id=job.id, cursor=page.next_first, limit=limit)
        headers["Link"] = f'<{more}>; rel="next"'
    shown = {"summary": RESULTS.summary(job), "rows": page.rows, "next_cursor": page.next_first}
    return {**body, **shown, "results_url": url_for("results.show_results", job_id=job.id)}, headers


def accepted(job: Job, headers: dict[str, str]) -> Any:
    """Return a task that was accepted."""
    url = url_for("reviews.TaskResource", task_id=job.id)
    body = {
        "task_id": str(job.id),
        "status": VOCABULARY[State.RECEIVED],
    }  # this API's word, however far it is
    return reply(body, {"Location": url, "Retry-After": "1", **headers}, 202)


@blp.route("", methods=["POST"])
@blp.arguments(ReviewSchema(), example=EXAMPLE)
@blp.response(200, ReviewTaskSchema, headers=response_headers("Preference-Applied", "Cache-Status"))
@blp.alt_response(
    202,
    schema=ReviewAcceptedSchema,
    description="accepted, and not done within the wait",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@request_headers(blp, "Prefer", "Idempotency-Key", "Cache-Control")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def create_task(review: dict[str, Any]) -> Any:
    """Judge the sentiment of one review."""
    wanted = preference(0.0)
    answer = service.judge(review, wait_s=wanted.wait_s)
    if not isinstance(answer, Job):
        return reply(present_answer(answer, review["metadata"]), wanted.headers)
    if wanted.wait_s and answer.core_state in FINAL:  # sent again with its key
        return {**present(answer), "result": service.result_of(answer)}, 200, wanted.headers
    return accepted(answer, wanted.headers)


@blp.route("", methods=["GET"])
@blp.arguments(TaskListQuerySchema, location="query")
@blp.response(200, ReviewTaskListSchema, headers=response_headers("Link"))
@error_responses(401, 422, 503)
def list_tasks(query: dict[str, Any]) -> Any:
    """List my tasks, newest first."""
    limit = query["limit"]
    page = jobs.find(system=service.NAME, state=None, dead=None, cursor=query.get("cursor"), limit=limit)
    there = [job for job in page.jobs if job.core_state != State.EXPIRED]
    body = {"tasks": [present(job) for job in there], "next_cursor": page.next_cursor}
    if page.next_cursor is None:
        return body
    more = url_for("reviews.list_tasks", cursor=page.next_cursor, limit=limit)
    return body, 200, {"Link": f'<{more}>; rel="next"'}


@blp.route("/batch", methods=["POST"])
@blp.response(202, ReviewAcceptedSchema, headers=response_headers("Location", "Retry-After"))
@blp.doc(requestBody=file_form())
@request_headers(blp, "Idempotency-Key")
@error_responses(400, 401, 409, 411, 413, 415, 422, 429, 503)
def create_batch_task() -> Any:
    """Judge every review of a file."""
    return accepted(service.submit_file(), {})


@blp.route("/<uuid:task_id>")
class TaskResource(MethodView):
    """One task."""

    @named("show_task")
    @blp.arguments(TaskQuerySchema, location="query")
    @blp.response(200, ReviewTaskSchema, headers=response_headers("Link"))
    @error_responses(401, 404, 410, 422, 503)
    def get(self, query: dict[str, Any], task_id: UUID) -> Any:
        """Show a task: its result, or what there is of a batch's rows and figures."""
        body, headers = present_whole(service.find(task_id), query)
        return body, 200, headers

    @named("erase_task")
    @blp.response(204)
    @error_responses(401, 404, 409, 410, 503)
    def delete(self, task_id: UUID) -> None:
        """Erase a task and everything that came of it."""
        service.erase(task_id)
