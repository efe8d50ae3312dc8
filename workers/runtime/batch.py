"""The batch lane's worker: takes the job whose turn it is, forks, watches, and says how it ended."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from rq.worker import Worker
from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db, redis_client, settings
from app.jobs import transitions
from app.jobs.models import Job, JobAttempt
from app.jobs.queue import fetch, probes, registries, rq
from app.jobs.transitions import DEPLOY, WORKER_LOST, Ending, Fence
from app.system import Lane, State
from app.telemetry import metrics
from workers.run import finish, perform
from workers.runtime.worker_loop import LaneWorker
from workers.sdk.child import GRACE_S, Child, limit
from workers.sdk.failures import out_of_memory, timed_out

log = structlog.get_logger()

BLOCK_S = 1
AT_ONCE_S = 0.01  # the least that is not for ever
OTHERS_S = 0.1  # left to the workers of another system to take its ticket
WATCH_S = 0.05  # memory is looked at this often


@dataclass(frozen=True)
class Ticket:
    """The id of a job that waited when it was put into a queue of Redis; `key` is the queue's."""

    id: str
    key: bytes

    @property
    def job_id(self) -> UUID:
        """Return the job's id."""
        return UUID(self.id)


class BatchWorker(LaneWorker, Worker):
    """RQ's forking worker, led by PostgreSQL: a ticket in Redis says that there is work, not which."""

    lane = Lane.BATCH
    freed = True  # a job has just ended: one that its owner's cap held back may run, and has no ticket

    def take(self) -> Job | None:
        """Wait for a ticket and claim the job whose turn it is; None when there is nothing to do."""
        ticket = self._pop()
        if ticket is None and not self.freed:
            return None
        try:
            job, system = self._claim(ticket)
        except SQLAlchemyError:
            if ticket is not None:
                self._requeue(ticket)
            raise
        self.freed = False
        if job is not None:
            transitions.announce(job.id)
        self._settle_tickets(ticket, job, system)
        return job

    def _pop(self) -> Ticket | None:
        """Take one ticket; whatever is not one of ours is thrown away here."""
        keys = [queue.key for queue in self.queues]
        wait_s = AT_ONCE_S if self.freed else BLOCK_S
        popped = cast("tuple[bytes, bytes] | None", redis_client().blpop(keys, timeout=wait_s))
        self.look()
        if popped is None:
            return None
        self.record_probe()
        ticket = Ticket(popped[1].decode("utf-8", "replace"), popped[0])
        return ticket if ticket.id != str(probes.NIL) and self.is_sound(ticket.id) else None

    def _claim(self, ticket: Ticket | None) -> tuple[Job | None, str | None]:
        """Claim the job whose turn it is; return also the system of the ticket's, if that still waits."""
        with Session(db.engine, expire_on_commit=False) as session:
            job = fetch.claim(session, self.name, list(self.served))
            system = fetch.find_waiting(session, ticket.job_id) if ticket is not None else None
            session.commit()
        return job, system

    def _settle_tickets(self, ticket: Ticket | None, job: Job | None, system: str | None) -> None:
        """Take the ticket of the job that runs, and let go of the other; the sweep repairs what fails."""
        if job is not None and ticket is not None and ticket.job_id == job.id:
            return
        try:
            if job is not None:
                name = rq.queue_name(job.lane, job.priority)
                redis_client().lrem(rq.key_of(name), 1, str(job.id))
            if ticket is not None:
                self._let_go(ticket, system, idle=job is None)
        except RedisError as error:
            log.warning("tickets_not_settled", error=type(error).__name__)

    def _let_go(self, ticket: Ticket, system: str | None, *, idle: bool) -> None:
        """Give a ticket back if its job waits for another worker, or for this one once it is done."""
        if system is None or (idle and system in self.served):
            self.drop(ticket.id)  # it does not wait, or may not run now: the sweep makes a new one
            return
        self._requeue(ticket)
        if idle:
            time.sleep(OTHERS_S)

    def _requeue(self, ticket: Ticket) -> None:
        """Put a ticket back into its queue."""
        redis_client().rpush(ticket.key, ticket.id)

    def step(self) -> None:
        """Do one job, if there is one."""
        job = self.take()
        if job is None:
            return
        self.busy = True
        shown = self._show_started(job)
        try:
            self._supervise(job)
        finally:
            self.busy, self.freed = False, True
            self._show_ended(job, shown)

    def _show_started(self, job: Job) -> registries.Shown | None:
        """Have RQ's registries show that a job runs; without Redis nobody looks at them."""
        try:
            self._sign_for_rq()  # first: a current job alone would hide that Redis has lost the worker
            return registries.show_started(job, self)
        except RedisError as error:
            log.warning("start_not_shown", error=type(error).__name__)
            return None

    def _show_ended(self, job: Job, shown: registries.Shown | None) -> None:
        """Have RQ's registries show how an attempt ended, as PostgreSQL has it."""
        if shown is None:
            self.drop(str(job.id))
            return
        try:
            with Session(db.engine) as session:
                row = session.execute(select(Job.state, Job.error_code).where(Job.id == job.id)).one_or_none()
                ended = session.scalar(_outcome_of(Fence(job.id, job.attempt)))
            state, code = (row.state, row.error_code) if row is not None else ("erased", None)
            registries.show_ended(shown, self, outcome=ended or "superseded", state=state, code=code)
        except (SQLAlchemyError, RedisError) as error:
            log.warning("end_not_shown", error=type(error).__name__)

    def _supervise(self, job: Job) -> None:
        """Fork, watch until the child ends, and record what it could not record itself."""
        fence = Fence(job.id, job.attempt)
        child = self._fork(job)
        # A child that finished has written its ending, and another changes nothing. A job that is being
        # cancelled is so whatever ended its child.
        ending = self._watch(child, fence, job) or self._unforeseen(child)
        took_s = child.age_s
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
        except BaseException as error:
            log.error("child_failed", job_id=str(job.id), exc_info=error)  # noqa: TRY400 - a class and places
        finally:
            os._exit(code)

    def _watch(self, child: Child, fence: Fence, job: Job) -> Ending | None:
        """Stay by a child until it ends or must; return why it was ended, None when it ended itself."""
        next_beat, allowed_mb = 0.0, settings().child_memory_mb
        while not child.ended():
            self.reset_watchdog()
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
        """Return the ending of a child that died, or left, without a word."""
        detail = f"The process of the job died ({child.signal_name})."
        facts = {"signal": child.signal_name, "peak_mb": child.peak_mb}
        return Ending(WORKER_LOST, WORKER_LOST, detail, retry=True, facts=facts)

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
                outcome = session.scalar(_outcome_of(fence))
            pipeline = redis_client().pipeline(transaction=False)
            metrics.count_outcome(pipeline, job.system, job.task, outcome or "superseded")
            if outcome == State.SUCCEEDED:
                metrics.observe(pipeline, metrics.MODEL_SECONDS, f"{job.system}|{job.task}", seconds)
            pipeline.execute()
        except (SQLAlchemyError, RedisError) as error:
            log.warning("outcome_not_counted", error=type(error).__name__)


def _outcome_of(fence: Fence) -> Select[str | None]:
    """Return the query for how an attempt ended."""
    return select(JobAttempt.outcome).where(
        JobAttempt.job_id == fence.job_id, JobAttempt.number == fence.attempt
    )


def _handed_back() -> Ending:
    """Return the ending of an attempt that a shutdown cut short."""
    return Ending(DEPLOY, DEPLOY, "The worker was shut down.", retry=True, facts={})
