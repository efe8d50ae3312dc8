"""Make the map of a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.accidents.datasets.evidence import Table
from app.accidents.maps import districts, points
from app.accidents.maps.drawing import Mapped, MapWish
from app.http.errors import NotFound

MAPS: Mapping[str, Callable[[MapWish], Mapped]] = {
    "choropleth": districts.choropleth,
    "dong": districts.dong_bubbles,
    "points": points.points,
    "clusters": points.clusters,
    "heat": points.heat,
    "difference": districts.difference,
}
OVERLAY = "overlay"


def check_name(name: str) -> None:
    """Raise NotFound for a map that there is none of."""
    if name not in MAPS and name != OVERLAY:
        raise NotFound(f"There is no map {name[:40]!r}; there are: {', '.join([*MAPS, OVERLAY])}.")


def draw(name: str, tables: Sequence[Table], query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map of a data set, or of several one over the other.

    Raises:
        BadQuery, UnknownColumn: a data set has not the columns that it needs.

    """
    wishes = [_wish(name, table, query) for table in tables]
    mapped = points.overlay(wishes) if name == OVERLAY else MAPS[name](wishes[0])
    return mapped.collection(wishes[0])


def _wish(name: str, table: Table, query: Mapping[str, Any]) -> MapWish:
    return MapWish(
        name,
        table,
        value=query.get("value"),
        aggregate=query.get("aggregate"),
        where=query.get("filter", ()),
        area=query.get("bbox"),
        zoom=query.get("zoom"),
        first=query.get("first"),
        second=query.get("second"),
    )
