"""The OpenAPI document, kept true about errors, and Swagger UI out of its installed package."""

from __future__ import annotations

from copy import deepcopy
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask_smorest
import orjson
from flask import Blueprint as PlainBlueprint
from flask import Flask, Request, Response, render_template, send_from_directory
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser

from app.http.errors import PROBLEM, ProblemApi, ProblemSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.config import Settings

F = TypeVar("F", bound="Callable[..., Any]")

REASONS = {
    400: "the request cannot be understood",
    401: "no key, or none that is valid",
    403: "the key may not do this",
    404: "no such thing, or not yours",
    405: "no such method here",
    409: "its state does not allow this",
    408: "the body took too long to come",
    410: "its time is over",
    411: "the body does not say how long it is",
    412: "the request speaks another version of the protocol",
    413: "the body is too large",
    415: "the body is of another type",
    421: "the host is not served here",
    422: "a value is not acceptable",
    423: "another request is writing it",
    429: "as much waits as may wait",
    460: "the body is not what its checksum says",
    500: "a fault of ours",
    503: "something that the answer needs is down",
}
PAGES = PlainBlueprint(
    "docs", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)
SWAGGER = files("flask_swagger_ui") / "dist"


def _text(about: str, **schema: Any) -> dict[str, Any]:
    """Return a header of text with what it is about."""
    return {"description": about, "schema": {"type": "string", **schema}}


# What routes read beside path, query and body; `takes` says which route reads which.
REQUEST_HEADERS = {
    "X-Request-ID": _text("your id for this request: 1 to 64 of A-Z a-z 0-9 . _ - ; any other is replaced"),
    "X-Anthropic-API-Key": _text("a key of the caller's own to a language model; read once, kept nowhere"),
    "Prefer": _text("`wait=N` holds the answer back up to N seconds, `respond-async` not at all"),
    "Idempotency-Key": _text("a POST sent again with it makes nothing twice", pattern="^[!-~]{1,255}$"),
    "Accept-Language": _text("`ko` (the default) or `en`"),
    "Cache-Control": _text("`no-cache` asks for a new answer, `no-store` also for one that is not kept"),
    "If-None-Match": _text("the ETag of what you have already"),
    "Last-Event-ID": _text("the last event that you have seen", pattern="^[0-9]{1,9}$"),
    "Tus-Resumable": {"required": True, **_text("the version of tus that you speak", const="1.0.0")},
    "Upload-Length": {"required": True, **_text("bytes of the whole file", pattern="^[0-9]{1,15}$")},
    "Upload-Metadata": _text("`filename` and `system`, each with its value in Base64, a comma between them"),
    "Upload-Offset": {"required": True, **_text("where the body goes on", pattern="^[0-9]{1,15}$")},
    "X-HTTP-Method-Override": {
        "required": True,
        **_text("the method that is meant", enum=["PATCH", "HEAD", "DELETE"]),
    },
    "Upload-Checksum": _text("`sha256`, `sha1` or `md5`, and the body's digest in Base64"),
}
RESPONSE_HEADERS = {
    "X-Request-ID": _text("the request's id, as it stands in the logs"),
    "Location": _text("where the result will be"),
    "Retry-After": _text("seconds after which to ask again", pattern="^[0-9]+$"),
    "Preference-Applied": _text("the part of `Prefer` that was followed"),
    "WWW-Authenticate": _text("how to say who you are"),
    "ETag": _text("names this state of what is shown"),
    "Idempotency-Replayed": _text("`true` where an earlier request with this key was answered by this"),
    "Link": _text('the next page, as `<...>; rel="next"`'),
    "Cache-Status": _text("`assay; hit` for an earlier job's answer to the same question (RFC 9211)"),
    "Vary": _text("the request's headers that the answer depends on"),
    "Content-Disposition": _text("that it is a file, and its name"),
    "Tus-Version": _text("the versions of tus that are spoken here"),
    "Tus-Extension": _text("the extensions of tus that are spoken here"),
    "Tus-Checksum-Algorithm": _text("the algorithms that Upload-Checksum may name"),
    "Tus-Max-Size": _text("largest Upload-Length, bytes", pattern="^[0-9]+$"),
    "Upload-Length": _text("bytes of the whole file", pattern="^[0-9]+$"),
    "Upload-Metadata": _text("what was said of the file"),
    "Upload-Offset": _text("bytes that are here", pattern="^[0-9]+$"),
    "Upload-Expires": _text("until when it is kept"),
}
FIXED = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}  # wherever these are answered


