"""All that RQ is ever asked to call: `perform`, one attempt at one job of the batch lane."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db, settings
from app.jobs import transitions
from app.jobs.models import Job
from app.jobs.transitions import Fence
from app.model_versions import selection
from app.system import State
from workers.sdk.child import own_peak_mb
from workers.sdk.failures import ending_of
from workers.sdk.task import Run, Superseded, work_of

if TYPE_CHECKING:
    from app.jobs.transitions import Ending

log = structlog.get_logger()

WORKER = "ASSAY_WORKER"  # environment variable: the name of the worker that this process belongs to


def perform(job_id: str) -> None:
    """Do one attempt at a job that this process's worker has claimed.

    Success and the result rows are one transaction. An attempt whose job was
    taken away writes nothing.
    """
    with Session(db.engine, expire_on_commit=False) as session:
        job = _mine(session, UUID(job_id))
        session.commit()  # no transaction stands open while the task computes
        if job is None:
            log.info("job_not_mine", job_id=job_id)
            return
        session.expunge(job)  # so that none is opened to read it again after the task's rollback
        structlog.contextvars.bind_contextvars(job_id=job_id, request_id=job.request_id, task=job.task)
        fence = Fence(job.id, job.attempt)
        try:
            _attempt(session, Run(job, fence, session, selection.choose(job.system, job.id)))
        except Superseded:
            log.info("job_superseded")
        except BaseException as error:
            signal.setitimer(signal.ITIMER_REAL, 0)  # the time that is up is the task's, not ours
            session.rollback()
            limits = {"timeout_s": job.timeout_s, "limit_mb": settings().child_memory_mb}
            ending = ending_of(error, **limits, peak_mb=own_peak_mb())
            log.warning("job_failed", outcome=ending.outcome, code=ending.code, exc_info=error)
            finish(fence, ending)


def _mine(session: Session, job_id: UUID) -> Job | None:
    """Return the job if this worker holds it."""
    held = select(Job).where(
        Job.id == job_id, Job.state == State.RUNNING, Job.worker == os.environ.get(WORKER, "")
    )
    return session.scalars(held).one_or_none()


def _attempt(session: Session, run: Run) -> None:
    """Run the task and commit what it made, if the job is still this attempt's."""
    log.info("job_started", attempt=run.fence.attempt)
    work_of(run.job.system, run.job.task).run(run)
    if not transitions.succeed(session, run.fence, model_version=run.model_version or None):
        session.rollback()
        raise Superseded(str(run.fence.job_id))
    session.commit()
    transitions.announce(run.fence.job_id)
    log.info("job_succeeded", attempt=run.fence.attempt)


def finish(fence: Fence, ending: Ending) -> Job | None:
    """Record how an attempt ended; None when its job was taken away before."""
    with Session(db.engine, expire_on_commit=False) as session:
        job = transitions.end(session, fence, ending)
        session.commit()
    if job is not None:
        transitions.announce(job.id)
    return job
