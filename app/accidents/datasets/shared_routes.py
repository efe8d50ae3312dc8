"""What a link opens without a key: one version of a data set, read only, and nobody's name."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.accidents.datasets import asking, shares
from app.accidents.datasets.routes import rows_of
from app.accidents.datasets.schemas import RowsQuerySchema, RowsSchema, SharedSchema
from app.accidents.datasets.service import Found
from app.http.openapi import Blueprint, error_responses, reply, response_headers

blp = Blueprint(
    "shared", __name__, url_prefix="/api/shared", description="Data sets that were shared by a link."
)
blp.public = True

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
HIDDEN = ("sha256",)


def present(share: Any, found: Found) -> dict[str, Any]:
    """Return a shared version: its profile, and no id, owner or link but its own."""
    profile = {name: value for name, value in (found.version.profile or {}).items() if name not in HIDDEN}
    return {
        **profile,
        "name": found.dataset.name,
        "description": found.dataset.description,
        "view": share.view,
        "expires_at": share.expires_at.isoformat(),
    }


def marked(response: Response) -> Response:
    """Give an answer the headers that keep a link out of caches, indexes and referrers."""
    response.headers.update(HEADERS)
    return response


@blp.after_request
def keep_private(response: Response) -> Response:
    """Mark every answer of these routes, refusals too."""
    return marked(response)


@blp.route("/<token>")
@blp.response(200, SharedSchema)
@error_responses(404, 409, 429, 503)
def show_shared(token: str) -> Any:
    """Show a shared data set."""
    return reply(present(*shares.open_shared(token)), {})


@blp.route("/<token>/rows")
@blp.arguments(RowsQuerySchema(exclude=("version",)), location="query")
@blp.response(200, RowsSchema, headers=response_headers("Content-Disposition"))
@blp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
@error_responses(404, 409, 410, 422, 429, 503)
def show_shared_rows(query: dict[str, Any], token: str) -> Any:
    """Show the rows of a shared data set."""
    _, found = shares.open_shared(token)
    return rows_of(asking.table_of(found), query, name="shared")
