"""Where answers are kept to be given again, behind one interface: Redis, or the memory of each process.

Keys of Redis, all of them with a TTL:
  assay:cache:<digest>   a sealed answer; the digest is keyed, and says nothing of what was asked
  assay:cached:<job id>  the key of that job's answer, or `erased`, after which nothing is kept of it
  assay:cache            the ids of answered jobs by age: the oldest make room
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from app.extensions import OnePerProcess, redis_client, settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask import Flask

ENTRY = "assay:cache:"
OF_JOB = "assay:cached:"
INDEX = "assay:cache"
ERASED = "erased"
ERASED_TTL_S = 120  # longer than an answer may be on its way to a web process

# One step each, so that an answer cannot be kept between its erasure's two halves.
KEEP = """
if redis.call('GET', KEYS[2]) == ARGV[6] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('SET', KEYS[2], KEYS[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[4] - ARGV[2])
local over = redis.call('ZCARD', KEYS[3]) - ARGV[5]
if over > 0 then
  local old = redis.call('ZPOPMIN', KEYS[3], over)
  for i = 1, #old, 2 do
    local key = redis.call('GET', ARGV[7] .. old[i])
    if key and string.sub(key, 1, #ARGV[8]) == ARGV[8] then redis.call('DEL', key) end
    redis.call('DEL', ARGV[7] .. old[i])
  end
end
return 1
"""
FORGET = """
local kind = redis.call('TYPE', KEYS[1]).ok
local key = kind == 'string' and redis.call('GET', KEYS[1])
if key and string.sub(key, 1, #ARGV[4]) == ARGV[4] then redis.call('DEL', key) end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[3])
return 1
"""


class AnswerStore(Protocol):
    """What keeps sealed answers by their keys, each of one job; all raise RedisError where Redis is away."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None where there is nothing."""

    def keep(self, key: str, data: bytes, job_id: UUID, *, ttl_s: int) -> bool:
        """Keep an answer for a time, and return whether it was: of an erased job none is."""

    def drop(self, key: str) -> None:
        """Throw away what is kept under a key."""

    def forget(self, job_ids: Sequence[UUID]) -> None:
        """Throw away the answers of jobs, and keep none of them that comes later."""

    def holds(self, job_id: UUID) -> bool:
        """Say whether an answer of a job is kept."""


class RedisStore:
    """Redis: one store for all processes."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None where there is nothing."""
        return cast("bytes | None", redis_client().get(key))

    def keep(self, key: str, data: bytes, job_id: UUID, *, ttl_s: int) -> bool:
        """Keep an answer for a time, and return whether it was: of an erased job none is."""
        keys = (key, OF_JOB + str(job_id), INDEX)
        facts = (ttl_s, str(job_id), int(time.time()), settings().cache_entries, ERASED, OF_JOB, ENTRY)
        return bool(redis_client().eval(KEEP, len(keys), *keys, data, *facts))

    def drop(self, key: str) -> None:
        """Throw away what is kept under a key."""
        redis_client().delete(key)

    def forget(self, job_ids: Sequence[UUID]) -> None:
        """Throw away the answers of jobs in one round trip, and keep none of them that comes later."""
        pipeline = redis_client().pipeline(transaction=False)
        for job_id in job_ids:
            keys = (OF_JOB + str(job_id), INDEX)
            pipeline.eval(FORGET, len(keys), *keys, ERASED, ERASED_TTL_S, str(job_id), ENTRY)
        pipeline.execute(raise_on_error=False)

    def holds(self, job_id: UUID) -> bool:
        """Say whether an answer of a job is kept."""
        key = cast("bytes | None", redis_client().get(OF_JOB + str(job_id)))
        return key is not None and key.decode() != ERASED and bool(redis_client().exists(key))


@dataclass(frozen=True)
class _Kept:
    """An answer in memory: whose it is and until when it is given, by the monotonic clock."""

    data: bytes
    job_id: UUID
    until_s: float


class MemoryStore:
    """The memory of one process, for a single web process; another one's answers are not seen.

    An answer that another process has erased is never given, for its job's row is gone; its bytes go with
    its time, or when it is asked for.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}  # the oldest first
        self._keys: dict[UUID, str] = {}
        self._erased: dict[UUID, float] = {}

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None where there is nothing."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if kept.until_s > time.monotonic():
                return kept.data
            self._remove(key)
            return None

    def keep(self, key: str, data: bytes, job_id: UUID, *, ttl_s: int) -> bool:
        """Keep an answer for a time, and return whether it was: of an erased job none is."""
        now = time.monotonic()
        with self._lock:
            self._tidy(now)
            if job_id in self._erased:
                return False
            self._remove(key)
            self._kept[key] = _Kept(data, job_id, now + ttl_s)
            self._keys[job_id] = key
            while len(self._kept) > self._most:
                self._remove(next(iter(self._kept)))
            return key in self._kept

    def drop(self, key: str) -> None:
        """Throw away what is kept under a key."""
        with self._lock:
            self._remove(key)

    def forget(self, job_ids: Sequence[UUID]) -> None:
        """Throw away the answers of jobs, and keep none of them that comes later."""
        now = time.monotonic()
        with self._lock:
            self._tidy(now)
            for job_id in job_ids:
                self._remove(self._keys.get(job_id, ""))
                self._erased[job_id] = now + ERASED_TTL_S

    def holds(self, job_id: UUID) -> bool:
        """Say whether an answer of a job is kept."""
        with self._lock:
            return job_id in self._keys

    def _remove(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._keys.pop(kept.job_id, None)

    def _tidy(self, now: float) -> None:
        """Remove the oldest answers and erasures whose time is over."""
        while self._kept and next(iter(self._kept.values())).until_s <= now:
            self._remove(next(iter(self._kept)))
        while self._erased and next(iter(self._erased.values())) <= now:
            self._erased.pop(next(iter(self._erased)))


def _make(app: Flask) -> AnswerStore:
    config = app.config["SETTINGS"]
    return MemoryStore(config.cache_entries) if config.cache == "memory" else RedisStore()


store = OnePerProcess(_make)
