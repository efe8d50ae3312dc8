"""Put right what fell between: jobs that no queue holds, workers that died, results whose time is over.

All of it is conditional, so that any number of clocks may sweep at once.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Uuid, any_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.extensions import db, redis_client, settings
from app.http.errors import Transient
from app.jobs import deletion_hooks, submission, transitions
from app.jobs.models import ErasedJob, IdempotencyKey, Job
from app.jobs.queue import crashes, leases, registries, rq
from app.jobs.transitions import WORKER_LOST, Ending, Fence
from app.system import ACTIVE, CLAIMABLE, FINAL, Lane, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import TextClause

log = structlog.get_logger()

FRESH = timedelta(seconds=2)  # a submission needs this long between its commit and its enqueue
ON_ITS_WAY = timedelta(days=1)  # a worker that was paused for longer has lost its envelope and its life
BLOCK = 1000
EXPIRY_BLOCK = 100  # jobs that one transaction expires: a larger one holds its locks for long
EXPIRY_S = 5.0  # of one round
AT_ONCE = 50  # lost attempts that one transaction ends


def sweep() -> dict[str, int]:
    """Do one round; return how many jobs each step touched."""
    done = {
        "lost_workers": len(end_lost_attempts()),
        "due": len(requeue_due()),
        "unqueued": len(requeue_unheld()),
        "expired": expire(),
        "purged": purge(),
    }
    if any(done.values()):
        log.info("swept", **done)
    return done


def end_lost_attempts() -> list[UUID]:
    """End the attempts of workers that have been silent for too long, some at a time."""
    ended: list[UUID] = []
    while True:
        lost = _end_some()
        transitions.announce(*(job.id for job in lost))
        _show_lost(lost)
        ended += [job.id for job in lost]
        if len(lost) < AT_ONCE:
            return ended


def _show_lost(jobs: Sequence[Job]) -> None:
    """Show jobs as lost in RQ's registries; what is not shown decides nothing."""
    try:
        for job in jobs:
            registries.show_lost(job)
    except RedisError as error:
        log.warning("lost_jobs_not_shown", error=type(error).__name__)


def _end_some() -> list[Job]:
    """End a few lost attempts in one transaction; a job that somebody has locked is left for later."""
    silent = func.clock_timestamp() - timedelta(seconds=settings().stale_s)
    stale = transitions.unlocked(Job.lane == Lane.BATCH, Job.state.in_(ACTIVE), Job.heartbeat_at < silent)
    rows = stale.with_only_columns(Job.id, Job.attempt, Job.worker).limit(AT_ONCE)
    ended = []
    for job_id, attempt, worker in db.session.execute(rows).all():
        facts = {"worker": worker, "silent_s": settings().stale_s}
        detail = "The worker died or lost its connection."
        ending = Ending(WORKER_LOST, WORKER_LOST, detail, retry=True, facts=facts)
        ended.append(transitions.end(db.session(), Fence(job_id, attempt), ending))
    db.session.commit()
    return [job for job in ended if job is not None]


def requeue_due() -> list[UUID]:
    """Give jobs whose pause is over back to their queues."""
    due = transitions.unlocked(Job.state == State.RETRYING, Job.not_before <= func.now())
    jobs = db.session.scalars(due.with_only_columns(Job).limit(BLOCK)).all()
    queued = submission.hand_over(jobs) if jobs else []
    db.session.rollback()  # what Redis did not take is locked no longer
    return queued


def requeue_unheld() -> list[UUID]:
    """Enqueue jobs that were committed and that no queue holds: Redis was away, or lost them.

    One block in each round, so that the clock beats and looks for lost workers in between.
    """
    try:
        missing = [*_missing_in_batch(), *_missing_in_realtime()][:BLOCK]
    except RedisError:
        return []
    jobs = db.session.scalars(select(Job).where(Job.id.in_(missing)).order_by(Job.id)).all()
    if jobs:
        _enqueue_again(jobs)
    return missing


def _missing_in_batch() -> Iterator[UUID]:
    """Yield the jobs whose tickets are gone.

    A ticket says that there is work, not which: while there are as many as jobs, none is looked for.
    """
    for priority, name in enumerate(rq.batch_queue_names()):
        waiting = Job.lane == Lane.BATCH, Job.priority == priority, Job.state.in_(CLAIMABLE)
        tickets = rq.waiting_count(name)
        if tickets >= (db.session.scalar(select(func.count()).where(*waiting)) or 0):
            continue
        held = rq.waiting_ids(name)
        waiting_ids = select(Job.id).where(*waiting, _since() < func.now() - FRESH).order_by(Job.id)
        yield from (job_id for job_id in db.session.scalars(waiting_ids).all() if str(job_id) not in held)


def _missing_in_realtime() -> Sequence[UUID]:
    """Return the requests that are lost.

    Each is inside an envelope that only its worker can open: it counts as lost once no envelope is
    anywhere, or its own one's life is over.
    """
    waiting = Job.lane == Lane.REALTIME, Job.state.in_(CLAIMABLE), _since() < func.now() - FRESH
    lost = select(Job.id).where(*waiting)
    if not realtime_is_idle():
        life = timedelta(seconds=settings().envelope_ttl_s)
        lost = lost.where(or_(Job.state == State.RECEIVED, Job.queued_at < func.now() - life))
    return db.session.scalars(lost.order_by(Job.id).limit(BLOCK)).all()


