"""The batch lane's worker: takes the job whose turn it is, forks, watches, and says how it ended."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING, cast

import structlog
from redis.exceptions import RedisError
from rq.worker import Worker
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import metrics
from app.extensions import db, redis_client, settings
from app.jobs import canary, queues, transitions, turns
from app.jobs.models import JobAttempt
from app.jobs.transitions import DEPLOY, WORKER_LOST, Ending, Fence
from app.system import Lane, Priority, State
from workers.child import GRACE_S, Child, limit
from workers.failures import out_of_memory, timed_out
from workers.lanes import LaneWorker
from workers.run import finish, perform

if TYPE_CHECKING:
    from app.jobs.models import Job

log = structlog.get_logger()

BLOCK_S = 1
WATCH_S = 0.05  # memory is looked at this often


class BatchWorker(LaneWorker, Worker):
    """RQ's forking worker, led by PostgreSQL: a ticket in Redis says that there is work, not which."""

    lane = Lane.BATCH

    def take(self) -> Job | None:
        """Wait for a ticket and claim the job whose turn it is; None when there is nothing to do."""
        ticket = self._pop()
        if ticket is None:
            return None
        if ticket == str(canary.NIL):
            return None
        with Session(db.engine, expire_on_commit=False) as session:
            job = turns.claim(session, self.name, list(self.served))
            session.commit()
        if job is None:
            return None
        transitions.announce(job.id)
        self._settle_tickets(ticket, job)
        return job

    def _pop(self) -> str | None:
        """Take one ticket; whatever is not one of ours is thrown away here."""
        keys = [queue.key for queue in self.queues]
        found = cast("tuple[bytes, bytes] | None", redis_client().blpop(keys, timeout=BLOCK_S))
        if found is None:
            return None
        self.sing()
        ticket = found[1].decode("utf-8", "replace")
        return ticket if self.is_sound(ticket) else None

    def _settle_tickets(self, ticket: str, job: Job) -> None:
        """Give the ticket back when another job's turn it was, and take that job's own."""
        own, name = str(job.id), queues.queue_name(job.lane, job.priority)
        pipeline = redis_client().pipeline(transaction=True)
        if ticket != own:
            pipeline.lrem(f"rq:queue:{name}", 1, own)
            pipeline.lpush(self._queue_of(ticket), ticket)
        pipeline.execute()

    def _queue_of(self, ticket: str) -> str:
        """Return the queue that a ticket came from."""
        origin = redis_client().hget(queues.ClosedJob.key_for(ticket), "origin")
        usual = queues.BATCH_QUEUES[Priority.INTERACTIVE]
        return f"rq:queue:{str(origin, 'utf-8') if isinstance(origin, bytes) else usual}"

    def step(self) -> None:
        """Do one job, if there is one."""
        job = self.take()
        if job is None:
            return
        self.busy = True
        try:
            self._supervise(job)
        finally:
            self.busy = False
            self.drop(str(job.id))

    def _supervise(self, job: Job) -> None:
        """Fork, watch until the child ends, and record what it could not record itself."""
        fence = Fence(job.id, job.attempt)
        child = self._fork(job)
        ending = self._watch(child, fence, job)
        took_s = child.age_s
        if ending is None:
            # A child that finished has written its ending, and this changes nothing; one that found its
            # job being cancelled has left that to us.
            ending = self._unforeseen(child) if child.status else _handed_back()
        self._insist(fence, ending)
        self._count(fence, job, took_s)

    def _fork(self, job: Job) -> Child:
        """Start the child; the parent's connections stay the parent's."""
        pid = os.fork()
        if pid:
            return Child.of(pid)
        code = 1
        try:
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            random.seed()
            db.engine.dispose(close=False)
            limit(timeout_s=job.timeout_s, memory_mb=settings().child_memory_mb)
            perform(str(job.id))
            code = 0
        finally:
            os._exit(code)

    def _watch(self, child: Child, fence: Fence, job: Job) -> Ending | None:
        """Stay by a child until it ends or must; return why it was ended, None when it ended itself."""
        next_beat, allowed_mb = 0.0, settings().child_memory_mb
        while not child.ended():
            self.arm()
            if child.used_mb() > allowed_mb:
                child.kill()
                return out_of_memory(allowed_mb, peak_mb=child.peak_mb)
            if child.age_s > job.timeout_s + GRACE_S:
                child.kill()
                return timed_out(job.timeout_s)
            if self.must_leave():
                child.kill()
                return _handed_back()
            if child.age_s >= next_beat:
                next_beat = child.age_s + settings().heartbeat_s
                if self._is_over(fence):
                    child.kill()
                    return _handed_back()
            time.sleep(WATCH_S if child.age_s > WATCH_S else 0.002)
        return None

    def _is_over(self, fence: Fence) -> bool:
        """Write a sign of life; say whether the job was cancelled or taken away."""
        try:
            with Session(db.engine) as session:
                state = transitions.beat(session, fence)
                session.commit()
            self.sign_life()
        except (SQLAlchemyError, RedisError) as error:
            log.warning("heartbeat_failed", error=type(error).__name__)
            return False  # the child goes on; who cannot be reached cannot take the job away
        return state != State.RUNNING

    def _unforeseen(self, child: Child) -> Ending:
        """Return the ending of a child that died without a word."""
        said = f"The process of the job died ({child.signal_name})."
        facts = {"signal": child.signal_name, "peak_mb": child.peak_mb}
        return Ending(WORKER_LOST, WORKER_LOST, said, retry=True, facts=facts)

    def _insist(self, fence: Fence, ending: Ending) -> None:
        """Record an ending; while PostgreSQL is away the sweep will find the job silent."""
        try:
            finish(fence, ending)
        except SQLAlchemyError as error:
            log.warning("ending_not_recorded", error=type(error).__name__, outcome=ending.outcome)

    def _count(self, fence: Fence, job: Job, seconds: float) -> None:
        """Count how the attempt ended and how long it took, in the parent: a child's counts die with it."""
        try:
            with Session(db.engine) as session:
                outcome = session.scalar(
                    select(JobAttempt.outcome).where(
                        JobAttempt.job_id == fence.job_id, JobAttempt.number == fence.attempt
                    )
                )
            pipeline = redis_client().pipeline(transaction=False)
            metrics.count_outcome(pipeline, job.system, job.task, outcome or "superseded")
            if outcome == State.SUCCEEDED:
                metrics.observe(pipeline, metrics.MODEL_SECONDS, f"{job.system}|{job.task}", seconds)
            pipeline.execute()
        except (SQLAlchemyError, RedisError) as error:
            log.warning("outcome_not_counted", error=type(error).__name__)


def _handed_back() -> Ending:
    """Return the ending of an attempt that a shutdown or a cancellation cut short."""
    return Ending(DEPLOY, DEPLOY, "The worker was shut down.", retry=True, facts={})
