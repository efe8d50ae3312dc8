"""Make the chart of a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.accidents.charts import accidents, categories, distributions, model, ranking, relations
from app.accidents.charts.drawing import Drawing, Wish
from app.accidents.datasets.evidence import Table
from app.http.errors import NotFound

CHARTS: Mapping[str, Callable[[Wish], Drawing]] = {
    "bar": categories.bar,
    "histogram": distributions.histogram,
    "box": distributions.box,
    "density": distributions.density,
    "scatter": relations.scatter,
    "correlation": relations.correlation,
    "crosstab": categories.crosstab,
    "hour_weekday": accidents.hour_weekday,
    "monthly_trend": accidents.monthly_trend,
    "severity_composition": accidents.severity_composition,
    "weather_surface": accidents.weather_surface,
    "road_accident_type": accidents.road_accident_type,
    "district_ranking": ranking.district_ranking,
    "eclo_distribution": accidents.eclo_distribution,
}
OF_PREDICTIONS = {"shap_waterfall": model.shap_waterfall, "what_if_hour": model.what_if_hour}
OF_MODEL = ("calibration", *OF_PREDICTIONS)


def check_name(name: str) -> None:
    """Raise NotFound for a chart that there is none of."""
    if name not in CHARTS and name not in OF_MODEL:
        raise NotFound(f"There is no chart {name[:40]!r}; there are: {', '.join([*CHARTS, *OF_MODEL])}.")


def draw(name: str, table: Table, query: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """Return a chart of a data set.

    Raises:
        NotFound: there is no chart of the name.
        BadQuery, UnknownColumn: the data set has not the columns that it needs.

    """
    if name not in CHARTS:
        raise NotFound(f"There is no chart {name[:40]!r} of a data set; there are: {', '.join(CHARTS)}.")
    wish = Wish(
        name,
        table,
        language,
        x=query.get("x"),
        y=query.get("y"),
        aggregate=query.get("aggregate"),
        by=query.get("by"),
        where=query.get("filter", ()),
    )
    return CHARTS[name](wish).figure(wish)


def draw_model(name: str, query: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """Return a chart of the model, or of one of the caller's predictions."""
    if name == "calibration":
        return model.calibration(language)
    return OF_PREDICTIONS[name](query.get("prediction"), language)
