"""Accept jobs: their rows first, then their tickets; an owner's waiting work has a cap."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask import g
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from app.auth.service import owner
from app.extensions import db, end_session, settings
from app.http.errors import TooMany
from app.jobs import transitions
from app.jobs.models import Job
from app.jobs.queue import messages, rq
from app.system import WAITING, Lane, State, find_task

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
    check_room(request, ask.items or 0)
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


def check_room(request: messages.Request, items: int) -> None:
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
