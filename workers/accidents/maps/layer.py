"""One map of a page: a data set's name, the map's name and its GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """What is drawn of one data set; `collection` is as `GET /api/maps/{name}` answers it."""

    title: str
    map: str
    collection: Mapping[str, Any]

    @property
    def meta(self) -> Mapping[str, Any]:
        """What of the rows is on the map."""
        return dict(self.collection["meta"])

    @property
    def features(self) -> list[dict[str, Any]]:
        """The GeoJSON features."""
        return list(self.collection["features"])
