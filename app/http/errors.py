"""The error tree, and the one body that every failure of every route is answered with.

AssayError
  Invalid (422)
  BadRequest (400)        Unauthorized (401)      Forbidden (403)
  NotFound (404)          Conflict (409)          Gone (410)
  LengthRequired (411)    PreconditionFailed (412)
  TooLarge (413)          UnsupportedType (415)
  RequestTimeout (408)    Misdirected (421)
  Locked (423)            ChecksumMismatch (460)
  TooMany (429)           Unavailable (503)
  TaskError: what a task says of its own input (permanent)
  Transient: what may pass by itself (tried again)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError

from app.http.field_errors import MOST_ROWS, rows_of


class AssayError(Exception):
    """The root of the tree; `code` is for machines, the message for people."""

    status = 500
    code = "internal"
    retry_after_s: int | None = None

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Iterable[Mapping[str, Any]] = (),
        retry_after_s: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.errors = [dict(error) for error in errors]
        self.retry_after_s = retry_after_s or self.retry_after_s
        self.headers = dict(headers or {})


class BadRequest(AssayError):
    """Raised when a request cannot be understood."""

    status, code = 400, "bad_request"


class Unauthorized(AssayError):
    """Raised when a request says nothing, or nothing true, about who sends it."""

    status, code = 401, "unauthorized"


class Forbidden(AssayError):
    """Raised when a known caller may not do this."""

    status, code = 403, "forbidden"


class NotFound(AssayError):
    """Raised when there is no such thing, or none that the caller may see."""

    status, code = 404, "not_found"


class Conflict(AssayError):
    """Raised when the state of a thing does not allow what is asked."""

    status, code = 409, "conflict"


class Gone(AssayError):
    """Raised when a thing was there and its time is over."""

    status, code = 410, "expired"


class RequestTimeout(AssayError):
    """Raised when a body takes longer to come than it may."""

    status, code = 408, "request_timeout"


class LengthRequired(AssayError):
    """Raised when a body does not say how long it is, and so cannot be held to a limit."""

    status, code = 411, "length_required"


class TooLarge(AssayError):
    """Raised when a body or a file has more bytes than may be."""

    status, code = 413, "too_large"


class PreconditionFailed(AssayError):
    """Raised when a request speaks another version of a protocol."""

    status, code = 412, "precondition_failed"


class UnsupportedType(AssayError):
    """Raised when a body is not of a type that the route reads."""

    status, code = 415, "unsupported_media_type"


class Misdirected(AssayError):
    """Raised when a request names a host that is not served here."""

    status, code = 421, "misdirected"


class Invalid(AssayError):
    """Raised when a request is understood and cannot be accepted."""

    status, code = 422, "invalid"


class Locked(AssayError):
    """Raised when another request is writing the same thing."""

    status, code = 423, "locked"


class ChecksumMismatch(AssayError):
    """Raised when a body is not what its checksum says; the status is the tus protocol's own."""

    status, code = 460, "checksum_mismatch"


class TooMany(AssayError):
    """Raised when as much is waiting as may wait."""

    status, code, retry_after_s = 429, "too_many", 5


class ClientGone(AssayError):
    """Raised when the caller hung up before there was an answer; nobody reads it."""

    status, code = 499, "client_gone"


class Unavailable(AssayError):
    """Raised when something that the answer needs is down."""

    status, code, retry_after_s = 503, "unavailable", 5


class TaskError(AssayError):
    """Raised by a task whose input can never succeed; the job fails at once."""

    status, code = 422, "task_failed"


class Transient(AssayError):
    """Raised by a task when trying again later may help."""

    status, code = 503, "transient"


def refused(error: ValidationError, schema: Schema, *, path: str = "") -> Invalid:
    """Return the problem of what a schema refused, with `path` before the places of its fields."""
    rows = rows_of(error, schema, path=path)
    return Invalid(summed_up(rows), code="invalid_fields", errors=rows)


def summed_up(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the one sentence about refused fields."""
    names = ", ".join(dict.fromkeys(row["field"] for row in rows))
    if len(rows) == 1:
        return f"1 problem in: {names}; `errors` says what is wrong."
    first = "The first " if len(rows) >= MOST_ROWS else ""
    return f"{first}{len(rows)} problems in: {names}; `errors` says what is wrong with each."
