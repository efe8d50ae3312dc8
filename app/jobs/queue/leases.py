"""Taking envelopes so that a worker's death loses none: processing lists and heartbeats.

Keys:
  assay:processing:<worker>  tickets taken and not yet committed
  assay:alive:<worker>       set while the worker lives; gone some seconds after it does not
  assay:consumers            names of the workers that may have a processing list

None of it decides an answer: at worst a ticket is served twice, or one request at a time. What a request
has done to its workers is counted in PostgreSQL (`crashes`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import structlog
from redis.exceptions import ResponseError

from app.extensions import redis_client, settings
from app.jobs.queue import crashes, messages, rq

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger()

TICKET = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
QUEUE = rq.key_of(rq.REALTIME_QUEUE)
PROCESSING = "assay:processing:"
MOST_ABANDONED = 1000  # noted of one worker, which takes a few at a time
ALIVE = "assay:alive:"
CONSUMERS = "assay:consumers"

# One step, so that of many reclaimers one moves a list.
RECLAIM = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local moved = 0
while true do
  local ticket = redis.call('RPOP', KEYS[2])
  if not ticket then break end
  redis.call('LPUSH', KEYS[3], ticket)
  moved = moved + 1
end
redis.call('SREM', KEYS[4], ARGV[1])
return moved
"""


def take(worker: str, *, most: int, block_s: int) -> list[str]:
    """Move up to `most` waiting tickets into a worker's processing list; wait for the first.

    What is no ticket at all is thrown away here.
    """
    client, own = redis_client(), PROCESSING + worker
    first = client.blmove(QUEUE, own, block_s, "LEFT", "RIGHT")
    if first is None:
        return []
    pipeline = client.pipeline(transaction=False)
    for _ in range(most - 1):
        pipeline.lmove(QUEUE, own, "LEFT", "RIGHT")
    moved = [cast("bytes", each) for each in (first, *pipeline.execute()) if each is not None]
    tickets = [each.decode() for each in moved if TICKET.fullmatch(each)]
    for each in moved:
        if not TICKET.fullmatch(each):
            log.warning("job_refused", ticket=repr(each[:80]), reason="its id is none")
            client.lrem(own, 1, cast("str", each))
    return tickets


def requeue(worker: str) -> int:
    """Put what a living worker took and did not finish back to where it came from; return how many."""
    client, moved = redis_client(), 0
    while client.lmove(PROCESSING + worker, QUEUE, "RIGHT", "LEFT") is not None:
        moved += 1
    return moved


def keep(worker: str) -> None:
    """Say that a worker lives, so that what it took stays its own."""
    pipeline = redis_client().pipeline(transaction=False)
    pipeline.set(ALIVE + worker, 1, px=int(settings().realtime_stale_s * 1000))
    pipeline.sadd(CONSUMERS, worker)
    pipeline.execute()


def release(worker: str, tickets: Sequence[str]) -> None:
    """Let tickets go whose requests are committed."""
    pipeline = redis_client().pipeline(transaction=False)
    for ticket in tickets:
        pipeline.lrem(PROCESSING + worker, 1, ticket)
    pipeline.delete(
        *(f"rq:job:{ticket}" for ticket in tickets),
        *(messages.ENVELOPE + ticket for ticket in tickets),
    )
    pipeline.execute()


def reclaim() -> int:
    """Give back what workers took that no longer live; return how many tickets."""
    moved = 0
    for name in cast("set[bytes]", redis_client().smembers(CONSUMERS)):
        try:
            count = _reclaim_from(name.decode())
        except (ResponseError, UnicodeDecodeError) as error:
            _throw_away(name, type(error).__name__)
            continue
        if count:
            log.warning("work_reclaimed", worker=name.decode(), envelopes=count)
        moved += count
    return moved


def _reclaim_from(worker: str) -> int:
    """Give back what one worker took, if it no longer lives; first note that it died with it."""
    client = redis_client()
    if client.exists(ALIVE + worker):
        return 0
    items = cast("list[bytes]", client.lrange(PROCESSING + worker, 0, MOST_ABANDONED - 1))
    tickets = [item.decode() for item in items if TICKET.fullmatch(item)]
    if tickets:
        crashes.record_abandoned(tickets)
    keys = [ALIVE + worker, PROCESSING + worker, QUEUE, CONSUMERS]
    return int(cast("int", client.eval(RECLAIM, len(keys), *keys, worker)))


def _throw_away(name: bytes, reason: str) -> None:
    """Remove a consumer that is none of ours: its name is no text, or its keys hold something else."""
    log.warning("consumer_refused", consumer=repr(name[:80]), reason=reason)
    client = redis_client()
    client.srem(CONSUMERS, cast("str", name))
    client.delete(cast("str", PROCESSING.encode() + name))
