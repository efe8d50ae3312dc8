"""What a link opens without a key: one version of a data set, read only, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response

from app.accidents.charts import service as charts
from app.accidents.charts.schemas import FigureSchema, SharedChartQuerySchema
from app.accidents.datasets import asking, shares
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.routes import rows_of
from app.accidents.datasets.schemas import RowsQuerySchema, RowsSchema, SharedSchema
from app.accidents.datasets.service import VersionedDataset
from app.accidents.drawn import reply_drawn
from app.accidents.maps import service as maps
from app.accidents.maps.schemas import FeaturesSchema, SharedMapQuerySchema
from app.accidents.severity.service import language
from app.http.openapi import Blueprint, error_responses, reply, request_headers, response_headers

blp = Blueprint(
    "shared", __name__, url_prefix="/api/shared", description="Data sets that were shared by a link."
)
blp.public = True

HEADERS = {
    "Cache-Control": "private, no-store",  # a problem says no-store itself
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
HIDDEN = ("sha256", "hidden")


def present(share: Any, reading: VersionedDataset) -> dict[str, Any]:
    """Return a shared version: its profile, and no id, owner or link but its own."""
    profile = {name: value for name, value in (reading.version.profile or {}).items() if name not in HIDDEN}
    return {
        **profile,
        "name": reading.dataset.name,
        "description": reading.dataset.description,
        "view": share.view,
        "expires_at": share.expires_at.isoformat(),
    }


def marked(response: Response) -> Response:
    """Give an answer the headers that keep a link out of caches, indexes and referrers."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@blp.after_request
def keep_private(response: Response) -> Response:
    """Mark every answer of these routes, refusals too."""
    return marked(response)


@blp.route("/<token>")
@blp.response(200, SharedSchema)
@blp.doc(security=[])  # its token is its key
@error_responses(404, 409, 429, 503)
def show_shared(token: str) -> Any:
    """Show a shared data set."""
    return reply(present(*shares.open_shared(token)), {})


@blp.route("/<token>/rows")
@blp.arguments(RowsQuerySchema(exclude=("version",)), location="query")
@blp.response(200, RowsSchema, headers=response_headers("Content-Disposition"))
@blp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
@blp.doc(security=[])  # its token is its key
@error_responses(404, 409, 410, 422, 429, 503)
def show_shared_rows(query: dict[str, Any], token: str) -> Any:
    """Show the rows of a shared data set."""
    _, reading = shares.open_shared(token)
    return rows_of(asking.table_of(reading), query, name="shared")


@blp.route("/<token>/charts/<name>")
@blp.arguments(SharedChartQuerySchema, location="query")
@blp.response(200, FigureSchema, headers=response_headers("Vary"))
@request_headers(blp, "Accept-Language")
@blp.doc(security=[])  # its token is its key
@error_responses(404, 409, 410, 422, 429, 503)
def show_shared_chart(query: dict[str, Any], token: str, name: str) -> Any:
    """Draw a chart of a shared data set."""
    draw = partial(charts.draw, name, _table_of(token), query, language=language())
    return reply_drawn(draw, {"Vary": "Accept-Language"})


@blp.route("/<token>/maps/<name>")
@blp.arguments(SharedMapQuerySchema, location="query")
@blp.response(200, FeaturesSchema)
@blp.doc(security=[])  # its token is its key
@error_responses(404, 409, 410, 422, 429, 503)
def show_shared_map(query: dict[str, Any], token: str, name: str) -> Any:
    """Draw a map of a shared data set."""
    maps.check_name(name)
    return reply_drawn(partial(maps.draw, name, [_table_of(token)], query), {})


def _table_of(token: str) -> Table:
    """Return the table that a link opens, without an id: nothing that it answers names one."""
    _, reading = shares.open_shared(token)
    return replace(asking.table_of(reading), id="")
