"""The route to maps, as GeoJSON."""

from __future__ import annotations

from typing import Any

from app.accidents.datasets import asking
from app.accidents.datasets import service as datasets
from app.accidents.maps import service
from app.accidents.maps.schemas import FeaturesSchema, MapQuerySchema
from app.http.openapi import Blueprint, error_responses, reply

blp = Blueprint("maps", __name__, url_prefix="/api/maps", description="Maps, as GeoJSON.")

HEADERS = {"Cache-Control": "private, no-store"}


@blp.route("/<name>")
@blp.arguments(MapQuerySchema, location="query")
@blp.response(200, FeaturesSchema)
@error_responses(401, 404, 409, 410, 422, 429, 503)
def show_map(query: dict[str, Any], name: str) -> Any:
    """Draw a map of a data set."""
    service.check_name(name)
    tables = [asking.table_of(datasets.find_ready(each, query.get("version"))) for each in query["dataset"]]
    return reply(service.draw(name, tables, query), HEADERS)
