"""Canaries: the proof that a lane's workers still take what is put into their queue.

The clock puts one into each lane every few seconds: an empty envelope, and a
job with the nil id. A worker that meets one writes the time down. A lane whose
last canary is too old is not ready, even if its workers say that they live.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import msgspec
import structlog
from redis.exceptions import RedisError

from app.extensions import redis_client, settings
from app.jobs.queue import messages, rq
from app.system import Lane, Priority

log = structlog.get_logger()

NIL = UUID(int=0)
CANARY = "assay:canary:"
CLOCK = "assay:clock"
WORKERS = "assay:workers:"  # + lane: a hash of worker name -> Sign
SIGN_TTL_S = 15.0


class Heartbeat(msgspec.Struct, frozen=True):
    """One worker's sign of life; `models` maps each system it serves to its model's live versions."""

    at: float
    pid: int
    host: str
    busy: bool
    models: dict[str, str]


@dataclass(frozen=True)
class LaneHealth:
    """How a lane is: its live workers, and the age of its last canary in seconds."""

    workers: tuple[Heartbeat, ...]
    canary_age_s: float | None

    @property
    def is_ready(self) -> bool:
        """Say whether something put into the lane now would be taken."""
        fresh = self.canary_age_s is not None and abs(self.canary_age_s) < settings().canary_stale_s
        return bool(self.workers) and (fresh or all(beat.busy for beat in self.workers))


def send() -> None:
    """Put a canary into each lane, unless one still waits there."""
    if not rq.waiting_count(rq.REALTIME_QUEUE):
        messages.send([])
    name = rq.BATCH_QUEUES[Priority.INTERACTIVE]
    if str(NIL) not in rq.waiting_ids(name):
        rq.enqueue(name, rq.PERFORM, str(NIL), timeout_s=60)


def record_probe(lane: Lane) -> None:
    """Write down that a lane's worker took a canary now."""
    redis_client().set(CANARY + lane, str(time.time()), ex=600)


def record_heartbeat(lane: Lane, worker: str, state: Heartbeat) -> None:
    """Write down that a worker lives."""
    redis_client().hset(WORKERS + lane, worker, msgspec.json.encode(state))


def sign_off(lane: Lane, worker: str) -> None:
    """Take a worker off the list; when Redis is away its sign grows old by itself."""
    try:
        redis_client().hdel(WORKERS + lane, worker)
    except RedisError:
        return


def health(lane: Lane) -> LaneHealth:
    """Return how a lane is; signs too old to count are cleared away."""
    client, now = redis_client(), time.time()
    signs = cast("dict[bytes, bytes]", client.hgetall(WORKERS + lane))
    live = {name: state for name, data in signs.items() if (state := _read(data, now)) is not None}
    old = signs.keys() - live.keys()
    if old:
        client.hdel(WORKERS + lane, *old)
    return LaneHealth(tuple(live.values()), _canary_age_s(lane, now))


def _read(data: bytes, now: float) -> Heartbeat | None:
    """Return a sign of life, None where it is too old to count, or none of this release."""
    try:
        state = msgspec.json.decode(data, type=Heartbeat)
    except (msgspec.MsgspecError, ValueError) as error:  # UnicodeDecodeError is a ValueError
        log.warning("sign_refused", reason=str(error)[:200])
        return None
    return state if abs(now - state.at) <= SIGN_TTL_S else None


def _canary_age_s(lane: Lane, now: float) -> float | None:
    """Return the age of a lane's last canary in seconds; what is no time is removed."""
    last_probe = cast("bytes | None", redis_client().get(CANARY + lane))
    try:
        return now - float(last_probe) if last_probe is not None else None
    except ValueError:
        log.warning("canary_refused", lane=lane)
        redis_client().delete(CANARY + lane)
        return None
