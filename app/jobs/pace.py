"""How long a job still takes, by its own pace or that of others."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select, text

from app.extensions import db
from app.jobs.models import Job
from app.system import Lane, State


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
