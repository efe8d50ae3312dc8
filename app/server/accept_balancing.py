"""How a web process takes new connections: at once, and about as many as its siblings.

Gunicorn has gevent accept one connection a turn of the event loop where several
processes listen. Under load a turn takes tens of milliseconds, and the last of
1,000 new connections lay unread for ten seconds. Accepting all that wait in one
turn leaves them to whichever process woke first, and that one is then slow.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import gevent
import orjson
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.workers import ggevent
from uuid_utils.compat import uuid7

from app.http.headers import HEADERS
from app.http.problems import PROBLEM
from app.telemetry.masking import mask

LEAD = 32  # connections that a process may hold more than the one with fewest
CODES = {414: "uri_too_long"}  # its phrase is another in each Python
AT_ONCE = 64  # connections accepted before their requests get a turn
YIELD_S = 0.005  # how long it then leaves a new connection to the others


class BalancingServer(StreamServer):  # type: ignore[misc]
    """Accepts again right after each connection, unless it holds more than its share."""

    seats: memoryview  # by process, in memory that all share: the connections it holds and one; 0 is nobody
    seat: int
    yielded = False
    max_accept = property(lambda _self: AT_ONCE, lambda _self, _gunicorns: None)

    def do_read(self) -> Any:
        """Accept one connection, or None where none waits or others are to take it."""
        held = self.pool.size - self.pool.free_count()
        self.seats[self.seat] = held + 1
        if not self.yielded and held > min(filter(None, self.seats)) - 1 + LEAD:
            self.yielded = True
            self.stop_accepting()
            gevent.spawn_later(YIELD_S, self._accept_next)
            return None
        self.yielded = False
        accepted = super().do_read()
        if accepted:
            # As a callback, so that accepting takes turns with the requests that it brings.
            self.loop.run_callback(self._accept_next)
        return accepted

    def _accept_next(self) -> None:
        if self.started and not self.full():
            self.start_accepting()
            self._do_read()


def write_problem(connection: Any, status: int, _reason: str, message: str) -> None:
    """Answer what is no HTTP, or too long, with the members that every other failure has."""
    title, message = HTTPStatus(status).phrase, mask(message)  # it repeats what was sent
    code = CODES.get(status) or title.lower().replace(" ", "_")
    members = {
        "type": f"urn:assay:problem:{code}",
        "title": title,
        "status": status,
        "detail": message[:300] or "Something went wrong here.",
        "message": message[:300] or "Something went wrong here.",
        "instance": "",  # there is no path that could be believed
        "request_id": str(uuid7()),
        "code": code,
        "errors": [],
    }
    body = orjson.dumps(members)
    headers = {
        "Content-Type": PROBLEM,
        "Content-Length": len(body),
        "Connection": "close",
        "Cache-Control": "no-store",
        "X-Request-ID": members["request_id"],
        **HEADERS,
    }
    head = [f"HTTP/1.1 {status} {title}", *(f"{name}: {value}" for name, value in headers.items())]
    util.write_nonblock(connection, "\r\n".join([*head, "", ""]).encode() + body)


def listen(seats: memoryview, seat: int) -> None:
    """Have this process's gunicorn worker listen, and refuse, in this way."""
    ggevent.StreamServer = type("Server", (BalancingServer,), {"seats": seats, "seat": seat})
    util.write_error = write_problem
