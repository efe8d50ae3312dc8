"""Short-lived links to event streams: a browser's EventSource can send no header with a key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import request
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.auth.principals import Principal
from app.extensions import settings
from app.http.errors import Unauthorized

if TYPE_CHECKING:
    from uuid import UUID

STREAM = "jobs.follow_job"  # the one endpoint that takes such a token
LIFE_S = 900
ANEW_S = LIFE_S // 2  # after which what shows a token counts as changed
MOST_CHARACTERS = 1000


def sent_token() -> str | None:
    """Return the token of a request for an event stream that brings no key."""
    if request.endpoint != STREAM or "Authorization" in request.headers:
        return None
    return request.args.get("token")


def token_of(job_id: UUID, principal: Principal, key_id: str) -> str:
    """Return what lets its bearer follow one job for a quarter of an hour, as a principal by a key."""
    return _serializer().dumps([str(job_id), principal.name, principal.role, key_id])


def period() -> int:
    """Return the number of the present half of a life: a token shown in it is good for as long again."""
    return int(time.time()) // ANEW_S


def read(token: str, job_id: UUID) -> tuple[Principal, str]:
    """Return for whom a token was made, and by which key.

    Raises:
        Unauthorized: it is not ours, is another job's, or its time is over.

    """
    try:
        named, name, role, key_id = _claims_of(token[:MOST_CHARACTERS])
    except SignatureExpired:
        raise Unauthorized("The link to this stream has expired; the job has a new one.") from None
    except (BadSignature, ValueError, TypeError):
        raise Unauthorized("The token of this stream is not valid; see the job's `links.events`.") from None
    if named != str(job_id):
        raise Unauthorized("The token is another job's; this job's `links.events` has its own.")
    return Principal(name, role), key_id


def _claims_of(token: str) -> Any:
    return _serializer().loads(token, max_age=LIFE_S)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="assay event stream")
