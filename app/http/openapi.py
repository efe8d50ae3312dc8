"""The OpenAPI document, kept true about errors, names and what is read."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask_smorest
import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Request, Response, request
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser

from app.http.errors import Invalid
from app.http.field_errors import MOST_NAME, MOST_ROWS
from app.http.fields import shown
from app.http.pages import PAGES
from app.http.problems import PROBLEM, ProblemApi, ProblemSchema

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
    414: "the request's line is too long; a path and its parameters may have some 4,000 bytes",
    415: "the body is of another type",
    421: "the host is not served here",
    422: "a value is not acceptable",
    423: "another request is writing it",
    429: "as much waits as may wait",
    460: "the body is not what its checksum says",
    500: "a fault of ours",
    503: "something that the answer needs is down",
}


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
    "Tus-Resumable": {"required": True, **_text("the version of tus that you speak", enum=["1.0.0"])},
    "Upload-Length": {
        "required": True,
        **_text("bytes of the whole file, at least 1", pattern="^0*[1-9][0-9]*$", maxLength=15),
    },
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
    read = [{"in": "header", "name": name, "required": False, **REQUEST_HEADERS[name]} for name in names]

    def decorate(function: F) -> F:
        document = blp.document_of(function)
        document.setdefault("request_headers", []).extend(read)
        return function

    return decorate


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
    """A system's routes, with strict arguments; each operation is named as its function is."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_headers_doc)
        self.with_query: set[tuple[str, str]] = set()  # endpoints and methods that read a query
        self.before_request(self.refuse_unknown_query)

    @staticmethod
    def document_of(function: Callable[..., Any]) -> dict[str, Any]:
        """Return a view's own notes for its document; a wrapper would cost every request."""
        view: Any = function
        view._apidoc = deepcopy(getattr(function, "_apidoc", {}))  # noqa: SLF001
        return cast("dict[str, Any]", view._apidoc)  # noqa: SLF001

    def refuse_unknown_query(self) -> None:
        """Raise Invalid for the query of a route that reads none; where one is read, its schema is strict."""
        if not request.query_string or not request.args:
            return
        method = "get" if request.method == "HEAD" else request.method.lower()
        endpoint = (request.endpoint or "").removeprefix(f"{self.name}.")
        if (endpoint, method) in self.with_query or method == "options":
            return
        reason = "It is unknown here; this route reads no query parameters."
        rows = [
            {"field": name[:MOST_NAME], "reason": reason, "value": shown(value)}
            for name, value in islice(request.args.items(), MOST_ROWS)
        ]
        raise Invalid("The query has parameters that are unknown here.", code="invalid_fields", errors=rows)

    @staticmethod
    def _prepare_headers_doc(doc: dict[str, Any], info: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the headers that a route reads to what else it reads."""
        doc.setdefault("parameters", []).extend(info.get("request_headers", []))
        return doc

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *args: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *args, **options)
        for method, document in self._docs[endpoint].items():
            if method == "parameters":
                continue
            if not isinstance(obj, type):
                document.setdefault("manual_doc", {}).setdefault("operationId", endpoint)
            read = document.get("arguments", {}).get("parameters", [])
            if any(each.get("in") == "query" for each in read if isinstance(each, dict)):
                self.with_query.add((endpoint, method))


def named(operation_id: str) -> Callable[[F], F]:
    """Name an operation in the document, where its function's name is no verb or is another's too."""

    def decorate(function: F) -> F:
        Blueprint.document_of(function).setdefault("manual_doc", {})["operationId"] = operation_id
        return function

    return decorate


def error_responses(*statuses: int) -> Callable[[F], F]:
    """Document the problems that a route may answer."""

    def decorate(function: F) -> F:
        # Written where alt_response would write it: one wrapper each would cost every request.
        responses = Blueprint.document_of(function).setdefault("response", {}).setdefault("responses", {})
        for status in (*statuses, 414, 500):
            response = {"schema": ProblemSchema(), "description": REASONS[status], "content_type": PROBLEM}
            responses.setdefault(status, []).append(response)
        return function

    return decorate


def reply(body: Any, headers: Mapping[str, str], status: int = 200) -> Response:
    """Return a JSON answer whose shape is known to be its schema's.

    Dumping it through marshmallow would cost more than all the rest of a prediction's answer; that
    the schema tells the truth is held by the contract tests.
    """
    return Response(orjson.dumps(body), status, dict(headers), content_type="application/json")


class SchemaConverter(OpenAPIConverter):
    """What turns a schema into its document, with what its `Meta.document` adds."""

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """Return the JSON Schema of a schema."""
        added = getattr(getattr(schema, "Meta", None), "document", {})
        document = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return {**document, **deepcopy(added)}


class SchemaPlugin(MarshmallowPlugin):
    """apispec's plugin for marshmallow with our converter."""

    Converter = SchemaConverter


def make_api(app: Flask) -> ProblemApi:
    """Return the Api that all blueprints are registered with."""
    config = cast("Settings", app.config["SETTINGS"])
    with_keys = config.auth_mode == "keys"
    app.config |= {
        "API_TITLE": "Assay",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": {
            "info": {"description": "Analyses behind one API: a model answers, at once or as a job."},
            **({"security": [{"key": []}]} if with_keys else {}),
        },
    }
    if config.docs_enabled:
        app.config |= {"OPENAPI_URL_PREFIX": "/", "OPENAPI_JSON_PATH": "openapi.json"}
        app.register_blueprint(PAGES)
    api = ProblemApi(spec_kwargs={"marshmallow_plugin": SchemaPlugin()})
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # every route names its own
    api.init_app(app)
    bearer = {"type": "http", "scheme": "bearer"}
    if with_keys:
        api.spec.components.security_scheme("key", bearer)
    about = "an access token of Directus, which names a user of it"
    api.spec.components.security_scheme("directus", {**bearer, "description": about})
    return api


def correct(api: ProblemApi) -> None:
    """Give the errors that flask-smorest documents by itself our words, and every answer its headers."""
    with_keys = "key" in api.spec.components.security_schemes
    api.spec.components.schemas.pop("PaginationMetadata", None)  # nothing here is paged by numbers
    for path in api.spec._paths.values():  # noqa: SLF001 - apispec has no other way to walk them
        for operation in (each for each in path.values() if isinstance(each, dict)):
            _correct_operation(operation)
            if not with_keys and not operation.get("security"):
                operation.pop("security", None)
                for status in (401, "401"):
                    operation.get("responses", {}).pop(status, None)


def _correct_operation(operation: dict[str, Any]) -> None:
    """Complete one operation: its problems' bodies, and the headers that all operations have."""
    name = "X-Request-ID"
    sent = {"in": "header", "name": name, "required": False, **REQUEST_HEADERS[name]}
    operation["parameters"] = [*operation.get("parameters", []), sent]
    if "responses" in operation and not {422, "422"} & operation["responses"].keys():
        operation["responses"]["422"] = {}  # of a query that nobody reads
    for status, answer in operation.get("responses", {}).items():
        code = int(status)
        if code >= 400 and "content" not in answer:  # noqa: PLR2004 - errors begin there
            answer.pop("$ref", None)
            schema = {"$ref": "#/components/schemas/Problem"}
            answer |= {"description": REASONS[code], "content": {PROBLEM: {"schema": schema}}}
        answer["headers"] = {**response_headers(name, *FIXED.get(code, ())), **answer.get("headers", {})}