def realtime_is_idle() -> bool:
    """Say whether no envelope waits, and no worker has one in its hands."""
    client = redis_client()
    consumers = cast("set[bytes]", client.smembers(leases.CONSUMERS))
    pipeline = client.pipeline(transaction=True)  # one moment: an envelope goes from one to another
    for key in (leases.QUEUE.encode(), *(leases.PROCESSING.encode() + name for name in consumers)):
        pipeline.llen(key)
    return not any(count for count in pipeline.execute(raise_on_error=False) if isinstance(count, int))


def _since() -> Any:
    """Return the SQL for the time since which a job should be in a queue."""
    return func.coalesce(Job.queued_at, Job.created_at)


def _enqueue_again(jobs: Sequence[Job]) -> None:
    """Enqueue jobs and note when, so that the next round gives them time."""
    again = [job.id for job in jobs if job.state == State.QUEUED]
    submission.hand_over(jobs)
    mine = transitions.unlocked(Job.id.in_(again), Job.state == State.QUEUED)
    statement = update(Job).where(Job.id.in_(mine)).values(queued_at=func.now())
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


def expire() -> int:
    """End the time of results, block by block: rows, files and cache entries go, the job stays as `expired`.

    Lost workers are looked for between two blocks; what is over stays over until the next round.
    """
    total, until = 0, time.monotonic() + EXPIRY_S
    while time.monotonic() < until:
        due, ended = _expire_block()
        total += ended
        if due < EXPIRY_BLOCK or not ended:
            return total
        end_lost_attempts()
    return total


def _expire_block() -> tuple[int, int]:
    """Expire some jobs in one transaction; return how many were due, and how many have ended."""
    over = (
        select(Job)
        .where(Job.state.in_(FINAL), Job.state != State.EXPIRED, Job.expires_at < func.now())
        .order_by(Job.expires_at)
        .limit(EXPIRY_BLOCK)
        .with_for_update(skip_locked=True)
    )
    due = db.session.scalars(over).all()
    ids = _erased(due)
    if ids:
        # Nobody follows a job whose result has expired: no event is written, which nobody would delete.
        blank = {"state": State.EXPIRED, "input": {}, "options": {}, "version": Job.version + 1}
        mine = update(Job).where(Job.id == any_(bindparam("ids", ids, ARRAY(Uuid())))).values(blank)
        db.session.execute(mine.execution_options(synchronize_session=False))
        erase_results(ids)
    db.session.commit()
    return len(due), len(ids)


def _erased(jobs: Sequence[Job]) -> list[UUID]:
    """Return the jobs whose files and cache entries are gone; the next round tries the others again."""
    done = []
    try:
        deletion_hooks.erase_shared(jobs)
    except RedisError as error:
        log.warning("erasing_put_off", error=type(error).__name__)
        return []
    for job in jobs:
        try:
            deletion_hooks.run_hooks(job, shared=False)
        except OSError as error:
            log.warning("job_not_erased", job_id=str(job.id), error=type(error).__name__)
        except (Transient, RedisError) as error:  # away for all: the sweep has more to do than to wait
            log.warning("erasing_put_off", error=type(error).__name__)
            break
        else:
            done.append(job.id)
    return done


def erase_results(job_ids: Sequence[UUID]) -> None:
    """Delete every row that hangs on jobs, in whichever system's table it is, attempts and events too."""
    db.session.execute(_delete_results(), {"ids": list(job_ids)})


@cache
def _delete_results() -> TextClause:
    """Return the deletions from all tables that hang on jobs as one statement: one trip for a block."""
    statements = []
    for table in db.metadata.sorted_tables:
        keys = [key for key in table.foreign_keys if key.column.table.name == "jobs"]
        if keys:
            statements.append(f'DELETE FROM "{table.name}" WHERE "{keys[0].parent.name}" = ANY(:ids)')  # noqa: S608
    return text("; ".join(statements)).bindparams(bindparam("ids", type_=ARRAY(Uuid())))


def purge() -> int:
    """Delete jobs that expired long ago, some at a time: their 410 becomes a 404."""
    long_ago = func.now() - timedelta(days=settings().purge_days)
    old = select(Job.id).where(Job.state == State.EXPIRED, Job.expires_at < long_ago)
    block = old.order_by(Job.expires_at).limit(EXPIRY_BLOCK).with_for_update(skip_locked=True)
    total, until = 0, time.monotonic() + EXPIRY_S
    while time.monotonic() < until:
        gone = len(db.session.execute(delete(Job).where(Job.id.in_(block)).returning(Job.id)).all())
        db.session.commit()
        total += gone
        if gone < EXPIRY_BLOCK:
            break
    return total


def forget_old() -> None:
    """Forget Idempotency-Keys, crash counts and erased jobs whose time is over."""
    limit = func.now() - timedelta(hours=settings().idempotency_hours)
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < limit))
    db.session.execute(delete(ErasedJob).where(ErasedJob.erased_at < func.now() - ON_ITS_WAY))
    crashes.forget_old(db.session())
    db.session.commit()
