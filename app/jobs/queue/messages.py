"""What travels through the realtime lane: signed micro-batches of requests, and their replies.

Keys, all short-lived:
  assay:envelope:<batch id>     a signed envelope, until its requests are committed
  assay:reply:<web process>     a list, read by that process's one listener
  assay:left:<batch id>         the set of its requests whose callers hung up, each signed
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
import structlog
from uuid_utils.compat import uuid7

from app.extensions import redis_client, settings
from app.jobs.queue import rq

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")

log = structlog.get_logger()

ENVELOPE = "assay:envelope:"
REPLY = "assay:reply:"
LEFT = "assay:left:"
REPLY_TTL_S = 60


class Request(msgspec.Struct, frozen=True):
    """One question of the realtime lane; it is also all that its job row will say.

    `stored` says that the row was there before: where it is not any more, its owner has erased it.
    """

    id: UUID
    owner: str
    system: str
    task: str
    input: Any
    options: Any
    request_id: str
    attempt: int = 0
    stored: bool = False


class Envelope(msgspec.Struct, frozen=True):
    """Requests that one process had waiting at one moment, `born`, in seconds since 1970.

    It names its own ticket and its time, so that a copy of it is worth nothing later or elsewhere.
    """

    batch_id: str
    reply_to: str
    requests: list[Request]
    born: float


class Outcome(msgspec.Struct, frozen=True):
    """How one request ended: a stored result, or a stored reason why there is none."""

    id: UUID
    state: str
    result: Any = None
    model_version: str | None = None
    finished_at: str | None = None
    code: str | None = None
    detail: str | None = None


class Reply(msgspec.Struct, frozen=True):
    """The outcomes that one web process waits for."""

    outcomes: list[Outcome]


class BadSignature(Exception):
    """Raised when bytes in Redis do not carry our signature, or are no document of this release."""


def mac(purpose: bytes, body: bytes) -> bytes:
    """Return the HMAC of bytes in hex, bound to what they are for."""
    key = hmac.digest(settings().secret_key.encode(), b"assay " + purpose, "sha256")
    return hmac.digest(key, body, hashlib.sha256).hex().encode()


def sign(purpose: bytes, document: msgspec.Struct) -> bytes:
    """Return a document with its signature."""
    body = msgspec.json.encode(document)
    return mac(purpose, body) + b"." + body


def verify(purpose: bytes, data: bytes, kind: type[T]) -> T:
    """Return a sealed document; raise BadSignature when it was not sealed by us, in this form, for this."""
    signature, _, body = data.partition(b".")
    if not hmac.compare_digest(signature, mac(purpose, body)):
        raise BadSignature(f"{purpose.decode()} of {len(data)} bytes is not signed by us")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:  # of another release, still running or just gone
        raise BadSignature(f"{purpose.decode()} of {len(data)} bytes has another form: {error}") from None


class Departure(msgspec.Struct, frozen=True):
    """A request of one envelope for whose outcome nobody waits any more."""

    batch_id: str
    id: UUID


def departures(batch_id: str, items: Iterable[bytes]) -> set[UUID]:
    """Return the requests of an envelope whose callers hung up; what we did not write says nothing."""
    gone = set()
    for item in items:
        try:
            departure = verify(b"departure", item, Departure)
        except BadSignature as error:
            log.warning("departure_refused", reason=str(error)[:200])
            continue
        if departure.batch_id == batch_id:
            gone.add(departure.id)
    return gone


def send(requests: Sequence[Request], *, reply_to: str = "", born: float | None = None) -> str:
    """Put requests into the realtime lane as one RQ job; return the batch's id.

    Requests that are sent on keep the time at which they were `born`.

    Raises:
        redis.exceptions.RedisError: nothing was sent, or it is not known.

    """
    batch_id = str(uuid7())
    envelope = Envelope(batch_id, reply_to, list(requests), time.time() if born is None else born)
    pipeline = redis_client().pipeline(transaction=True)
    pipeline.set(ENVELOPE + batch_id, sign(b"envelope", envelope), ex=settings().envelope_ttl_s)
    rq.enqueue(
        rq.REALTIME_QUEUE,
        rq.PERFORM_MANY,
        batch_id,
        timeout_s=settings().envelope_ttl_s,
        pipeline=pipeline,
    )
    pipeline.execute()
    return batch_id
