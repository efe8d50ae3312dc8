"""The outlines of Daegu's districts and dong of 2018."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ATTRIBUTION = "통계청 통계지리정보서비스 (SGIS), 2018; 공공누리 제1유형 (KOGL type 1)"
CITY = "대구광역시"


@cache
def districts() -> Mapping[str, Any]:
    """Return the eight districts by name, each a GeoJSON feature."""
    return {each["properties"]["name"]: each for each in _load("daegu_districts_2018.geojson")}


@cache
def dong() -> tuple[Any, ...]:
    """Return the administrative dong, each a GeoJSON feature that names its district."""
    return tuple(_load("daegu_admin_dong_2018.geojson"))


def _load(name: str) -> list[Any]:
    document = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return list(document["features"])


def contains(feature: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Say whether a point lies in a feature's outline, by counting the edges to the east of it."""
    geometry = feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return any(
        _in_ring(rings[0], longitude, latitude)
        and not any(_in_ring(hole, longitude, latitude) for hole in rings[1:])
        for rings in polygons
    )


def _in_ring(ring: list[list[float]], x: float, y: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def is_in_city(longitude: float, latitude: float) -> bool:
    """Say whether a point lies in one of the districts."""
    return any(contains(feature, longitude, latitude) for feature in districts().values())
