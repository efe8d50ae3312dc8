"""A system of the tests' own: what it is told to do, it does, in either lane."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint
from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.jobs import service, submission
from app.jobs.realtime.client import realtime_client
from app.jobs.realtime.submit import failure, preference
from app.jobs.submission import JobRequest
from app.system import Lane, Priority, State, System, Task
from tests.trial.files import FILES, LINES, TrialRow

blp = Blueprint("trial", __name__, url_prefix="/trial")


class TrialResult(db.Model):
    """What a trial task was given."""

    __tablename__ = "trial_results"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    result: Mapped[Any] = mapped_column(JSONB)


@blp.route("/echo", methods=["POST"])
def echo():
    """Ask the realtime lane."""
    body = request.get_json()
    ask = JobRequest("trial", "echo", body["input"], body.get("options", {}))
    wait_s = preference(10).wait_s
    if not wait_s:
        job = submission.submit(ask)
        return {"id": str(job.id)}, 202, {"Location": url_for("jobs.JobResource", job_id=job.id)}
    question = submission.new_request(ask)
    outcome = realtime_client().ask(question, wait_s)
    if outcome is None:
        job = submission.accept(question)
        return {"id": str(job.id)}, 202, {"Location": url_for("jobs.JobResource", job_id=job.id)}
    if outcome.state != State.SUCCEEDED:
        raise failure(outcome.code, outcome.detail)
    return {"id": str(outcome.id), "result": outcome.result}


@blp.route("/work", methods=["POST"])
def work():
    """Ask the batch lane; `task` is `work`, `bulk` or `short`."""
    body = request.get_json()
    job = submission.submit(JobRequest("trial", body.pop("task", "work"), body, {}))
    return {"id": str(job.id)}, 202, {"Location": url_for("jobs.JobResource", job_id=job.id)}


@blp.route("/results/<uuid:job_id>")
def results(job_id):
    """Show what a trial task wrote."""
    service.get(job_id)
    rows = db.session.scalars(select(TrialResult.result).where(TrialResult.job_id == job_id)).all()
    return {"results": rows}


@blp.route("/linger")
def linger():
    """Ask PostgreSQL, and answer some seconds later."""
    db.session.execute(select(1))
    time.sleep(float(request.args["seconds"]))
    return {"lingered": True}


SYSTEM = System(
    name="trial",
    title="Trial",
    tasks=(
        Task("echo", Lane.REALTIME, timeout_s=30, cacheable=True),
        Task("work", Lane.BATCH, timeout_s=60),
        Task("short", Lane.BATCH, timeout_s=2),
        Task("bulk", Lane.BATCH, timeout_s=60, priority=Priority.BULK),
        Task(LINES, Lane.BATCH, timeout_s=60),
    ),
    vocabulary={state: str(state) for state in State if state != State.EXPIRED},
    worker="tests.trial.worker",
    blueprints=(blp,),
    files=FILES,
)
# Another that reads the same files, for whoever registers it too.
TWIN = replace(SYSTEM, name="twin", title="Twin", blueprints=())
TABLES = [TrialResult.__table__, TrialRow.__table__]
