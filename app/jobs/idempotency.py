"""The Idempotency-Key: a request that is sent again gets the job that the first one made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from flask import Response, g, request
from sqlalchemy import update

from app.extensions import db
from app.http.errors import BadRequest
from app.jobs import service
from app.jobs.models import IdempotencyKey

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from app.jobs.models import Job

KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


@dataclass(frozen=True)
class Once:
    """The job id that a request's Idempotency-Key stands for, and the job if it was made before."""

    job_id: UUID | None
    earlier: Job | None = None


def once(body: bytes | None = None) -> Once:
    """Return what the caller's Idempotency-Key stands for on this route.

    The key is bound to `body`, the request's own where None.

    Raises:
        BadRequest: the key is no key.
        Invalid: it came before with another body.
        Conflict: the request that brought it is still being answered.

    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Once(None)
    if not KEY.match(key):
        raise BadRequest("Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.")
    route = f"{request.method} {request.path}"
    job_id, fresh = service.remember_key(key, route=route, body=_own_body() if body is None else body)
    if fresh:
        return Once(job_id)
    earlier = service.settle_key(job_id)
    g.idempotency_replayed = True
    return Once(job_id, earlier)


def _own_body() -> bytes:
    """Return the request's body; JSON in one form, whatever white space and order it came in."""
    data = request.get_data()
    try:
        return msgspec.json.encode(msgspec.json.decode(data), order="sorted") if request.is_json else data
    except msgspec.MsgspecError:
        return data


def rebind(job_id: UUID | None, answered_by: UUID) -> None:
    """Let an Idempotency-Key that stands for a job not yet made stand for the one that answered instead.

    Sent again, it is answered by that job for as long as it is there, also when the cache has forgotten.
    """
    if job_id is None:
        return
    statement = update(IdempotencyKey).where(IdempotencyKey.job_id == job_id)
    db.session.execute(statement.values(job_id=answered_by))
    db.session.commit()


def _say_replayed(response: Response) -> Response:
    """Say of an answer that an earlier request with the same key was answered by it."""
    if g.get("idempotency_replayed"):
        response.headers["Idempotency-Replayed"] = "true"
    return response


def init_app(app: Flask) -> None:
    """Have an app's answers say that they are repeated."""
    app.after_request(_say_replayed)
