"""Tasks that echo, wait, raise, eat memory, or kill the process they are in."""

from __future__ import annotations

import mmap
import os
import signal
import time

from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import insert, select

from app.http.errors import TaskError, Transient
from tests.trial import TrialResult
from tests.trial.worker import lines
from workers.sdk.prefetch import MOST_AHEAD, done_ahead
from workers.sdk.task import Answer, Work


def hang(_worker):
    """Be a loop that never comes back."""
    time.sleep(3600)


def idle(_worker):
    """Be a loop that goes on and takes nothing."""
    time.sleep(0.2)


def fail(_worker):
    """Be a loop whose connection never heals."""
    raise RedisConnectionError("as after a restart")


STEPS = {"hang": hang, "idle": idle, "fail": fail}


def warm(version):
    if kind := os.environ.get("STEP"):  # what the worker does instead of its lane's work
        from workers.runtime.batch import BatchWorker
        from workers.runtime.realtime import RealtimeWorker

        BatchWorker.step = RealtimeWorker.step = STEPS[kind]


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


def eat(_run):
    hoard = []
    for _ in range(200):
        hoard.append(bytearray(b"x" * 20_000_000))
        time.sleep(0.01)


def share(_run):
    """Use memory that only a look from outside finds."""
    with mmap.mmap(-1, 400_000_000) as shared:
        for place in range(0, len(shared), mmap.PAGESIZE):
            shared[place] = 1
        time.sleep(3)


def share_ahead(run):
    """Use as much in the process that works ahead."""
    for _ in done_ahead(share, [run.job.input] * MOST_AHEAD):
        pass


def fail(_run):
    raise ValueError("secret-of-the-user")


def refuse(_run):
    raise TaskError("The file holds no rows.", code="no_rows")


def fail_at_first(run):
    if run.fence.attempt <= run.job.input["times"]:
        raise Transient("The other side is away.")


DEEDS = {
    "die": lambda _run: os.kill(os.getpid(), signal.SIGKILL),
    "leave": lambda _run: os._exit(0),
    "gulp": lambda _run: bytearray(10**9),  # more in one piece than the process's own limit allows
    "eat": eat,
    "share": share,
    "share_ahead": share_ahead,
    "raise": fail,
    "refuse": refuse,
    "transient": fail_at_first,
}


def act(run):
    run.session.rollback()  # as a task does that holds no connection while it computes
    todo = run.job.input
    for step in range(todo.get("steps", 0)):
        time.sleep(todo.get("seconds", 0.1))
        run.progress(step + 1, todo["steps"], stage=f"step {step + 1}")
    if "do" in todo:
        DEEDS[todo["do"]](run)
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
