"""How a web process takes new connections: at once, and about as many as its siblings.

Gunicorn has gevent accept one connection a turn of the event loop where several
processes listen. Under load a turn takes tens of milliseconds, and the last of
1,000 new connections lay unread for ten seconds. Accepting all that wait in one
turn leaves them to whichever process woke first, and that one is then slow.
"""

from __future__ import annotations

from typing import Any

import gevent
from gevent.server import StreamServer
from gunicorn.workers import ggevent

LEAD = 32  # connections that a process may hold more than the one with fewest
AT_ONCE = 64  # connections accepted before their requests get a turn
YIELD_S = 0.005  # how long it then leaves a new connection to the others


class EagerServer(StreamServer):  # type: ignore[misc]
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


def listen(seats: memoryview, seat: int) -> None:
    """Have this process's gunicorn worker listen in this way."""
    ggevent.StreamServer = type("Server", (EagerServer,), {"seats": seats, "seat": seat})
