"""Answers that are given again: a repeated realtime question gets the earlier job's id and result.

Keys, all of them with a TTL:
  assay:cache:<digest>   a sealed answer; the digest is keyed, and says nothing of what was asked
  assay:cached:<job id>  the key of that job's answer, or `erased`, after which nothing is kept of it
  assay:cache            the ids of answered jobs by age: the oldest make room

PostgreSQL stays the truth: an answer found here is given only while its job's row is there, is the
caller's and has succeeded. So an erased, an expired or a lost row (a backup put back) is never shown,
whatever is left in Redis. An answer is the owner's alone, for it carries the id of a job of his.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec
import structlog
from flask import g, request
from prometheus_client import Counter
from redis.exceptions import RedisError
from sqlalchemy import select

from app.extensions import db, redis_client, settings
from app.jobs import deletion_hooks, retention
from app.jobs.models import Job
from app.jobs.queue import messages
from app.jobs.queue.messages import BadSignature, Outcome
from app.model_versions import selection
from app.system import State, systems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

log = structlog.get_logger()

LOOKUPS = Counter("assay_cache_lookups", "Look-ups for earlier answers.", ["system", "result"])

ENTRY = "assay:cache:"
OF_JOB = "assay:cached:"
INDEX = "assay:cache"
ERASED = "erased"
ERASED_TTL_S = 120  # longer than an answer may be on its way to a web process
DAY_S = 86_400

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


class Entry(msgspec.Struct, frozen=True):
    """An answer as it is kept; it names its own key, so that it is worth nothing under another."""

    key: str
    job_id: UUID
    result: Any
    model_version: str
    finished_at: str


def find(question: messages.Request) -> Outcome | None:
    """Return the earlier outcome of the same question, None where there is none to be given.

    Redis being away is a miss: the lane says what there is to say of that.
    """
    key = _key(question, selection.choose(question.system, question.id))
    if key is None:
        return None
    if request.cache_control.no_cache or request.cache_control.no_store:
        _note(question, "bypass", "fwd=request")
        return None
    entry = _load(key)
    if entry is None or not _stands(entry.job_id, question.owner):
        _note(question, "miss", "fwd=miss")
        return None
    _note(question, "hit", "hit")
    return Outcome(
        entry.job_id,
        State.SUCCEEDED,
        result=entry.result,
        model_version=entry.model_version,
        finished_at=entry.finished_at,
    )


def keep(question: messages.Request, outcome: Outcome) -> None:
    """Keep a successful outcome for the next one who asks the same.

    It is kept for the version that did answer: while settings change, a worker may choose another.
    """
    version = outcome.model_version or selection.NONE
    key = _key(question, version)
    if key is None or request.cache_control.no_store:
        return
    entry = Entry(key, outcome.id, outcome.result, version, outcome.finished_at or "")
    keys = (key, OF_JOB + str(outcome.id), INDEX)
    facts = (
        _ttl_s(question.system),
        str(outcome.id),
        int(time.time()),
        settings().cache_entries,
        ERASED,
        OF_JOB,
        ENTRY,
    )
    try:
        kept = redis_client().eval(KEEP, len(keys), *keys, messages.sign(b"cache", entry), *facts)
    except RedisError as error:
        log.warning("answer_not_kept", error=type(error).__name__)
        return
    if kept:
        g.cache_status += "; stored"


def forget(jobs: Sequence[Job]) -> None:
    """Kill what is kept of jobs that are erased or expire, in one round trip.

    Redis being away stops no erasure: what is left there is not given without the job's row, and
    its time ends by itself.
    """
    try:
        pipeline = redis_client().pipeline(transaction=False)
        for job in jobs:
            keys = (OF_JOB + str(job.id), INDEX)
            pipeline.eval(FORGET, len(keys), *keys, ERASED, ERASED_TTL_S, str(job.id), ENTRY)
        pipeline.execute(raise_on_error=False)
    except RedisError as error:
        log.warning("answers_not_forgotten", jobs=len(jobs), error=type(error).__name__)


def holds(job_id: UUID) -> bool:
    """Say whether an answer of a job is kept here; False while Redis is away, where none is given out."""
    try:
        key = cast("bytes | None", redis_client().get(OF_JOB + str(job_id)))
        return key is not None and key.decode() != ERASED and bool(redis_client().exists(key))
    except RedisError as error:
        log.warning("cache_unread", error=type(error).__name__)
        return False


def _key(question: messages.Request, version: str) -> str | None:
    """Return the key of a question's answer by one version, None where none may be kept."""
    system = systems()[question.system]
    if not _ttl_s(system.name) or not system.task(question.task).cacheable:
        return None
    if version not in selection.versions_of(system.worker):
        return None  # without a card nobody knows which model it was
    given = hashlib.sha256(_canonical(question.input)).hexdigest()
    model = selection.card(system.worker, version)["sha256"]
    asked = [question.owner, question.system, question.task, version, model, question.options, given]
    return ENTRY + messages.mac(b"cache key", _canonical(asked)).decode()


def _canonical(document: Any) -> bytes:
    """Return the one form of a JSON document, whatever order its members came in."""
    return msgspec.json.encode(document, order="sorted")


def _ttl_s(system: str) -> int:
    """Return the life of a system's answer in seconds: never longer than that of its job."""
    return min(settings().cache_ttl_s, retention.results_days(system) * DAY_S)


def _load(key: str) -> Entry | None:
    """Return what is kept under a key; what we did not put there is thrown away."""
    try:
        data = cast("bytes | None", redis_client().get(key))
        return _open(key, data) if data is not None else None
    except RedisError as error:
        log.warning("cache_unread", error=type(error).__name__)
        return None


def _open(key: str, data: bytes) -> Entry | None:
    """Return a sealed answer if it is of this key."""
    reason = "an answer to another question"
    try:
        entry = messages.verify(b"cache", data, Entry)
        if entry.key == key:
            return entry
    except BadSignature as error:
        reason = str(error)[:200]
    log.warning("cached_answer_refused", reason=reason)
    redis_client().delete(key)
    return None


def _stands(job_id: UUID, owner: str) -> bool:
    """Say whether a job is still there, its owner's, and succeeded."""
    row = select(Job.id).where(Job.id == job_id, Job.owner == owner, Job.state == State.SUCCEEDED)
    with db.engine.connect() as connection:  # given back before a miss waits for the lane
        return connection.execute(row).one_or_none() is not None


def _note(question: messages.Request, result: str, status: str) -> None:
    """Count a look-up, and have the answer say it in the words of RFC 9211."""
    LOOKUPS.labels(question.system, result).inc()
    g.cache_status = f"assay; {status}"


def _say(response: Response) -> Response:
    """Add what was noted to an answer."""
    if "cache_status" in g:
        response.headers["Cache-Status"] = g.cache_status
    return response


def init_app(app: Flask) -> None:
    """Have an app's answers say where they came from, and erased jobs leave nothing here."""
    app.after_request(_say)
    deletion_hooks.register_shared(app, forget)
