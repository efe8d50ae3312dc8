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
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, g, json, request
from flask_smorest import Api
from marshmallow import Schema, ValidationError, fields
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.http.field_errors import MOST_ROWS, nested_rows_of, rows_of

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

PROBLEM = "application/problem+json"


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


class ProblemErrorSchema(Schema):
    """One field that was refused."""

    field = fields.String(required=True, metadata={"description": "where, with dots for nesting"})
    reason = fields.String(required=True, metadata={"description": "what was wrong, and what is right"})
    value = fields.Raw(
        required=True, allow_none=True, metadata={"description": "what was sent, shortened; null for nothing"}
    )
    allowed = fields.List(fields.Raw(), metadata={"description": "the values that are allowed"})


class ProblemSchema(Schema):
    """RFC 9457 problem details, the body of every error."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    message = fields.String(required=True, metadata={"description": "the same as `detail`"})
    instance = fields.String(required=True, metadata={"description": "path of the request"})
    request_id = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "stable, for machines"})
    errors = fields.List(fields.Nested(ProblemErrorSchema), required=True)

    def __deepcopy__(self, memo: dict[int, Any]) -> ProblemSchema:
        """Return itself, which nobody changes.

        flask-smorest copies a route's documents once per decorator, and each route documents some
        ten errors: copying their schemas took a tenth of every process's start.
        """
        return self


TITLES = {460: "Checksum Mismatch", 499: "Client Closed Request"}


def problem(error: AssayError, **members: Any) -> Response:
    """Return an error as an `application/problem+json` response, with further members where given."""
    body = {
        "type": f"urn:assay:problem:{error.code}",
        "title": TITLES.get(error.status) or HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "message": error.detail,  # what many clients read
        "instance": request.path,
        "request_id": g.get("request_id", ""),
        "code": error.code,
        "errors": error.errors,
        **members,
    }
    response = Response(json.dumps(body), error.status, content_type=PROBLEM)
    response.headers.update(error.headers)
    response.headers["Cache-Control"] = "no-store"
    if error.retry_after_s:
        response.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == Unauthorized.status:
        response.headers.setdefault("WWW-Authenticate", 'Bearer realm="assay"')
    return response


def summed_up(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the one sentence about refused fields."""
    names = ", ".join(dict.fromkeys(row["field"] for row in rows))
    if len(rows) == 1:
        return f"1 problem in: {names}; `errors` says what is wrong."
    first = "The first " if len(rows) >= MOST_ROWS else ""
    return f"{first}{len(rows)} problems in: {names}; `errors` says what is wrong with each."


def refused(error: ValidationError, schema: Schema, *, path: str = "") -> Invalid:
    """Return the problem of what a schema refused, with `path` before the places of its fields."""
    rows = rows_of(error, schema, path=path)
    return Invalid(summed_up(rows), code="invalid_fields", errors=rows)


def from_http(error: HTTPException) -> AssayError:
    """Return Werkzeug's, Flask's or webargs' exception as one of ours."""
    data = getattr(error, "data", None) or {}
    cause = getattr(error, "exc", None)  # webargs' way
    rows = nested_rows_of(cause, data["schema"]) if isinstance(cause, ValidationError) else []
    detail = summed_up(rows) if rows else error.description or error.name
    code = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    answer = AssayError(detail, errors=rows)
    answer.status = error.code or 500
    answer.code = "invalid_fields" if rows else code.get(answer.status, error.name.lower().replace(" ", "_"))
    answer.headers = {k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After", "Content-Range"}}
    return answer


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, answering and documenting RFC 9457 problems."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer what Flask, Werkzeug or webargs raised."""
        original = getattr(error, "original_exception", None)
        if original is not None:
            return unexpected(original)
        return problem(from_http(error))


def unexpected(error: BaseException) -> Response:
    """Answer what nobody foresaw: the class is logged, the message stays here."""
    if isinstance(error, RecursionError):  # json nested deeper than the parser can follow
        return problem(BadRequest("The body is nested too deeply; 20 levels are allowed."))
    log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return problem(AssayError("Something went wrong here; the request id finds it in our logs."))


def database_error(error: DBAPIError | PoolTimeout) -> Response:
    """Answer 503 while PostgreSQL is away, 500 for what is our own fault."""
    away = isinstance(error, OperationalError | PoolTimeout) or getattr(
        error, "connection_invalidated", False
    )
    if not away:
        return unexpected(error)
    log.warning("database_unavailable", error=type(error).__name__)
    return problem(Unavailable("The database does not answer; nothing was changed by this request."))


def redis_error(error: RedisError) -> Response:
    """Answer 503 while Redis is away or full."""
    log.warning("redis_unavailable", error=type(error).__name__)
    return problem(Unavailable("The queue does not answer; try again shortly."))


def init_app(app: Flask) -> None:
    """Answer every failure of an app with a problem."""
    app.register_error_handler(AssayError, problem)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(PoolTimeout, database_error)
    app.register_error_handler(RedisError, redis_error)
