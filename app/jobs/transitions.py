"""Every change of a job's state: one conditional UPDATE each, with the change's event.

received -> queued -> running -> succeeded | failed | cancelled -> expired
queued, running -> retrying -> queued;  running -> cancelling -> cancelled
failed, cancelled -> received (asked to try again)

A worker's writes carry its fencing token, the job's `attempt`: a worker that
comes back from a pause finds that its token is no longer the job's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError
from sqlalchemy import Select, Update, and_, case, func, insert, literal, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.extensions import redis_client, settings
from app.jobs.models import Job, JobAttempt, JobEvent
from app.jobs.retention import results_time
from app.model_versions import selection
from app.system import ACTIVE, CLAIMABLE, RETRIABLE, WAITING, Lane, State, systems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

CHANGED = "assay:changed"  # the channel on which a job's id is published once its change is committed

TURNS = 0x41535341  # the advisory lock of who writes several rows of `job_turns`, in whatever order

DEPLOY, WORKER_LOST, TIMEOUT, OUT_OF_MEMORY, ERROR = (
    "deploy",
    "worker_lost",
    "timeout",
    "out_of_memory",
    "error",
)


@dataclass(frozen=True)
class Fence:
    """The right to write for one attempt at one job."""

    job_id: UUID
    attempt: int


@dataclass(frozen=True)
class Ending:
    """How an attempt ended without success; `detail` goes to the job's owner."""

    outcome: str
    code: str
    detail: str
    retry: bool
    facts: Mapping[str, Any]


def announce(*job_ids: UUID) -> None:
    """Tell the web processes that jobs changed; they look again by themselves if this is lost."""
    try:
        pipeline = redis_client().pipeline(transaction=False)
        for job_id in job_ids:
            pipeline.publish(CHANGED, str(job_id))
        pipeline.execute()
    except RedisError:
        return


def change(session: Session, statement: Update) -> list[Job]:
    """Run a conditional UPDATE, add the events of what it changed, and return the rows."""
    rows = list(
        session.scalars(
            statement.values(version=Job.version + 1)
            .returning(Job)
            .execution_options(populate_existing=True, synchronize_session=False)
        )
    )
    add_events(session, rows)
    return rows


def change_one(session: Session, statement: Update) -> Job | None:
    """Change one job so, and return it; None where it is not as the UPDATE demands."""
    return next(iter(change(session, statement)), None)


def add_events(session: Session, rows: Iterable[Job]) -> None:
    """Add one event for the present version of each job."""
    events = [
        {"job_id": r.id, "version": r.version, "state": r.state, "progress": r.progress, "stage": r.stage}
        for r in rows
    ]
    if events:
        session.execute(insert(JobEvent), events)


def unlocked(*conditions: Any) -> Select[UUID]:
    """Return a query that locks jobs as an UPDATE does, and leaves out what another has locked.

    Rows that hang on a job lock its key, which is no hindrance.
    """
    return select(Job.id).where(*conditions).with_for_update(skip_locked=True, key_share=True)


def mark_queued(session: Session, job_ids: Sequence[UUID]) -> list[Job]:
    """Make them received, retrying -> queued, once the queue has them.

    Several change turns of several owners: two clocks, or a clock and a worker that takes, would wait for
    each other in a circle.
    """
    if len(job_ids) > 1:
        session.execute(select(func.pg_advisory_xact_lock(TURNS)))
    waiting = Job.id.in_(job_ids), Job.state.in_((State.RECEIVED, State.RETRYING))
    statement = update(Job).where(Job.id.in_(unlocked(*waiting)))
    return change(session, statement.values(state=State.QUEUED, queued_at=func.now(), not_before=None))


def start(session: Session, job_id: UUID, worker: str) -> Job | None:
    """Make it received, queued -> running, and begin an attempt; None when it does not wait any more."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state.in_(CLAIMABLE))
        .values(
            state=State.RUNNING,
            worker=worker,
            attempt=Job.attempt + 1,
            started_at=func.now(),
            heartbeat_at=func.now(),
            processed=0,
            progress=0.0,
            stage=None,
            error_code=None,
            error_detail=None,
        )
    )
    job = change_one(session, statement)
    if job is None:
        return None
    # From here on the job says which version of the model answers: rows are shown while it runs.
    job.model_version = selection.choose(job.system, job.id) or None
    session.execute(insert(JobAttempt).values(job_id=job_id, number=job.attempt, worker=worker))
    return job


def held(fence: Fence, *states: State) -> Update:
    """Return an UPDATE of a job that is still this attempt's."""
    return update(Job).where(
        Job.id == fence.job_id, Job.attempt == fence.attempt, Job.state.in_(states or ACTIVE)
    )


