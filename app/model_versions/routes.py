"""Show the models: their versions, their cards, and who answers how much."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from app.http.errors import NotFound
from app.http.openapi import Blueprint, error_responses, request_headers, response_headers
from app.model_versions import selection
from app.model_versions.schemas import ModelListSchema, ModelSchema
from app.system import systems

if TYPE_CHECKING:
    from app.system import System

blp = Blueprint("models", __name__, url_prefix="/api/v1/models", description="What answers, and how well.")


@blp.route("")
@blp.response(200, ModelListSchema, headers=response_headers("ETag"))
@blp.alt_response(
    304, description="unchanged since the ETag sent as If-None-Match", headers=response_headers("ETag")
)
@request_headers(blp, "If-None-Match")
@error_responses(401, 503)
def list_models() -> Response:
    """List every system's model, its live versions and its cards."""
    return answer({"models": [present(system) for _, system in sorted(systems().items())]})


@blp.route("/<system>")
@blp.response(200, ModelSchema, headers=response_headers("ETag"))
@blp.alt_response(
    304, description="unchanged since the ETag sent as If-None-Match", headers=response_headers("ETag")
)
@request_headers(blp, "If-None-Match")
@error_responses(401, 404, 503)
def show_model(system: str) -> Response:
    """Show one system's model, its live versions and its cards."""
    by_name = systems()
    if system not in by_name:
        raise NotFound(f"There is no system {system[:64]!r}; there are: {', '.join(sorted(by_name))}.")
    return answer(present(by_name[system]))


def present(system: System) -> dict[str, Any]:
    """Return a system's model as its schema has it."""
    return {
        "system": system.name,
        "title": system.title,
        "live": [asdict(share) for share in selection.live(system.name) if share.version],
        "versions": [selection.card(system.worker, name) for name in selection.versions_of(system.worker)],
    }


def answer(body: dict[str, Any]) -> Response:
    """Return a body under an ETag of its content: it changes with a release or a setting only."""
    content = orjson.dumps(body)
    response = Response(content, content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
