"""What is asked of jobs: submit, find, list, cancel, retry, erase; each by its owner only."""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from flask import g
from redis.exceptions import RedisError
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from app.auth.service import owner, principal
from app.extensions import db, end_session, settings
from app.http.errors import Conflict, Gone, NotFound, TooMany
from app.jobs import deletion_hooks, transitions
from app.jobs.models import ErasedJob, IdempotencyKey, Job, JobAttempt
from app.jobs.queue import crashes, messages, registries, rq
from app.jobs.retention import results_days
from app.system import ACTIVE, RETRIABLE, WAITING, Lane, State, find_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

log = structlog.get_logger()


@dataclass(frozen=True)
class JobRequest:
    """What a job is to do, before it is a job; `items` is how many inputs it holds, None if unknown."""

    system: str
    task: str
    input: Any
    options: Any
    items: int | None = 1


def new_request(ask: JobRequest, job_id: UUID | None = None) -> messages.Request:
    """Return an ask as a request of the current caller."""
    return messages.Request(
        id=job_id or uuid7(),
        owner=owner(),
        system=ask.system,
        task=ask.task,
        input=ask.input,
        options=ask.options,
        request_id=g.request_id,
    )


def submit(ask: JobRequest, *, job_id: UUID | None = None) -> Job:
    """Commit a job, then ask its lane to do it; a lane that is away is asked again by the sweep.

    Raises:
        TooMany: the owner has as much waiting as may wait.

    """
    request = new_request(ask, job_id)
    _check_room(request, ask.items or 0)
    job = accept(request, items=ask.items)
    hand_over([job])
    return job


def accept(request: messages.Request, *, items: int | None = 1) -> Job:
    """Insert and commit a job's row; one that exists already is returned as it is."""
    task = find_task(request.system, request.task)
    row = {
        "id": request.id,
        "owner": request.owner,
        "system": request.system,
        "task": request.task,
        "lane": task.lane,
        "priority": rq.PRIORITIES.index(task.priority),
        "state": State.RECEIVED,
        "input": request.input,
        "options": request.options,
        "total": items,
        "timeout_s": task.timeout_s,
        "request_id": request.request_id,
        "attempt": request.attempt,
    }
    added = db.session.scalars(insert(Job).values(row).on_conflict_do_nothing().returning(Job)).all()
    transitions.add_events(db.session(), added)
    db.session.commit()
    return db.session.get_one(Job, request.id, populate_existing=True)


def _check_room(request: messages.Request, items: int) -> None:
    """Raise TooMany when an owner's waiting work in a lane is at its cap.

    The lock is the owner's own, and ends with the transaction that inserts: of
    many submissions at once, none sees the room that another takes.
    """
    task = find_task(request.system, request.task)
    lock = int.from_bytes(hashlib.sha256(request.owner.encode()).digest()[:8], signed=True)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
    mine = select(func.count(), func.coalesce(func.sum(Job.total), 0)).where(
        Job.lane == task.lane, Job.owner == request.owner, Job.state.in_(WAITING)
    )
    waiting, _ = db.session.execute(mine).one()
    if waiting >= settings().waiting_jobs:
        db.session.rollback()
        raise TooMany(f"{waiting} of your jobs wait already, and {settings().waiting_jobs} may.")
    if task.counted:
        _check_items(mine.where(Job.system == request.system, Job.task == request.task), items)


def _check_items(mine: Any, items: int) -> None:
    """Raise TooMany when a batch's items do not fit under the cap of waiting items."""
    _, waiting = db.session.execute(mine).one()
    cap = settings().waiting_items
    if waiting + items > cap:
        db.session.rollback()
        raise TooMany(
            f"{waiting} of your predictions wait in batches, {items} more would pass the cap of {cap}; "
            "try again when some are done."
        )


def hand_over(jobs: Sequence[Job]) -> list[UUID]:
    """Ask the lanes to do jobs, and mark them as queued; leave it to the sweep when Redis is away."""
    try:
        _enqueue(jobs)
    except RedisError as error:
        log.warning("enqueue_failed", error=type(error).__name__, jobs=len(jobs))
        return []
    try:
        queued = [job.id for job in transitions.mark_queued(db.session(), [job.id for job in jobs])]
        db.session.commit()
    except DBAPIError as error:
        # The jobs are committed and the queue has them; the workers take them as they are.
        log.warning("queued_not_marked", error=type(error).__name__, jobs=len(jobs))
        _keep_as_read(jobs)
        return []
    transitions.announce(*queued)
    return queued


def _keep_as_read(jobs: Sequence[Job]) -> None:
    """Let jobs be shown as they were read last, though their session's connection is gone."""
    for job in jobs:
        if job in db.session:
            db.session.expunge(job)
    end_session()


def _enqueue(jobs: Sequence[Job]) -> None:
    """Put jobs into their queues."""
    timeouts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for job in jobs:
        if job.lane == Lane.REALTIME:
            messages.send([request_of(job)])
        else:
            timeouts[rq.queue_name(job.lane, job.priority)][str(job.id)] = job.timeout_s
    for name, job_ids in timeouts.items():
        rq.enqueue_all(name, rq.PERFORM, job_ids)


def request_of(job: Job) -> messages.Request:
    """Return a job as a request of the realtime lane."""
    return messages.Request(
        id=job.id,
        owner=job.owner,
        system=job.system,
        task=job.task,
        input=job.input,
        options=job.options,
        request_id=job.request_id,
        attempt=job.attempt,
        stored=True,
    )


def get(job_id: UUID) -> Job:
    """Return the caller's job; an admin sees every job.

    Raises:
        NotFound: there is none, or it is somebody else's, which looks the same.

    """
    query = select(Job).where(Job.id == job_id)
    if not principal().is_admin:
        query = query.where(Job.owner == owner())
    job = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


