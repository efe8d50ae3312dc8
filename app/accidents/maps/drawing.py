"""What every map is made of: GeoJSON features, and what of the rows is on it and what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accidents.datasets.asking import keep
from app.accidents.datasets.evidence import Table, present
from app.accidents.datasets.executor import Result
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Query
from app.accidents.maps.outlines import ATTRIBUTION

DISTRICT, DONG, LON, LAT = " district", " dong", " lon", " lat"
ELSEWHERE, AMBIGUOUS = "elsewhere", "ambiguous"
COUNT = Measure(Function.COUNT)
DIGITS = 6  # decimals of a degree, a tenth of a metre


@dataclass(frozen=True)
class Area:
    """A part of the world, degrees."""

    west: float
    south: float
    east: float
    north: float

    def filters(self) -> tuple[Filter, ...]:
        """Return the conditions on rows in it."""
        return (
            Filter(Field(LON), Op.BETWEEN, (self.west, self.east)),
            Filter(Field(LAT), Op.BETWEEN, (self.south, self.north)),
        )


@dataclass(frozen=True)
class MapWish:
    """What a request says of a map."""

    name: str
    table: Table
    value: str | None = None
    aggregate: str | None = None
    where: tuple[Filter, ...] = ()
    area: Area | None = None
    zoom: int | None = None
    first: tuple[str, str] | None = None
    second: tuple[str, str] | None = None

    def needs(self, *names: str) -> None:
        """Raise BadQuery where the table has not what the map is made of."""
        has = {column.name for column in self.table.profile.hidden}
        if not set(names) <= has:
            raise BadQuery(self._missing(names))

    def _missing(self, names: Sequence[str]) -> str:
        positions = self.table.profile.positions
        if LON not in names:
            return "No column of this data set names districts of Daegu; a map of districts needs one."
        if positions is not None:
            return (
                f"The coordinates are metres of {' or '.join(positions['candidates']) or 'no system'}; "
                'say which, as {"crs": "EPSG:5181"} of a PATCH.'
            )
        return (
            "No pair of columns of this data set holds latitudes and longitudes; a map of points needs one."
        )


@dataclass
class Mapped:
    """The features of a map, and how many rows are on it and why the others are not."""

    features: list[dict[str, Any]]
    total: int
    matched: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def collection(self, wish: MapWish) -> dict[str, Any]:
        """Return the map as it is sent."""
        korean, english = counts_in_words(self)
        meta = {
            "map": wish.name,
            "dataset_id": wish.table.id or None,
            "version": wish.table.version,
            "evidence_id": self.evidence[0] if self.evidence else None,
            "evidence_ids": self.evidence,
            "rows": self.total,
            "matched": self.matched,
            **{name: self.left_out.get(name, 0) for name in LEFT_OUT},
            "said_ko": korean,
            "said_en": english,
            "attribution": ATTRIBUTION,
            **self.extra,
        }
        return {"type": "FeatureCollection", "features": self.features, "meta": meta}


LEFT_OUT = {
    "elsewhere": ("다른 도시에 있습니다", "lie in other cities", "lies in another city"),
    "ambiguous": ("도시 이름이 없습니다", "name no city", "names no city"),
    "missing": ("위치가 없습니다", "have no position", "has no position"),
    "zero": ("0,0에 있습니다", "lie at 0,0", "lies at 0,0"),
    "outside": ("좌표계 밖에 있습니다", "lie outside of the system", "lies outside of the system"),
    "not_shown": (
        "보이는 영역 밖에 있습니다",
        "lie outside of the area shown",
        "lies outside of the area shown",
    ),
    "unplaced": (
        "동을 찾을 수 없습니다",
        "name a dong without an outline",
        "names a dong without an outline",
    ),
}


def counts_in_words(mapped: Mapped) -> tuple[str, str]:
    """Return in two languages how many rows are on a map, and why the others are not."""
    korean = [f"{mapped.total:,}개 행 중 {mapped.matched:,}개가 지도에 있습니다"]
    english = []
    for name, (ko, many, one) in LEFT_OUT.items():
        count = mapped.left_out.get(name, 0)
        if count:
            korean.append(f"{count:,}개는 {ko}")
            english.append(f"{count:,} {one if count == 1 else many}")
    head = f"{mapped.matched:,} of {mapped.total:,} rows are on the map"
    tail = f"; {', '.join(english[:-1])}{' and ' if len(english) > 1 else ''}{english[-1]}" if english else ""
    return "; ".join(korean) + ".", head + tail + "."


@dataclass
class AskedMap:
    """The queries of one map, and the evidence that they leave."""

    wish: MapWish
    evidence: list[str] = field(default_factory=list)

    def run(self, query: Query) -> Result:
        """Answer a query and keep its evidence."""
        result = self.wish.table.run(query)
        document = present(self.wish.table, query, result, tool=f"map_{self.wish.name}")
        if self.wish.table.id:
            self.evidence.append(str(keep(document)))
        return result


def point(longitude: float, latitude: float, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON point; longitude comes first there."""
    place = [round(longitude, DIGITS), round(latitude, DIGITS)]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": dict(properties),
    }
