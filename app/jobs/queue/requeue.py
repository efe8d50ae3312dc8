"""Handing back what a realtime worker took, so that its end by its own hand counts as no death."""

from __future__ import annotations

from typing import cast

from app.extensions import make_redis, settings
from app.jobs.queue import leases

TIMEOUT_S = 2.0  # of a process that is about to end

# One step, so that nobody reclaims the half of a list.
HAND_BACK = """
local moved = 0
while true do
  local ticket = redis.call('RPOP', KEYS[1])
  if not ticket then break end
  redis.call('LPUSH', KEYS[2], ticket)
  moved = moved + 1
end
redis.call('DEL', KEYS[3])
redis.call('SREM', KEYS[4], ARGV[1])
return moved
"""


def requeue_tickets(worker: str) -> int:
    """Put what a worker took back in front of the queue, and forget the worker; return how many tickets.

    Over a connection of its own: the worker's may be in use at this moment.
    """
    keys = [
        leases.PROCESSING + worker,
        leases.QUEUE,
        leases.ALIVE + worker,
        leases.CONSUMERS,
    ]
    with make_redis(settings().redis_url, socket_timeout_s=TIMEOUT_S) as client:
        return int(cast("int", client.eval(HAND_BACK, len(keys), *keys, worker)))
