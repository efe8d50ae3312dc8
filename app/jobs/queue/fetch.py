"""Whose turn it is in the batch lane: one worker at a time chooses a job and takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg2.errors import LockNotAvailable
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.extensions import settings
from app.jobs import transitions
from app.jobs.models import Job
from app.system import CLAIMABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

ALONE = text("""
SELECT set_config('idle_in_transaction_session_timeout', '3s', true), pg_advisory_xact_lock(:turns)
""")
PATIENCE = text("SET LOCAL lock_timeout = '200ms'")
MOST_SKIPPED = 8  # jobs that one claim finds locked, or ended meanwhile

# Interactive before bulk, unless the bulk job has been patient for long; then the owner with the fewest
# running jobs; then the one whose last start is longest ago; then the oldest job. Of owners of whom
# nothing runs, the indexes of job_turns have the first of each system, however many wait; the others are
# as few as the workers.
CLAIM = text("""
WITH busy AS (
  SELECT owner, count(*) AS running FROM jobs
  WHERE lane = 'batch' AND state IN ('running', 'cancelling') GROUP BY owner
), apart AS (
  SELECT owner FROM busy UNION SELECT owner FROM jobs WHERE id = ANY(CAST(:skipped AS uuid[]))
), candidate AS (
  SELECT turn.* FROM unnest(CAST(:systems AS text[])) AS served (name),
  (VALUES (0), (1)) AS rank (priority), LATERAL (
    SELECT 0 AS running, job_id AS id, started_at, rank.priority AS urgency FROM job_turns
    WHERE system = served.name AND priority = rank.priority AND owner NOT IN (SELECT owner FROM apart)
    ORDER BY started_at NULLS FIRST, job_id LIMIT 1) AS turn
  UNION ALL
  SELECT turn.* FROM unnest(CAST(:systems AS text[])) AS served (name), LATERAL (
    SELECT 0 AS running, job_id AS id, started_at, 0 AS urgency FROM job_turns
    WHERE system = served.name AND priority = 1 AND owner NOT IN (SELECT owner FROM apart)
      AND asked_at < now() - make_interval(secs => :patience_s)
    ORDER BY started_at NULLS FIRST, job_id LIMIT 1) AS turn
  WHERE EXISTS (SELECT FROM job_turns WHERE priority > 0 AND system = served.name
                  AND asked_at < now() - make_interval(secs => :patience_s))
  UNION ALL
  SELECT coalesce(busy.running, 0), head.id, turn.started_at,
         CASE WHEN head.created_at < now() - make_interval(secs => :patience_s) THEN 0 ELSE turn.priority END
  FROM apart LEFT JOIN busy USING (owner) JOIN job_turns AS turn USING (owner), LATERAL (
    SELECT id, created_at FROM jobs
    WHERE lane = 'batch' AND state IN ('received', 'queued') AND owner = turn.owner
      AND priority = turn.priority AND system = turn.system AND id <> ALL(CAST(:skipped AS uuid[]))
    ORDER BY id LIMIT 1) AS head
  WHERE turn.system = ANY(CAST(:systems AS text[])) AND (:cap = 0 OR coalesce(busy.running, 0) < :cap)
)
SELECT id FROM candidate ORDER BY urgency, running, started_at NULLS FIRST, id LIMIT 1
""")


def claim(session: Session, worker: str, systems: Sequence[str]) -> Job | None:
    """Give the next job of the batch lane to a worker; None when nothing may run.

    One chooses at a time, so that turns and caps hold exactly and nobody loses what another takes. A
    worker that vanishes in here is waited for 3 s; a job that something else has locked is passed over.
    """
    session.execute(ALONE, {"turns": transitions.TURNS})
    skipped: list[UUID] = []
    while len(skipped) < MOST_SKIPPED:
        job_id = choose(session, systems, skipped)
        if job_id is None:
            return None
        job = _start(session, job_id, worker)
        if job is not None:
            return job
        skipped.append(job_id)
    return None


def choose(session: Session, systems: Sequence[str], skipped: Sequence[UUID] = ()) -> UUID | None:
    """Return the job whose turn it is, those that were passed over left out; None when none may run."""
    config = settings()
    asked = {"skipped": list(skipped), "systems": list(systems)}
    limits = {"cap": config.running_jobs, "patience_s": config.bulk_patience_s}
    job_id: UUID | None = session.scalar(CLAIM, asked | limits)
    return job_id


def find_waiting(session: Session, job_id: UUID) -> str | None:
    """Return the system of a job that waits to be taken, None where it does not."""
    waiting = select(Job.system).where(Job.id == job_id, Job.state.in_(CLAIMABLE))
    return session.scalar(waiting)


def _start(session: Session, job_id: UUID, worker: str) -> Job | None:
    """Make a job running; None when it is locked, or waits no longer."""
    try:
        with session.begin_nested():
            session.execute(PATIENCE)
            return transitions.start(session, job_id, worker)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            return None
        raise
