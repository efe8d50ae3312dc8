"""Columns that say where rows lie: coordinates, and the names of districts."""

from __future__ import annotations

from typing import Any

from app.accidents.datasets.profile import Role, Type
from workers.accidents.datasets import places, positions
from workers.accidents.datasets.faults import Warned
from workers.accidents.datasets.outcome import Reading
from workers.accidents.datasets.overrides import Overrides
from workers.accidents.datasets.typed_columns import numbers_of


def find_places(reading: Reading, overrides: Overrides) -> list[Warned]:
    """Find where rows lie: by coordinates, and by the names of districts."""
    _find_districts(reading)
    roles = {name: override.role for name, override in overrides.columns.items()}
    numeric = [
        name
        for name, each in zip(reading.names, reading.typed, strict=True)
        if each.type.is_numeric and each.role is not Role.ID
    ]
    pair = positions.find_columns(numeric, roles)
    if pair is None:
        return []
    at = [reading.names.index(name) for name in pair]
    xs, ys = (numbers_of(reading.sheet.columns[i], reading.typed[i]) for i in at)
    reading.positions = positions.locate(*pair, xs, ys, crs=overrides.crs)
    return list(reading.positions.warnings)


def _find_districts(reading: Reading) -> None:
    """Find the column that names districts, and one that names their cities where it does not itself."""
    texts = [i for i, each in enumerate(reading.typed) if each.type is Type.TEXT]
    declared = [i for i in texts if reading.typed[i].role is Role.DISTRICT]
    judged = {i: _named_districts(reading, i) for i in declared or texts}
    best = max(judged, key=lambda i: judged[i], default=None)
    if best is None or (not declared and judged[best] < 0.5):  # noqa: PLR2004 - of its different values
        return
    reading.district_column = best
    reading.city_column = next((i for i in texts if i != best and _names_cities(reading, i)), None)


def _named_districts(reading: Reading, column: int) -> float:
    """Return the share of a column's different values that name a district, here or elsewhere."""
    values = [text for text in list(reading.sheet.pools[column])[:2000] if text.strip()]
    here = sum(places.district_of(text) in {*places.DISTRICTS, places.AMBIGUOUS} for text in values)
    there = sum(places.district_of(text) == places.ELSEWHERE for text in values)
    return (here + there) / len(values) if values and here else 0.0


def _names_cities(reading: Reading, column: int) -> bool:
    values = [text.strip() for text in reading.sheet.pools[column] if text.strip()]
    return bool(values) and all(
        text.startswith(("대구", *places.CITIES)) and len(text.split()) == 1 for text in values[:200]
    )


def mark_roles(reading: Reading, schema: list[dict[str, Any]]) -> None:
    """Give the columns of places their roles."""
    if reading.district_column is not None:
        schema[reading.district_column]["role"] = Role.DISTRICT.value
    if reading.positions is not None:
        for each in schema:
            if each["name"] == reading.positions.lon_column:
                each["role"] = Role.LONGITUDE.value
            elif each["name"] == reading.positions.lat_column:
                each["role"] = Role.LATITUDE.value
