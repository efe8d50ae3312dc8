"""Answers that are given again: a repeated realtime question gets the earlier job's id and result.

PostgreSQL stays the truth: an answer found in the store is given only while its job's row is there, is the
caller's and has succeeded. So an erased, an expired or a lost row (a backup put back) is never shown,
whatever is left in the store. An answer is the owner's alone, for it carries the id of a job of his.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import structlog
from flask import g, request
from prometheus_client import Counter
from redis.exceptions import RedisError
from sqlalchemy import select

from app.extensions import db, settings
from app.jobs import deletion_hooks, retention
from app.jobs.models import Job
from app.jobs.queue import messages
from app.jobs.queue.messages import BadSignature, Outcome
from app.jobs.realtime.answer_stores import ENTRY, store
from app.model_versions import selection
from app.system import State, systems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

log = structlog.get_logger()

LOOKUPS = Counter("assay_cache_lookups", "Look-ups for earlier answers.", ["system", "result"])

DAY_S = 86_400


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
    data = messages.sign(b"cache", entry)
    try:
        kept = store().keep(key, data, outcome.id, ttl_s=_ttl_s(question.system))
    except RedisError as error:
        log.warning("answer_not_kept", error=type(error).__name__)
        return
    if kept:
        g.cache_status += "; stored"


def forget(jobs: Sequence[Job]) -> None:
    """Kill what is kept of jobs that are erased or expire.

    Redis being away stops no erasure: what is left there is not given without the job's row, and
    its time ends by itself.
    """
    try:
        store().forget([job.id for job in jobs])
    except RedisError as error:
        log.warning("answers_not_forgotten", jobs=len(jobs), error=type(error).__name__)


def holds(job_id: UUID) -> bool:
    """Say whether an answer of a job is kept here; False while Redis is away, where none is given out."""
    try:
        return store().holds(job_id)
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
        data = store().get(key)
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
    store().drop(key)
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
