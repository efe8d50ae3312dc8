"""The route to charts, as Plotly figures."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.accidents.charts import service
from app.accidents.charts.schemas import ChartQuerySchema, FigureSchema
from app.accidents.datasets import asking
from app.accidents.datasets import service as datasets
from app.accidents.drawn import reply_drawn
from app.accidents.severity.service import language
from app.http.errors import Invalid
from app.http.openapi import Blueprint, error_responses, reply, request_headers, response_headers

blp = Blueprint("charts", __name__, url_prefix="/api/charts", description="Charts, as Plotly figures.")

HEADERS = {"Cache-Control": "private, no-store", "Vary": "Accept-Language"}


@blp.route("/<name>")
@blp.arguments(ChartQuerySchema, location="query")
@blp.response(200, FigureSchema, headers=response_headers("Vary"))
@request_headers(blp, "Accept-Language")
@error_responses(401, 404, 409, 410, 422, 429, 503)
def show_chart(query: dict[str, Any], name: str) -> Any:
    """Draw a chart of a data set, or of the model."""
    service.check_name(name)
    if name in service.OF_MODEL:
        return reply(service.draw_model(name, query, language=language()), HEADERS)
    if "dataset" not in query:
        reason = "It is missing; the id of a data set is right."
        raise Invalid(
            f"The chart {name!r} needs `dataset`, the id of a data set.",
            code="invalid_fields",
            errors=[{"field": "dataset", "reason": reason, "value": None}],
        )
    table = asking.table_of(datasets.find_ready(query["dataset"], query.get("version")))
    return reply_drawn(partial(service.draw, name, table, query, language=language()), HEADERS)
