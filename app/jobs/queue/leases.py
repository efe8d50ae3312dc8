"""Taking envelopes so that a worker's death loses none: processing lists, heartbeats, crash counts.

Keys:
  assay:processing:<worker>  tickets taken and not yet committed
  assay:alive:<worker>       set while the worker lives; gone some seconds after it does not
  assay:takers               names of the workers that may have a processing list
  assay:suspect:<worker>     the request that the worker answers alone at the moment
  assay:deaths               hash: ticket or request id -> workers that crashed on it
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import structlog
from redis.exceptions import ResponseError

from app.extensions import redis_client, settings
from app.jobs.queue import messages, rq

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger()

TICKET = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
QUEUE = rq.key_of(rq.REALTIME_QUEUE)
PROCESSING = "assay:processing:"
ALIVE = "assay:alive:"
CONSUMERS = "assay:takers"
QUARANTINE = "assay:suspect:"
CRASHES = "assay:deaths"
DEATHS_TTL_S = 3600
MAX_DIGITS = 4  # of a count

# One step, so that of many reclaimers one moves a list, and a death counts once.
RECLAIM = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local moved = 0
while true do
  local ticket = redis.call('RPOP', KEYS[2])
  if not ticket then break end
  redis.call('LPUSH', KEYS[3], ticket)
  redis.call('HINCRBY', KEYS[4], ticket, 1)
  moved = moved + 1
end
local suspect = redis.call('GET', KEYS[5])
if suspect then
  redis.call('HINCRBY', KEYS[4], suspect, 1)
  redis.call('DEL', KEYS[5])
end
redis.call('EXPIRE', KEYS[4], ARGV[2])
redis.call('SREM', KEYS[6], ARGV[1])
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
    pipeline.hdel(CRASHES, *tickets)
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
    """Give back what one worker took, if it no longer lives."""
    keys = [ALIVE + worker, PROCESSING + worker, QUEUE, CRASHES, QUARANTINE + worker, CONSUMERS]
    return int(cast("int", redis_client().eval(RECLAIM, len(keys), *keys, worker, DEATHS_TTL_S)))


def _throw_away(name: bytes, reason: str) -> None:
    """Remove a taker that is none of ours: its name is no text, or its keys hold something else."""
    log.warning("taker_refused", taker=repr(name[:80]), reason=reason)
    client = redis_client()
    client.srem(CONSUMERS, cast("str", name))
    client.delete(*(prefix.encode() + name for prefix in (PROCESSING, QUARANTINE)))


def quarantine(worker: str, request_id: str) -> None:
    """Name the request that a worker is about to answer alone."""
    redis_client().set(QUARANTINE + worker, request_id, ex=DEATHS_TTL_S)


def clear(worker: str) -> None:
    """Take the name back: the worker survived it."""
    redis_client().delete(QUARANTINE + worker)


def reset(request_id: str) -> None:
    """Reset the crash count of a request that shall be tried again."""
    redis_client().hdel(CRASHES, request_id)


def crash_counts(request_ids: Sequence[str]) -> dict[str, int]:
    """Return how many workers each request has ended while it was answered alone."""
    if not request_ids:
        return {}
    counts = cast("list[bytes | None]", redis_client().hmget(CRASHES, list(request_ids)))
    return {key: _count(value) for key, value in zip(request_ids, counts, strict=True)}


def _count(value: bytes | None) -> int:
    """Return a crash count; what is none counts as nothing."""
    return int(value) if value and value.isdigit() and len(value) <= MAX_DIGITS else 0