def get_result_of(job_id: UUID, system: str) -> Job:
    """Return the caller's job of one system, whose result is still there.

    Raises:
        NotFound: there is no such job.
        Gone: its result has expired.

    """
    job = get(job_id)
    if job.system != system:
        raise NotFound(f"There is no job {job_id}.")
    check_kept(job)
    return job


def check_kept(job: Job) -> None:
    """Raise Gone when a job's result has expired."""
    if job.state == State.EXPIRED:
        raise Gone(f"The result of job {job.id} expired; it was kept {results_days(job.system)} days.")


@dataclass(frozen=True)
class Page:
    """Some jobs, newest first, and the cursor of the next ones."""

    jobs: Sequence[Job]
    next_cursor: UUID | None


def find(
    *, system: str | None, state: str | None, dead: bool | None, cursor: UUID | None, limit: int
) -> Page:
    """Return a page of the caller's jobs; an admin sees all owners'."""
    statement = select(Job).order_by(Job.id.desc()).limit(limit + 1)
    if not principal().is_admin:
        statement = statement.where(Job.owner == owner())
    for column, value in ((Job.system, system), (Job.state, state), (Job.dead, dead)):
        if value is not None:
            statement = statement.where(column == value)
    if cursor is not None:
        statement = statement.where(Job.id < cursor)
    jobs = db.session.scalars(statement).all()
    return Page(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else None)


def attempts(job: Job) -> Sequence[JobAttempt]:
    """Return a job's attempts, first to last."""
    statement = select(JobAttempt).where(JobAttempt.job_id == job.id).order_by(JobAttempt.number)
    rows = db.session.scalars(statement).all()
    if rows or job.lane != Lane.REALTIME or job.worker is None:
        return rows
    # The realtime lane writes a job once, when it has ended: its one attempt stands in its own row.
    outcome = "succeeded" if job.state == State.SUCCEEDED else "error"
    facts = {"code": job.error_code} if job.error_code else {}
    return [
        JobAttempt(
            number=job.attempt + 1,
            worker=job.worker,
            started_at=job.started_at,
            ended_at=job.finished_at,
            outcome=outcome,
            detail=facts,
        )
    ]


def cancel(job_id: UUID) -> Job:
    """Cancel a job that waits or runs; to cancel it again changes nothing.

    Raises:
        Conflict: it has ended already.

    """
    job = get(job_id)
    changed = transitions.request_cancel(db.session(), job.id)
    db.session.commit()
    if changed is not None:
        transitions.announce(job.id)
        _show_cancelled(changed)
        return changed
    job = get(job_id)
    if job.state not in {State.CANCELLED, State.CANCELLING}:
        raise Conflict(f"The job is {job.state}; only a job that waits or runs can be cancelled.")
    return job


def _show_cancelled(job: Job) -> None:
    """Have RQ's registries show a cancelled job of the batch lane that never began."""
    if job.lane == Lane.BATCH and job.state == State.CANCELLED:
        with contextlib.suppress(RedisError):
            registries.show_cancelled(job)


def retry(job_id: UUID) -> Job:
    """Give a failed or cancelled job another full set of tries.

    Raises:
        Conflict: its state does not allow it.
        TooMany: the owner has as much waiting as may wait.

    """
    job = get(job_id)
    if job.state in RETRIABLE:
        _check_room(request_of(job), job.total or 0)
    changed = transitions.request_retry(db.session(), job.id)
    crashes.forget(db.session(), [job_id])
    db.session.commit()
    if changed is None:
        job = get(job_id)
        raise Conflict(f"The job is {job.state}; only a failed or cancelled job can be tried again.")
    hand_over([changed])
    return get(job_id)


def erase(job_id: UUID) -> None:
    """Delete a job, by the foreign keys all rows that came of it, and its files and cache entries.

    A realtime job may still lie in an envelope, so that its id is remembered: its worker would
    make the row anew.

    Raises:
        Conflict: it runs; it must be cancelled first.

    """
    job = get(job_id)
    gone = db.session.execute(
        delete(Job).where(Job.id == job.id, Job.state.not_in(ACTIVE)).returning(Job.id)
    ).all()
    if not gone:
        db.session.rollback()
        raise Conflict("The job runs; cancel it first, then delete it.")
    if job.lane == Lane.REALTIME:
        db.session.execute(insert(ErasedJob).values(job_id=job_id).on_conflict_do_nothing())
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.job_id == job_id))
    deletion_hooks.run_hooks(job)
    db.session.commit()


def eta_s(job: Job) -> float | None:
    """Return the seconds that a running job still needs at its pace so far, None where unknown."""
    if job.state != State.RUNNING or not job.progress or job.started_at is None:
        return None
    spent = (datetime.now(UTC) - job.started_at).total_seconds()
    return round(spent / job.progress * (1 - job.progress), 1)


def seconds_per_item(system: str, task: str) -> float:
    """Return the usual seconds for one item of a task, from its last 20 jobs; .05 before there are any."""
    recent = (
        select(Job.started_at, Job.finished_at, Job.total)
        .where(Job.system == system, Job.task == task, Job.state == State.SUCCEEDED, Job.lane == Lane.BATCH)
        .where(Job.created_at > func.now() - text("interval '1 day'"))
        .order_by(Job.id.desc())
        .limit(20)
        .subquery()
    )
    spent = func.sum(func.extract("epoch", recent.c.finished_at - recent.c.started_at))
    share = db.session.scalar(select(spent / func.nullif(func.sum(recent.c.total), 0)))
    return float(share) if share else 0.05
