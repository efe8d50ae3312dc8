"""The Idempotency-Key: a request that is sent again gets the job that the first one made."""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response, g, request
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app.auth.service import owner
from app.extensions import db
from app.http.errors import AssayError, BadRequest, ClientGone, Conflict, Invalid, Unavailable
from app.jobs.models import IdempotencyKey, Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
ABANDONED = timedelta(seconds=60)  # age of a key without a job at which its first request has died


@dataclass(frozen=True)
class Claim:
    """The id that a request's Idempotency-Key stands for, of a job or an upload, and what it made before."""

    job_id: UUID | None
    earlier: Job | None = None  # or an upload, where `made` said so

    def repoint(self, job_id: UUID) -> None:
        """Let the key stand for the job that answered instead of one that was never made.

        Sent again, it is answered by that job for as long as it is there, also when the cache has forgotten.
        """
        if self.job_id is not None:
            _change(self.job_id, {"job_id": job_id})


@contextmanager
def claim_key(body: bytes | None = None, *, made: Any = Job.id) -> Iterator[Claim]:
    """Bind the caller's Idempotency-Key, if there is one, to a job id on this route and to `body`.

    `made` is the column in which the id will stand, where something else than a job is made.

    `body` is the request's own where None. A request that is refused before there is a job frees its key;
    of one that was given up, whose job may be made yet, the next request with the key takes over the job id.

    Raises:
        BadRequest: the key is no key.
        Invalid: it came before with another body.
        Conflict: the request that brought it is still being answered.

    """
    claim = _claim(body, made)
    try:
        yield claim
    except (ClientGone, Unavailable):
        if claim.job_id is not None:
            db.session.rollback()
            _change(claim.job_id, {"created_at": func.now() - ABANDONED - timedelta(seconds=1)})
        raise
    except AssayError:
        if claim.job_id is not None:
            forget(claim.job_id, made=made)
        raise


def _claim(body: bytes | None, made: Any) -> Claim:
    """Return what the caller's key stands for; a request without one has its body read no second time."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Claim(None)
    if not KEY.match(key):
        raise BadRequest("Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.")
    digest = hashlib.sha256(_own_body() if body is None else body).hexdigest()
    route = f"{request.method} {request.path}"
    row = {"owner": owner(), "route": route, "key": key, "body_sha256": digest, "job_id": uuid7()}
    statement = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.job_id)
    fresh = db.session.scalar(statement)
    db.session.commit()
    if fresh is not None:
        return Claim(fresh)
    earlier = db.session.get(IdempotencyKey, (row["owner"], route, key), populate_existing=True)
    return _claimed_before(earlier, key, digest, made)


def _claimed_before(row: IdempotencyKey | None, key: str, digest: str, made: Any) -> Claim:
    """Return the job of a key that came before, or the id of one that was not made in time."""
    if row is not None and row.body_sha256 != digest:
        raise Invalid(
            f"Idempotency-Key {key!r} was used with another body; use a new key for a new request.",
            code="idempotency_key_reused",
        )
    job = row and _made(made, row.job_id)
    if row is not None and job is None and _take_over(row.job_id):
        return Claim(row.job_id)
    if row is None or job is None:
        raise Conflict(
            "A request with this Idempotency-Key is still being answered; try again shortly.",
            code="idempotency_key_in_flight",
            retry_after_s=1,
        )
    g.idempotency_replayed = True
    return Claim(row.job_id, job)


def _made(column: Any, made_id: UUID) -> Any:
    """Return what was made under an id, None where nothing was."""
    query = select(column.class_).where(column == made_id).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def _take_over(job_id: UUID) -> bool:
    """Take over a key whose first request died before it made a job."""
    abandoned = (
        update(IdempotencyKey)
        .where(IdempotencyKey.job_id == job_id, IdempotencyKey.created_at < func.now() - ABANDONED)
        .values(created_at=func.now())
        .returning(IdempotencyKey.job_id)
    )
    taken = db.session.scalar(abandoned)
    db.session.commit()
    return taken is not None


def _change(job_id: UUID, columns: dict[str, Any]) -> None:
    """Change the key that stands for a job."""
    db.session.execute(update(IdempotencyKey).where(IdempotencyKey.job_id == job_id).values(columns))
    db.session.commit()


def forget(job_id: UUID, *, made: Any = Job.id) -> None:
    """Free a key whose request was refused, unless a job was made, by a request that took the key over."""
    db.session.rollback()
    there = exists().where(made == IdempotencyKey.job_id)
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.job_id == job_id, ~there))
    db.session.commit()


def _own_body() -> bytes:
    """Return the request's body; JSON in one form, whatever white space and order it came in."""
    data = request.get_data()
    try:
        return msgspec.json.encode(msgspec.json.decode(data), order="sorted") if request.is_json else data
    except msgspec.MsgspecError:
        return data


def _say_replayed(response: Response) -> Response:
    """Say of an answer that an earlier request with the same key was answered by it."""
    if g.get("idempotency_replayed"):
        response.headers["Idempotency-Replayed"] = "true"
    return response


def init_app(app: Flask) -> None:
    """Have an app's answers say that they are repeated."""
    app.after_request(_say_replayed)
