"""What the RQ workers of both lanes have in common: their loop, their signs of life, their way out."""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID, uuid4

import structlog
from flask import Flask
from redis.exceptions import RedisError, ResponseError
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from rq.worker_registration import REDIS_WORKER_KEYS as WORKER_KEYS
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app.extensions import ENGINE_OPTIONS, db, end_session, make_redis, redis_client, settings, this_app
from app.jobs.queue import probes, requeue, rq

if TYPE_CHECKING:
    from types import FrameType

    from app.system import Lane

log = structlog.get_logger()

Served = Mapping[str, Sequence[str]]  # system -> the versions of its model that this process has loaded

SIGN_S = 1.0
RQ_SIGN_S = 30.0  # RQ's own heartbeat, for the dashboard
PAUSE_S = 0.5  # while Redis or PostgreSQL is away
LAST_S = 2.0  # beyond DRAIN_S: by then, what looks at `must_leave` has ended
PROBE = "assay:probe"
PROBE_S = 2  # time in which Redis must answer to count as being there


class LaneWorker:
    """The loop around a lane's `step`, mixed into one of RQ's worker classes.

    RQ's own loop ends at the first exception, trusts what it finds in Redis, and
    takes orders over a channel that anybody who reaches Redis can publish to;
    none of that is used.
    """

    lane: ClassVar[Lane]
    name: str
    busy = False
    looked = False  # at its queues, in this turn
    unhealthy_since: float | None = None  # the first of the turns until now of which none has looked

    def __init__(self, names: list[str], served: Served) -> None:
        """Make a worker of queues that serves systems, given with the versions that it has loaded."""
        super().__init__(
            [rq.queue(name) for name in names],
            name=f"{self.lane}-{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}",
            connection=redis_client(),
            job_class=rq.ClosedJob,
            serializer=JSONSerializer,
        )  # type: ignore[call-arg]
        self.served = served
        self.leaving_since: float | None = None
        self._signed = self._rq_signed = self._sung = 0.0

    @abstractmethod
    def step(self) -> None:
        """Wait a moment for work and do it; say with `look` that the queues were looked at."""

    def serve(self) -> None:
        """Work until told to stop; what is away for a while is waited for."""
        signal.signal(signal.SIGTERM, self._leave)
        signal.signal(signal.SIGINT, self._leave)
        log.info("worker_started", worker=self.name, systems=self.served)
        while self.leaving_since is None:
            self.tick()
            if self._is_stuck():
                log.error("worker_stuck", worker=self.name)
                self._depart()
                sys.exit(1)
        self._depart()

    def tick(self) -> None:
        """Take one turn, and note since when none has gone well."""
        self.reset_watchdog()
        self.looked = False
        try:
            self.sign_life()
            self.step()
            well = self.looked
        except (RedisError, SQLAlchemyError) as error:
            log.warning("worker_waits", error=type(error).__name__)
            well = False
            time.sleep(PAUSE_S)
        finally:
            end_session()
        self.unhealthy_since = None if well else self._ill_since()

    def look(self) -> None:
        """Say that this turn has seen what waits in the queues, be it nothing."""
        self.looked = True

    def _ill_since(self) -> float | None:
        """Return since when no turn has gone well; None while what is away keeps all from it."""
        self.reset_watchdog()
        return (self.unhealthy_since or time.monotonic()) if servers_answer() else None

    def _is_stuck(self) -> bool:
        """Say whether no turn goes well any more, though others could work."""
        return (
            self.unhealthy_since is not None and time.monotonic() - self.unhealthy_since > settings().stuck_s
        )

    def reset_watchdog(self) -> None:
        """Set the watchdog anew: a worker that does not for this long ends, and its runner starts another."""
        faulthandler.dump_traceback_later(settings().stuck_s, exit=True)

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        """Take nothing new from now on."""
        if self.leaving_since is None:
            self.leaving_since = time.monotonic()
            log.info("worker_leaving", signal=signal.Signals(number).name)
            threading.Thread(target=self._end_in_time, args=(this_app(),), daemon=True).start()

    def must_leave(self) -> bool:
        """Say whether what still runs has had its time to finish."""
        return self.leaving_since is not None and time.monotonic() - self.leaving_since > settings().drain_s

    def _end_in_time(self, app: Flask) -> None:
        """End the process when its time is over: nothing looks at the time within a prediction."""
        with app.app_context():
            time.sleep(settings().drain_s + LAST_S)
            log.warning("worker_ends_unfinished", worker=self.name)
            self._hand_back()
            os._exit(0)

    def _hand_back(self) -> None:
        """Give back what was taken and is not done; while Redis is away, others reclaim it later."""
        try:
            requeue.requeue_tickets(self.name)
        except RedisError:
            log.warning("work_not_handed_back")

    def _depart(self) -> None:
        """Say goodbye in Redis; who finds it away is forgotten there by time."""
        faulthandler.cancel_dump_traceback_later()
        self._hand_back()
        probes.sign_off(self.lane, self.name)
        try:
            cast("Any", self).register_death()
        except RedisError:
            log.warning("goodbye_unheard")
        log.info("worker_stopped", worker=self.name)

    def sign_life(self) -> None:
        """Write signs of life: ours each second, RQ's, for the dashboard, now and then."""
        now = time.monotonic()
        if now - self._signed < SIGN_S:
            return
        models = {name: ", ".join(live) for name, live in self.served.items()}
        state = probes.Heartbeat(time.time(), os.getpid(), socket.gethostname(), self.busy, models)
        probes.record_heartbeat(self.lane, self.name, state)
        self._signed = now
        if now - self._rq_signed > RQ_SIGN_S:
            self._sign_for_rq()
            self._rq_signed = now

    def _sign_for_rq(self) -> None:
        """Appear on the dashboard, also after Redis has lost its data."""
        rq = cast("Any", self)
        if not redis_client().sismember(WORKER_KEYS, rq.key):
            # Counts that came before: with them, RQ would take the worker for another of its name.
            redis_client().delete(rq.key)
            rq.register_birth()
        rq.heartbeat()
        rq.set_state(WorkerStatus.BUSY if self.busy else WorkerStatus.IDLE)

    def record_probe(self) -> None:
        """Write down that this lane takes what is put into it."""
        if time.monotonic() - self._sung > SIGN_S:
            probes.record_probe(self.lane)
            self._sung = time.monotonic()

    def is_sound(self, ticket: str) -> bool:
        """Say whether a ticket names a job that we could have written; others are removed and logged."""
        try:
            UUID(ticket)
            fields = redis_client().hgetall(RqJob.key_for(ticket))
            return self.check(ticket, cast("dict[bytes, bytes]", fields))
        except (ValueError, ResponseError) as error:
            self.refuse(ticket, type(error).__name__)
            return False

    def check(self, ticket: str, fields: dict[bytes, bytes]) -> bool:
        """Look at a job's hash; one that is gone already is no fault."""
        try:
            if fields:
                rq.check_hash(fields)
        except rq.Refused as refused:
            self.refuse(ticket, str(refused))
            return False
        return True

    def refuse(self, ticket: str, reason: str) -> None:
        """Remove a planted job and say so; nothing of it was decoded into an object or imported."""
        log.warning("job_refused", ticket=ticket[:80], reason=reason[:200])
        self.drop(ticket)

    def drop(self, ticket: str) -> None:
        """Delete a job's key in Redis."""
        try:
            redis_client().delete(RqJob.key_for(ticket))
        except RedisError:
            log.warning("key_not_dropped")


def servers_answer() -> bool:
    """Say whether Redis, which must take a write, and PostgreSQL answer connections of their own."""
    try:
        with make_redis(settings().redis_url, socket_timeout_s=PROBE_S) as client:
            client.set(PROBE, 1, ex=PROBE_S)
        engine = create_engine(
            db.engine.url,
            poolclass=NullPool,
            connect_args=cast("dict[str, Any]", ENGINE_OPTIONS["connect_args"]),
        )
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (RedisError, SQLAlchemyError):
        return False
    return True
