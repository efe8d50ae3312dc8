"""Errors as answers: application/problem+json, whatever raised them."""

from __future__ import annotations

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

from app.http.errors import AssayError, BadRequest, Unauthorized, Unavailable, summed_up
from app.http.field_errors import nested_rows_of

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()
PROBLEM = "application/problem+json"


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
