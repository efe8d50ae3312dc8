"""A caller's key to a language model: encrypted in Redis for a short time, read once, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import cast
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from flask import request

from app.extensions import redis_client, settings
from app.http.errors import Invalid
from app.jobs.queue import messages

HEADER = "X-Anthropic-API-Key"
KEY = "assay:chat:credential:"
TTL_S = 300  # longer than a message waits and is tried; a key that nobody took is gone then
_FORM = re.compile(r"[\x21-\x7e]{8,300}")


def sent() -> str | None:
    """Return the request's key; raise Invalid, without saying it, where it cannot be one."""
    key = request.headers.get(HEADER)
    if not key:
        return None
    if not _FORM.fullmatch(key):
        raise Invalid(
            f"{HEADER} has {len(key)} characters, or a blank among them; a key has 8 to 300 and no blank.",
            code="invalid_key",
        )
    return key


def fingerprint(key: str) -> str:
    """Return what tells keys apart and says nothing of them."""
    return messages.mac(b"chat credential", key.encode()).decode()


def put(job_id: UUID, key: str) -> None:
    """Keep a key for one job."""
    redis_client().set(KEY + str(job_id), _fernet(job_id).encrypt(key.encode()), ex=TTL_S)


def take(job_id: UUID) -> str | None:
    """Return a job's key and remove it; None where it was taken before, or is too old."""
    sealed = cast("bytes | None", redis_client().getdel(KEY + str(job_id)))
    if sealed is None:
        return None
    try:
        return _fernet(job_id).decrypt(sealed, ttl=TTL_S).decode()
    except InvalidToken:
        return None


def drop(job_id: UUID) -> None:
    """Remove a key that no job will take."""
    redis_client().delete(KEY + str(job_id))


def _fernet(job_id: UUID) -> Fernet:
    """Return the cipher of one job: its key follows from ours, and from nothing that lies in Redis alone."""
    seed = hashlib.sha256(b"assay chat credential\0" + settings().secret_key.encode() + job_id.bytes).digest()
    return Fernet(base64.urlsafe_b64encode(seed))
