"""Find a caller's jobs, stop them, try them again, erase them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.auth.service import owner, principal
from app.extensions import db
from app.http.errors import Conflict, Gone, NotFound
from app.jobs import deletion_hooks, transitions
from app.jobs.models import ErasedJob, IdempotencyKey, Job, JobAttempt
from app.jobs.queue import crashes, registries
from app.jobs.retention import results_days
from app.jobs.submission import check_room, hand_over, request_of
from app.system import ACTIVE, RETRIABLE, Lane, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


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
        check_room(request_of(job), job.total or 0)
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
