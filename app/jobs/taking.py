"""Taking envelopes so that a worker's death loses none: processing lists, signs of life, deaths.

Keys:
  assay:processing:<worker>  tickets taken and not yet committed
  assay:alive:<worker>       set while the worker lives; gone some seconds after it does not
  assay:takers               names of the workers that may have a processing list
  assay:suspect:<worker>     the request that the worker answers alone at the moment
  assay:deaths               hash: ticket or request id -> workers that died with it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import structlog

from app.extensions import redis_client, settings
from app.jobs import envelopes, queues

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger()

QUEUE = "rq:queue:" + queues.REALTIME_QUEUE
PROCESSING = "assay:processing:"
ALIVE = "assay:alive:"
TAKERS = "assay:takers"
SUSPECT = "assay:suspect:"
DEATHS = "assay:deaths"
DEATHS_TTL_S = 3600

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
    """Move up to `most` waiting tickets into a worker's processing list; wait for the first."""
    client, own = redis_client(), PROCESSING + worker
    first = client.blmove(QUEUE, own, block_s, "LEFT", "RIGHT")
    if first is None:
        return []
    pipeline = client.pipeline(transaction=False)
    for _ in range(most - 1):
        pipeline.lmove(QUEUE, own, "LEFT", "RIGHT")
    found = [first, *(ticket for ticket in pipeline.execute() if ticket is not None)]
    return [cast("bytes", ticket).decode("utf-8", "replace") for ticket in found]


def keep(worker: str) -> None:
    """Say that a worker lives, so that what it took stays its own."""
    pipeline = redis_client().pipeline(transaction=False)
    pipeline.set(ALIVE + worker, 1, px=int(settings().realtime_stale_s * 1000))
    pipeline.sadd(TAKERS, worker)
    pipeline.execute()


def release(worker: str, tickets: Sequence[str]) -> None:
    """Let tickets go whose requests are committed."""
    pipeline = redis_client().pipeline(transaction=False)
    pipeline.delete(
        PROCESSING + worker,
        *(f"rq:job:{ticket}" for ticket in tickets),
        *(envelopes.ENVELOPE + ticket for ticket in tickets),
    )
    pipeline.hdel(DEATHS, *tickets)
    pipeline.execute()


def reclaim() -> int:
    """Give back what workers took that no longer live; return how many tickets."""
    client = redis_client()
    moved = 0
    for name in cast("set[bytes]", client.smembers(TAKERS)):
        worker = name.decode()
        keys = [ALIVE + worker, PROCESSING + worker, QUEUE, DEATHS, SUSPECT + worker, TAKERS]
        count = int(cast("int", client.eval(RECLAIM, len(keys), *keys, worker, DEATHS_TTL_S)))
        if count:
            log.warning("work_reclaimed", worker=worker, envelopes=count)
        moved += count
    return moved


def suspect(worker: str, request_id: str) -> None:
    """Name the request that a worker is about to answer alone."""
    redis_client().set(SUSPECT + worker, request_id, ex=DEATHS_TTL_S)


def acquit(worker: str) -> None:
    """Take the name back: the worker survived it."""
    redis_client().delete(SUSPECT + worker)


def pardon(request_id: str) -> None:
    """Forget the deaths of a request that shall be tried again."""
    redis_client().hdel(DEATHS, request_id)


def deaths_of(request_ids: Sequence[str]) -> dict[str, int]:
    """Return how many workers each request has ended while it was answered alone."""
    if not request_ids:
        return {}
    found = cast("list[bytes | None]", redis_client().hmget(DEATHS, list(request_ids)))
    return {key: int(value or 0) for key, value in zip(request_ids, found, strict=True)}
