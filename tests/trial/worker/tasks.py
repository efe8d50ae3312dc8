"""Tasks that echo, wait, raise, eat memory, or kill the process they are in."""

from __future__ import annotations

import os
import signal
import time

from sqlalchemy import insert, select

from app.errors import TaskError, Transient
from tests.trial import TrialResult
from tests.trial.worker import lines
from workers.task import Answer, Work


def warm(version):
    if os.environ.get("HANG"):  # a worker whose loop never comes back
        from workers.batch import BatchWorker
        from workers.realtime import RealtimeWorker

        BatchWorker.step = RealtimeWorker.step = lambda _self: time.sleep(3600)


def echo(inputs, options, version):
    for item in inputs:
        if item.get("do") == "raise":
            raise ValueError("secret-of-the-user")
        if item.get("do") == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if item.get("do") == "sleep":
            time.sleep(item["seconds"])
        if item.get("do") == "transient":
            raise Transient("The other side is away.")
    return [
        {"n": item.get("n"), "options": dict(options), "batch": len(inputs), "version": version}
        for item in inputs
    ]


def store(session, entries):
    if any(entry.input.get("do") == "store badly" for entry in entries):
        raise ValueError("secret-of-the-user")
    session.execute(insert(TrialResult), [{"job_id": e.job_id, "result": e.result} for e in entries])


def fetch(session, job_ids):
    rows = session.execute(
        select(TrialResult.job_id, TrialResult.result).where(TrialResult.job_id.in_(job_ids))
    )
    return {row[0]: row[1] for row in rows}


def act(run):
    run.session.rollback()  # as a task does that holds no connection while it computes
    todo = run.job.input
    for step in range(todo.get("steps", 0)):
        time.sleep(todo.get("seconds", 0.1))
        run.progress(step + 1, todo["steps"], stage=f"step {step + 1}")
    kind = todo.get("do")
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "eat":
        hoard = []
        for _ in range(200):
            hoard.append(bytearray(b"x" * 20_000_000))
            time.sleep(0.01)
    if kind == "raise":
        raise ValueError("secret-of-the-user")
    if kind == "refuse":
        raise TaskError("The file holds no rows.", code="no_rows")
    if kind == "transient" and run.fence.attempt <= todo["times"]:
        raise Transient("The other side is away.")
    run.session.execute(
        insert(TrialResult).values(
            job_id=run.job.id, result={"n": todo.get("n"), "attempt": run.fence.attempt}
        )
    )


TASKS = {
    "echo": Answer(echo, store, fetch),
    "work": Work(act),
    "short": Work(act),
    "bulk": Work(act),
    "lines": lines.WORK,
}
