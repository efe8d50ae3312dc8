"""Committing the realtime lane's answers: many jobs and their results in one transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import json
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import ErasedJob, Job, asked_at
from app.jobs.queue.messages import Outcome, Request
from app.jobs.retention import results_days
from app.system import WAITING, State, find_task
from workers.sdk.task import Stored, answer_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

# The web process may have inserted the row (202), or not yet, or never will (200): both orders end in
# one row. A job that is final, or of a newer attempt, stays as it is.
UPSERT = text("""
INSERT INTO jobs (id, owner, system, task, lane, state, dead, input, options, total, processed, progress,
                  attempt, timeout_s, worker, error_code, error_detail, model_version, request_id,
                  created_at, started_at, finished_at, expires_at)
SELECT r.id, r.owner, r.system, r.task, 'realtime', r.state, r.dead, r.input, r.options, 1, 1, 1,
       r.attempt, r.timeout_s, :worker, r.code, r.detail, r.model_version, r.request_id,
       coalesce(r.created_at, now()), :begun, now(), now() + make_interval(days => r.days)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
  id uuid, owner text, system text, task text, state text, dead boolean, input jsonb, options jsonb,
  attempt int, timeout_s int, code text, detail text, model_version text, request_id text,
  created_at timestamptz, days int)
ON CONFLICT (id) DO UPDATE SET
  state = excluded.state, dead = excluded.dead, processed = 1, progress = 1, worker = excluded.worker,
  error_code = excluded.error_code, error_detail = excluded.error_detail,
  model_version = excluded.model_version, started_at = excluded.started_at,
  finished_at = excluded.finished_at, expires_at = excluded.expires_at, version = jobs.version + 1
WHERE jobs.state IN ('received', 'queued', 'retrying') AND jobs.attempt <= excluded.attempt
RETURNING id, version, finished_at
""")


@dataclass(frozen=True)
class Answered:
    """A request with its result, or with the reason why there is none."""

    request: Request
    result: Any = None
    model_version: str | None = None
    code: str | None = None
    detail: str | None = None

    @property
    def state(self) -> State:
        """Return the state that the job ends in."""
        return State.FAILED if self.code else State.SUCCEEDED


@dataclass
class Settled:
    """What is in the database after a commit; `updated` are the jobs whose row was there before."""

    outcomes: list[Outcome] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)

    def __add__(self, other: Settled) -> Settled:
        return Settled(self.outcomes + other.outcomes, self.updated + other.updated)


def commit(answered: Sequence[Answered], *, worker: str, begun: datetime) -> Settled:
    """Write jobs and results in one transaction and return what is stored; `begun` is when they were taken.

    A job that had ended before (a second run of it, or a cancelled one) keeps
    what it has, and that is what is returned.
    """
    settled = Settled()
    by_id = {row.request.id: row for row in answered}
    with Session(db.engine) as session:
        rows = json.dumps([_row(row) for row in by_id.values()])
        won = session.execute(UPSERT, {"rows": rows, "worker": worker, "begun": begun}).all()
        erased = _erase(session, [job_id for job_id, version, _ in won if version == 1])
        won = [row for row in won if row[0] not in erased]
        _store(session, [by_id[job_id] for job_id, _, _ in won])
        lost = list(by_id.keys() - {job_id for job_id, _, _ in won})
        earlier = stored(session, lost) if lost else []
        session.commit()
    for job_id, version, finished_at in won:
        settled.outcomes.append(_outcome(by_id[job_id], finished_at.isoformat()))
        if version > 1:
            settled.updated.append(job_id)
    settled.outcomes += earlier
    return settled


def _erase(session: Session, made: Sequence[UUID]) -> set[UUID]:
    """Take back the rows just made of jobs that their owners have erased meanwhile; return their ids.

    Looked for after the rows are made: an erasure that this does not see yet waits for their commit.
    """
    erased = set(session.scalars(select(ErasedJob.job_id).where(ErasedJob.job_id.in_(made))).all())
    if erased:
        session.execute(delete(Job).where(Job.id.in_(erased)))
    return erased


def _row(row: Answered) -> dict[str, Any]:
    """Return one row of the upsert."""
    request = row.request
    return {
        "id": request.id,
        "owner": request.owner,
        "system": request.system,
        "task": request.task,
        "state": row.state,
        "dead": row.code == "poison",
        "input": request.input,
        "options": request.options,
        "attempt": request.attempt,
        "timeout_s": find_task(request.system, request.task).timeout_s,
        "code": row.code,
        "detail": row.detail,
        "model_version": row.model_version,
        "request_id": request.request_id,
        "created_at": at.isoformat() if (at := asked_at(request.id)) else None,
        "days": results_days(request.system),
    }


def _store(session: Session, answered: Sequence[Answered]) -> None:
    """Let each system store its results."""
    groups: defaultdict[tuple[str, str], list[Stored]] = defaultdict(list)
    for row in answered:
        if row.code is None:
            entry = Stored(row.request.id, row.request.input, row.result)
            groups[row.request.system, row.request.task].append(entry)
    for (system, task), entries in groups.items():
        answer_of(system, task).store(session, entries)


def _outcome(row: Answered, finished_at: str) -> Outcome:
    """Return what the caller is told."""
    return Outcome(
        row.request.id,
        row.state,
        result=row.result,
        model_version=row.model_version,
        finished_at=finished_at,
        code=row.code,
        detail=row.detail,
    )


def ended_among(requests: Sequence[Request]) -> tuple[list[Outcome], set[UUID]]:
    """Return the outcomes of those whose jobs have ended, and the ids of those whose rows are gone."""
    if not requests:
        return [], set()
    ids = [request.id for request in requests]
    with Session(db.engine) as session:
        rows = session.execute(select(Job.id, Job.state).where(Job.id.in_(ids))).all()
        states = {row.id: row.state for row in rows}
        over = [job_id for job_id, state in states.items() if state not in WAITING]
        ended = stored(session, over) if over else []
    return ended, {request.id for request in requests if request.stored and request.id not in states}


def stored(session: Session, job_ids: Sequence[UUID]) -> list[Outcome]:
    """Return the outcomes of jobs that had ended before."""
    jobs = session.scalars(select(Job).where(Job.id.in_(job_ids))).all()
    groups: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    for job in jobs:
        groups[job.system, job.task].append(job.id)
    results: dict[UUID, Any] = {}
    for (system, task), ids in groups.items():
        results |= answer_of(system, task).fetch(session, ids)
    return [
        Outcome(
            job.id,
            job.state,
            result=results.get(job.id),
            model_version=job.model_version,
            finished_at=job.finished_at.isoformat() if job.finished_at else None,
            code=job.error_code,
            detail=job.error_detail,
        )
        for job in jobs
    ]
