"""The realtime lane's client in each web process: gathers what waits, sends it, hands out the answers.

One flusher and one listener serve all requests of the process, so that a
thousand waiting callers cost a thousand events and two connections.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

import structlog
from flask import Flask, request
from redis.exceptions import RedisError

from app.extensions import OnePerProcess, make_redis, redis_client, settings
from app.http.errors import ClientGone, TooMany, Unavailable
from app.jobs import loops
from app.jobs.queue import messages
from app.jobs.queue.messages import Outcome, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

log = structlog.get_logger()

IN_FLIGHT = 2  # one being answered and one on its way; more would only make the batches smaller
PATIENCE_S = 0.05  # a slow envelope holds later ones back no longer than this
LOOK_S = 0.5  # time between two looks at whether the caller is still there
LISTEN_S = 1  # longest block on the reply list, seconds
IDLE_S = 5.0  # after which the flusher shows that it is there
FLUSH, LISTEN = "realtime flush", "realtime listen"


class Waiter:
    """One caller that waits for one outcome."""

    __slots__ = ("batch_id", "done", "failed", "outcome", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.batch_id: str | None = None
        self.done = threading.Event()
        self.outcome: Outcome | None = None
        self.failed = False


class RealtimeClient:
    """Sends the waiting requests of one process and hands the replies to their callers."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.name = uuid4().hex
        self.waiting: dict[UUID, Waiter] = {}
        self.owners: Counter[str] = Counter()
        self.outbox: deque[Waiter] = deque()
        self.in_flight = 0
        self.wakeup = threading.Event()
        self.room = threading.Event()
        for name, work in ((FLUSH, self._flush_forever), (LISTEN, self._listen_forever)):
            threading.Thread(target=self._run, args=(name, work), daemon=True, name=name).start()

    def ask(self, request: Request, wait_s: float) -> Outcome | None:
        """Return a request's outcome, or None when the wait ran out first.

        Raises:
            TooMany: as many wait already as may wait, of this owner's or in all.
            Unavailable: Redis is away.
            ClientGone: the caller hung up; its work is skipped if it has not begun.

        """
        self._check_room(request.owner)
        waiter = Waiter(request)
        self.waiting[request.id] = waiter
        self.owners[request.owner] += 1
        self.outbox.append(waiter)
        self.wakeup.set()
        try:
            return self._wait(waiter, wait_s)
        finally:
            self.waiting.pop(request.id, None)
            self.owners[request.owner] -= 1
            if not self.owners[request.owner]:
                del self.owners[request.owner]

    def _check_room(self, owner: str) -> None:
        """Raise TooMany where one more caller may not wait."""
        if len(self.waiting) >= settings().realtime_waiting:
            raise TooMany(f"{len(self.waiting)} predictions wait here already; try again shortly.")
        if self.owners[owner] >= settings().realtime_waiting_per_owner:
            raise TooMany(f"{self.owners[owner]} predictions of yours wait here already; try again shortly.")

    def _wait(self, waiter: Waiter, wait_s: float) -> Outcome | None:
        """Wait, looking now and then whether the caller is still there."""
        until = time.monotonic() + wait_s
        while (left := until - time.monotonic()) > 0:
            if waiter.done.wait(min(left, LOOK_S)):
                break
            if client_gone():
                self._leave(waiter)
                raise ClientGone("The caller hung up.")
        if waiter.failed:
            raise Unavailable("The queue of the realtime lane does not answer; try again shortly.")
        return waiter.outcome

    def _leave(self, waiter: Waiter) -> None:
        """Tell the workers that nobody waits for a request any more."""
        if waiter.batch_id is None:
            with contextlib.suppress(ValueError):  # it is being sent at this moment
                self.outbox.remove(waiter)
            return
        key = messages.LEFT + waiter.batch_id
        pipeline = redis_client().pipeline(transaction=False)
        departure = messages.Departure(waiter.batch_id, waiter.request.id)
        pipeline.sadd(key, messages.sign(b"departure", departure))
        pipeline.expire(key, settings().envelope_ttl_s)
        pipeline.execute()

    def _run(self, name: str, work: Callable[[], None]) -> None:
        """Run one of the two loops inside the app."""
        with self.app.app_context():
            loops.keep_running(name, work)

    def _flush_forever(self) -> None:
        """Send what waits, as one envelope at a time."""
        while True:
            loops.turn(FLUSH)
            self.wakeup.wait(IDLE_S)
            self.wakeup.clear()
            while self.outbox:
                if self.in_flight >= IN_FLIGHT:
                    self.room.clear()
                    self.room.wait(PATIENCE_S)
                self._flush()

    def _flush(self) -> None:
        """Send one envelope; its callers are told when that fails."""
        most = min(len(self.outbox), settings().realtime_batch)
        batch = [self.outbox.popleft() for _ in range(most)]
        try:
            batch_id = messages.send([waiter.request for waiter in batch], reply_to=self.name)
            self.in_flight += 1
            for waiter in batch:
                waiter.batch_id = batch_id
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the one flusher
            log.warning("realtime_send_failed", error=type(error).__name__, requests=len(batch))
            fail(batch)

    def _listen_forever(self) -> None:
        """Take replies off this process's list; when Redis goes, tell all who wait."""
        # one connection, held: taking it out of a pool costs as much as asking
        client = make_redis(settings().redis_url, socket_timeout_s=LISTEN_S + 5).client()  # type: ignore[no-untyped-call]
        while True:
            loops.turn(LISTEN)
            try:
                self._listen(client)
            except RedisError as error:
                log.warning("realtime_listen_failed", error=type(error).__name__)
                self.in_flight = 0
                fail(list(self.waiting.values()))
                time.sleep(0.5)

    def _listen(self, client: Redis) -> None:
        """Wait for a reply, then take all that are there."""
        key = messages.REPLY + self.name
        first = client.blpop([key], timeout=LISTEN_S)
        if first is None:
            self.in_flight = min(self.in_flight, 1) if self.waiting else 0
            return
        rest = cast("list[bytes] | None", client.lpop(key, 64)) or []
        for data in (cast("tuple[bytes, bytes]", first)[1], *rest):
            self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        """Give each outcome to its caller, if there still is one."""
        self.in_flight = max(0, self.in_flight - 1)
        self.room.set()
        try:
            reply = messages.verify(b"reply", data, Reply)
        except messages.BadSignature as error:
            log.warning("reply_refused", reason=str(error)[:200])
            return
        for outcome in reply.outcomes:
            waiter = self.waiting.get(outcome.id)
            if waiter is not None:
                waiter.outcome = outcome
                waiter.done.set()


def fail(waiters: list[Waiter]) -> None:
    """Tell callers that their requests cannot be answered now."""
    for waiter in waiters:
        waiter.failed = True
        waiter.done.set()


def client_gone() -> bool:
    """Say whether the caller of the current request has closed the connection."""
    sock = request.environ.get("gunicorn.socket")
    if sock is None:
        return False
    try:
        # gevent's own recv would wait for a byte; the socket beneath it answers at once
        return not cast("socket.socket", getattr(sock, "_sock", sock)).recv(
            1, socket.MSG_PEEK | socket.MSG_DONTWAIT
        )
    except BlockingIOError:
        return False
    except OSError:
        return True


realtime_client = OnePerProcess(RealtimeClient)
