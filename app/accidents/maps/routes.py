"""The routes to maps, as GeoJSON and as pages of their own."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from app.accidents.datasets import asking
from app.accidents.datasets import service as datasets
from app.accidents.drawn import reply_drawn
from app.accidents.maps import exports, service
from app.accidents.maps.schemas import FeaturesSchema, MapExportSchema, MapQuerySchema
from app.accidents.vocabulary import VOCABULARY
from app.http.openapi import Blueprint, error_responses, reply, request_headers, response_headers
from app.jobs.links import events_url

blp = Blueprint(
    "maps", __name__, url_prefix="/api/maps", description="Maps, as GeoJSON and as pages of their own."
)

HEADERS = {"Cache-Control": "private, no-store"}
# What an opened page may do: run its own scripts, in an origin of its own, and reach nothing.
PAGE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:"
)


@blp.route("/<name>")
@blp.arguments(MapQuerySchema, location="query")
@blp.response(200, FeaturesSchema)
@error_responses(401, 404, 409, 410, 422, 429, 503)
def show_map(query: dict[str, Any], name: str) -> Any:
    """Draw a map of a data set."""
    service.check_name(name)
    tables = [asking.table_of(datasets.find_ready(each, query.get("version"))) for each in query["dataset"]]
    return reply_drawn(partial(service.draw, name, tables, query), HEADERS)


@blp.route("/<name>/exports", methods=["POST"])
@blp.arguments(MapQuerySchema, location="query")
@blp.response(202, MapExportSchema, headers=response_headers("Location", "Retry-After"))
@request_headers(blp, "Idempotency-Key")
@error_responses(401, 404, 409, 410, 422, 429, 503)
def create_map_export(query: dict[str, Any], name: str) -> Any:
    """Have a map made into one page that needs no network."""
    written = {key: values if key == "dataset" else values[0] for key, values in request.args.lists()}
    job = exports.request_export(name, query, written)
    url = url_for("maps.show_map_export", job_id=job.id)
    links = {"self": url, "job": url_for("jobs.JobResource", job_id=job.id), "events": events_url(job.id)}
    body = {"job_id": str(job.id), "status": VOCABULARY[job.core_state], "links": links}
    return reply(body, {"Location": url, "Retry-After": "1", **HEADERS}, 202)


@blp.route("/exports/<uuid:job_id>")
@blp.response(
    200, {"type": "string"}, content_type="text/html", headers=response_headers("Content-Disposition")
)
@error_responses(401, 404, 409, 410, 422, 503)
def show_map_export(job_id: UUID) -> Response:
    """Download a map as a page."""
    page = exports.find_export(job_id)
    headers = {
        **HEADERS,
        "Content-Disposition": f'attachment; filename="map-{job_id}.html"',
        "Content-Security-Policy": PAGE_POLICY,
    }
    return Response(page, headers=headers, content_type="text/html; charset=utf-8")
