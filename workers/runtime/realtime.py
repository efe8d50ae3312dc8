"""The realtime lane's worker: takes all envelopes that wait, and has them answered together.

A taken ticket stays in the worker's processing list until its requests are
committed. A worker that stops signing has its list moved back by the others,
and the crashes are counted: what was there when a worker died is answered one
request at a time, and a request that killed its worker thrice is poison.
"""

from __future__ import annotations

import threading
import time

import structlog
from flask import Flask
from redis.exceptions import RedisError
from rq.worker import SimpleWorker

from app.extensions import settings, this_app
from app.jobs import loops
from app.jobs.queue import crashes, leases
from app.system import Lane
from workers.runtime.micro_batch import Answerer
from workers.runtime.worker_loop import LaneWorker, Served

log = structlog.get_logger()

BLOCK_S = 1
MOST_TICKETS = 8  # envelopes taken at once
PASS_S = 0.05  # pause of a worker that found only what others serve


class RealtimeWorker(LaneWorker, SimpleWorker):
    """RQ's worker that does not fork, taking all that waits instead of one job at a time."""

    lane = Lane.REALTIME
    counted = False  # the request that is answered at the moment, in `crashes`

    def __init__(self, names: list[str], served: Served) -> None:
        super().__init__(names, served)
        self._reclaimed = 0.0
        self._unfinished = False
        self.stepped = time.monotonic()
        app = this_app()
        threading.Thread(target=self._beat_forever, args=(app,), daemon=True, name="beat").start()

    def step(self) -> None:
        """Take the envelopes that wait, and answer them."""
        self.stepped = time.monotonic()
        self._put_right()
        tickets = leases.take(self.name, most=MOST_TICKETS, block_s=BLOCK_S)
        self.look()
        if not tickets:
            return
        self.record_probe()
        self.busy = self._unfinished = True
        try:
            answered = Answerer(self).answer(tickets)
        finally:
            self.busy = False
        self._unfinished = False
        if not answered:
            time.sleep(PASS_S)

    def _put_right(self) -> None:
        """Give back what this worker left unfinished, and now and then what others died with."""
        if self._unfinished:
            leases.requeue(self.name)
            self._unfinished = False
        if self.stepped - self._reclaimed > 1.0:
            leases.reclaim()
            self._reclaimed = self.stepped

    def touch(self) -> None:
        """Say that the loop does not hang, though its turn is long."""
        self.stepped = time.monotonic()
        self.reset_watchdog()

    def _hand_back(self) -> None:
        """Give back what was taken; who leaves by its own hand has not died of what it answers."""
        if self.counted:
            crashes.survive(self.name)
        super()._hand_back()

    def _beat_forever(self, app: Flask) -> None:
        """Keep this worker's taken work its own, for as long as its loop goes on."""
        with app.app_context():
            loops.keep_running("heartbeat", self._beat)

    def _beat(self) -> None:
        while True:
            try:
                if time.monotonic() - self.stepped < settings().stuck_s:
                    leases.keep(self.name)
            except RedisError:
                log.warning("beat_unheard")
            time.sleep(settings().heartbeat_s)
