"""How a web process leaves: what is being answered is, and nobody is waited for who may ask nothing more.

Gunicorn's gevent worker waits for all connections to close, those too that only might bring another
request. When its time is over it ends them, and sends each a 500 that answers no request.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import gevent
from gunicorn.workers.ggevent import GeventWorker

from app.jobs import event_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_S = 0.1  # time between two looks at whether the process was told to leave, and who is idle then
IDLE_S = 1.0  # a connection without a request for so long is idle; a request on its way takes less


class GracefulWorker(GeventWorker):  # type: ignore[misc]
    """Gunicorn's worker, told to leave: closes what is idle, and ends event streams."""

    clients: dict[Any, Any]  # greenlet -> the connection that it serves
    resting: dict[Any, float]  # greenlet -> since when it waits for the connection's next request

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        own = gevent.getcurrent()
        self.clients[own] = client
        try:
            super().handle(listener, client, addr)
        finally:
            del self.clients[own]

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Bound the wait for a connection's next request, and note that there is none yet."""
        own = gevent.getcurrent()
        self.resting[own] = time.monotonic()
        try:
            with super().timeout_ctx():
                yield
        finally:
            del self.resting[own]

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what went wrong; a connection that ends with this process brought no request."""
        if not isinstance(exc, gevent.GreenletExit):
            super().handle_error(req, client, addr, exc)

    def leave_when_told(self) -> None:
        """Wait until told to leave, then end streams and close what is idle, until the process ends."""
        while self.alive:
            gevent.sleep(LOOK_S)
        with self.wsgi.app_context():
            event_stream.watcher().close()
        while True:
            self.close_idle()
            gevent.sleep(LOOK_S)

    def close_idle(self) -> None:
        """End what the idle connections may still bring; what they have brought is answered."""
        until = time.monotonic() - IDLE_S
        for own in [own for own, since in self.resting.items() if since < until]:
            # Past gevent's own socket, which would raise in who waits for it: so it reads the end, as of a
            # caller that has hung up.
            _end_reading(cast("socket.socket", self.clients[own]._sock))  # noqa: SLF001


def _end_reading(client: socket.socket) -> None:
    """Let nothing more come, unless something has come that was not read yet."""
    with suppress(OSError):  # it is broken
        try:
            client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            client.shutdown(socket.SHUT_RD)


def shut_down_gracefully(worker: Any) -> None:
    """Have this process's gunicorn worker leave in this way."""
    worker.__class__ = GracefulWorker
    worker.clients, worker.resting = {}, {}
    gevent.spawn(worker.leave_when_told)