def beat(session: Session, fence: Fence) -> State | None:
    """Say that an attempt lives; return the job's state, or None when it was taken away."""
    statement = held(fence).values(heartbeat_at=func.clock_timestamp()).returning(Job.state)
    state = session.scalar(statement)
    return State(state) if state else None


def advance(session: Session, fence: Fence, *, processed: int, total: int | None, stage: str | None) -> bool:
    """Tell how far an attempt is; False when the job was taken away."""
    share = min(processed / total, 1.0) if total else 0.0
    statement = held(fence, State.RUNNING).values(
        processed=processed, total=total, progress=share, stage=stage
    )
    return bool(change(session, statement))


def succeed(session: Session, fence: Fence, *, model_version: str | None) -> bool:
    """Make it running -> succeeded, in the transaction of the result rows; False when taken away."""
    statement = held(fence, State.RUNNING).values(
        state=State.SUCCEEDED,
        progress=1.0,
        processed=func.coalesce(Job.total, Job.processed),
        stage=None,
        model_version=model_version,
        finished_at=func.now(),
        expires_at=_expiry(),
    )
    rows = change(session, statement)
    if rows:
        _close_attempt(session, fence, "succeeded", {})
    return bool(rows)


def end(session: Session, fence: Fence, ending: Ending) -> Job | None:
    """Record how an attempt ended: tried again, failed, or cancelled where that was asked.

    A deploy does not count as a try. None when the job was taken away.
    """
    counts = 0 if ending.outcome == DEPLOY else 1
    retry = and_(literal(ending.retry), Job.tries + counts < settings().tries)
    cancelled = Job.state == State.CANCELLING
    pause = 0.0 if ending.outcome == DEPLOY else settings().backoff_s * random.uniform(0.75, 1.25)  # noqa: S311
    wait = func.make_interval(0, 0, 0, 0, 0, 0, _pause_s(pause))
    statement = held(fence).values(
        state=case((cancelled, State.CANCELLED), (retry, State.RETRYING), else_=State.FAILED),
        dead=and_(~cancelled, ~retry, literal(ending.retry)),
        tries=Job.tries + counts,
        not_before=case((and_(~cancelled, retry), func.now() + wait), else_=None),
        error_code=case((cancelled, "cancelled"), else_=ending.code),
        error_detail=case((cancelled, "It was cancelled while it ran."), else_=ending.detail),
        finished_at=case((and_(~cancelled, retry), None), else_=func.now()),
        expires_at=case((and_(~cancelled, retry), None), else_=_expiry()),
        worker=None,
    )
    job = change_one(session, statement)
    if job is None:
        return None
    outcome = "cancelled" if job.state == State.CANCELLED else ending.outcome
    _close_attempt(session, fence, outcome, {"code": job.error_code, **ending.facts})
    return job


def _pause_s(first: float) -> Any:
    """Return the SQL for the pause before the next try: its system's own, else each four times the last."""
    growing = first * func.power(4, Job.tries)
    own = {name: system.retry_s for name, system in systems().items() if system.retry_s is not None}
    return case(own, value=Job.system, else_=growing) if own and first else growing


def request_cancel(session: Session, job_id: UUID) -> Job | None:
    """Make it waiting -> cancelled, running -> cancelling; None when the state allows neither."""
    waiting = Job.state.in_(WAITING)
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state.in_((*WAITING, State.RUNNING)))
        .values(
            state=case((waiting, State.CANCELLED), else_=State.CANCELLING),
            error_code=case((waiting, "cancelled"), else_=None),
            error_detail=case((waiting, "It was cancelled before it began."), else_=None),
            finished_at=case((waiting, func.now()), else_=None),
            expires_at=case((waiting, _expiry()), else_=None),
            not_before=None,
        )
    )
    return change_one(session, statement)


def request_retry(session: Session, job_id: UUID) -> Job | None:
    """Make it failed, cancelled -> received; None when the state does not allow it."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state.in_(RETRIABLE))
        .values(
            state=State.RECEIVED,
            dead=False,
            tries=0,
            attempt=case((Job.lane == Lane.REALTIME, Job.attempt + 1), else_=Job.attempt),
            error_code=None,
            error_detail=None,
            finished_at=None,
            expires_at=None,
            progress=0.0,
            processed=0,
        )
    )
    return change_one(session, statement)


def _close_attempt(session: Session, fence: Fence, outcome: str, facts: Mapping[str, Any]) -> None:
    """Write how one attempt ended."""
    session.execute(
        update(JobAttempt)
        .where(JobAttempt.job_id == fence.job_id, JobAttempt.number == fence.attempt)
        .values(ended_at=func.now(), outcome=outcome, detail=sql_cast(dict(facts), JSONB))
    )


def _expiry() -> Any:
    """Return the SQL for the time at which a job that ends now expires."""
    return func.now() + results_time()