def request_headers(blp: Blueprint, *names: str) -> Callable[[F], F]:
    """Document the headers that a route reads."""
    found = [{"in": "header", "name": name, "required": False, **REQUEST_HEADERS[name]} for name in names]
    return cast("Callable[[F], F]", blp.doc(parameters=found))


def response_headers(*names: str) -> dict[str, Any]:
    """Return the headers of an answer, as a route's `headers=`."""
    return {name: RESPONSE_HEADERS[name] for name in names}


class StrictParser(FlaskParser):
    """webargs' parser, reading JSON as the app does: strictly, and only where it is said to be JSON."""

    # A parameter that is misspelt would be passed over in silence.
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def _raw_load_json(self, req: Request) -> Any:
        return req.get_json()


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A system's routes, with strict arguments."""

    ARGUMENTS_PARSER = StrictParser()


def error_responses(*statuses: int) -> Callable[[F], F]:
    """Document the problems that a route may answer."""

    def decorate(function: F) -> F:
        # Written where alt_response would write it: one wrapper each would cost every request.
        document: Any = function
        document._apidoc = deepcopy(getattr(function, "_apidoc", {}))  # noqa: SLF001
        responses = document._apidoc.setdefault("response", {}).setdefault("responses", {})  # noqa: SLF001
        for status in (*statuses, 500):
            said = {"schema": ProblemSchema(), "description": REASONS[status], "content_type": PROBLEM}
            responses.setdefault(status, []).append(said)
        return function

    return decorate


def reply(body: Any, headers: Mapping[str, str], status: int = 200) -> Response:
    """Return a JSON answer whose shape is known to be its schema's.

    Dumping it through marshmallow would cost more than all the rest of a prediction's answer; that
    the schema tells the truth is held by the contract tests.
    """
    return Response(orjson.dumps(body), status, dict(headers), content_type="application/json")


def make_api(app: Flask) -> ProblemApi:
    """Return the Api that all blueprints are registered with."""
    config = cast("Settings", app.config["SETTINGS"])
    app.config |= {
        "API_TITLE": "Assay",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": {
            "info": {"description": "Analyses behind one API: a model answers, at once or as a job."},
            "security": [{"key": []}],
        },
    }
    if config.docs_enabled:
        app.config |= {"OPENAPI_URL_PREFIX": "/", "OPENAPI_JSON_PATH": "openapi.json"}
        app.register_blueprint(PAGES)
    api = ProblemApi()
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # every route names its own
    api.init_app(app)
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    return api


def correct(api: ProblemApi) -> None:
    """Give the errors that flask-smorest documents by itself our words, and every answer its headers."""
    api.spec.components.schemas.pop("PaginationMetadata", None)  # nothing here is paged by numbers
    for path in api.spec._paths.values():  # noqa: SLF001 - apispec has no other way to walk them
        for operation in (each for each in path.values() if isinstance(each, dict)):
            _correct_operation(operation)


def _correct_operation(operation: dict[str, Any]) -> None:
    """Complete one operation: its problems' bodies, and the headers that all operations have."""
    name = "X-Request-ID"
    sent = {"in": "header", "name": name, "required": False, **REQUEST_HEADERS[name]}
    operation["parameters"] = [*operation.get("parameters", []), sent]
    for status, answer in operation.get("responses", {}).items():
        code = int(status)
        if code >= 400 and "content" not in answer:  # noqa: PLR2004 - errors begin there
            answer.pop("$ref", None)
            schema = {"$ref": "#/components/schemas/Problem"}
            answer |= {"description": REASONS[code], "content": {PROBLEM: {"schema": schema}}}
        answer["headers"] = {**response_headers(name, *FIXED.get(code, ())), **answer.get("headers", {})}


@PAGES.route("/")
def show_home() -> Response:
    """Show where to go from here."""
    return Response(render_template("home.html"), content_type="text/html; charset=utf-8")


@PAGES.route("/docs")
def show_docs() -> Response:
    """Show Swagger UI."""
    page = Response(render_template("docs.html"), content_type="text/html; charset=utf-8")
    # Swagger UI sets style attributes while it draws; its scripts stay under 'self'.
    page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return page


@PAGES.route("/docs/ui/<path:name>")
def serve_swagger(name: str) -> Response:
    """Serve a file of the installed Swagger UI."""
    return send_from_directory(str(SWAGGER), name, max_age=86400)
