"""RQ's registries, told what PostgreSQL knows: `rq info` and the dashboard show what runs and how it ended.

They are a picture: nothing here decides anything, it has an end after a day, and a wiped Redis fills
again as jobs begin and end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rq.executions import Execution, ExecutionRegistry
from rq.job import JobStatus
from rq.results import Result

from app.extensions import redis_client
from app.jobs.queue import rq

if TYPE_CHECKING:
    from app.jobs.models import Job
    from app.jobs.queue.rq import ClosedJob

ENDED_TTL_S = 24 * 3600
MOST_ENDED = 1000  # of a queue's finished, and of its failed jobs
MARGIN_S = 60  # a job may take this much longer than its timeout to be ended


@dataclass
class Shown:
    """A running job as RQ shows it, until it ends."""

    job: ClosedJob
    execution: Execution


def show_started(job: Job, worker: Any) -> Shown:
    """Show a claimed job as running on a worker."""
    shown = rq.shown_job(str(job.id), rq.queue_name(job.lane, job.priority), timeout_s=job.timeout_s)
    shown.created_at = job.created_at.astimezone(UTC)
    shown.enqueued_at, shown.started_at = job.queued_at, datetime.now(UTC)
    shown.worker_name = worker.name
    ttl_s = job.timeout_s + MARGIN_S
    pipeline = redis_client().pipeline(transaction=False)
    for registry in _ended(shown):
        pipeline.zrem(registry.key, shown.id)
    _save(shown, JobStatus.STARTED, ttl_s, pipeline)
    execution = Execution.create(shown, ttl_s, pipeline, worker_name=worker.name)
    worker.set_current_job_id(shown.id, pipeline=pipeline)
    pipeline.execute()
    return Shown(shown, execution)


def show_ended(shown: Shown, worker: Any, *, outcome: str, state: str, code: str | None) -> None:
    """Show how a job ended: its class and code, nothing that its owner sent; one that retries waits again."""
    job, pipeline = shown.job, redis_client().pipeline(transaction=False)
    job.ended_at = datetime.now(UTC)
    shown.execution.delete(job, pipeline)
    worker.set_current_job_id(None, pipeline=pipeline)
    if job.started_at is not None:
        worker.increment_total_working_time(job.ended_at - job.started_at, pipeline)
    if state == "succeeded":
        worker.increment_successful_job_count(pipeline)
    else:
        worker.increment_failed_job_count(pipeline)
    _file(job, state, f"{outcome}: {code or 'unknown'}", pipeline)
    pipeline.execute()


def show_cancelled(job: Job) -> None:
    """Show a job that was cancelled before it ran."""
    shown = rq.shown_job(str(job.id), rq.queue_name(job.lane, job.priority), timeout_s=job.timeout_s)
    pipeline = redis_client().pipeline(transaction=False)
    pipeline.lrem(rq.key_of(shown.origin), 0, shown.id)
    _file(shown, "cancelled", "", pipeline)
    pipeline.execute()


def show_lost(job: Job) -> None:
    """Show a job whose worker is gone: not as running, and how it ended where it is not tried again."""
    shown = rq.shown_job(str(job.id), rq.queue_name(job.lane, job.priority), timeout_s=job.timeout_s)
    shown.started_at, shown.ended_at = job.started_at, datetime.now(UTC)
    executions = ExecutionRegistry(shown.id, redis_client())
    pipeline = redis_client().pipeline(transaction=False)
    for execution_id in executions.get_execution_ids():
        Execution(execution_id, shown.id, redis_client()).delete(shown, pipeline)
    _file(shown, job.state, f"worker_lost: {job.error_code}", pipeline)
    pipeline.execute()


def count_predictions(worker: Any, pipeline: Any, *, succeeded: int, failed: int, seconds: float) -> None:
    """Add a micro-batch to its worker's counts."""
    pipeline.hincrby(worker.key, "successful_job_count", succeeded)
    pipeline.hincrby(worker.key, "failed_job_count", failed)
    pipeline.hincrbyfloat(worker.key, "total_working_time", seconds)


def _file(job: ClosedJob, state: str, reason: str, pipeline: Any) -> None:
    """Put an ended job into the registry of its end; one that waits for its next try is in none."""
    finished, failed, cancelled = _ended(job)
    kinds = {
        "succeeded": (finished, JobStatus.FINISHED),
        "failed": (failed, JobStatus.FAILED),
        "cancelled": (cancelled, JobStatus.CANCELED),
    }
    if state not in kinds:
        pipeline.delete(job.key)
        return
    registry, status = kinds[state]
    _save(job, status, ENDED_TTL_S, pipeline)
    if state == "failed":
        Result.create_failure(job, ENDED_TTL_S, reason, pipeline=pipeline)
    pipeline.zadd(registry.key, {job.id: datetime.now(UTC).timestamp() + ENDED_TTL_S})
    pipeline.zremrangebyrank(registry.key, 0, -MOST_ENDED - 1)


def _ended(job: ClosedJob) -> tuple[Any, Any, Any]:
    """Return the registries of a job's queue for those that finished, failed and were cancelled."""
    queue = rq.queue(job.origin)
    return queue.finished_job_registry, queue.failed_job_registry, queue.canceled_job_registry


def _save(job: ClosedJob, status: JobStatus, ttl_s: int, pipeline: Any) -> None:
    """Write a job's hash, which ends by itself."""
    fields = {**job.to_dict(include_result=False), "status": status.value}
    pipeline.hset(job.key, mapping=fields)
    pipeline.expire(job.key, ttl_s)
