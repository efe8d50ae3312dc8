"""Maps of points: each by itself while they are few, as cells of a grid when they are many."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Part, Query
from app.accidents.maps.drawing import COUNT, LAT, LON, AskedMap, Mapped, MapWish, point

MOST_FEATURES = 5000
MOST_CELLS = 2000
MOST_PROPERTIES = 12  # columns that a point shows
MOST_CHARACTERS = 120  # of a text that a point shows
MOST_PACKED = 180_000  # bytes of all that points show, compressed; their places take up to 100,000 more
CELL_PIXELS = 48  # a side of a cell on a map of 256 pixels a tile
FINE_PIXELS = 12  # the same of a heat map
DEFAULT_ZOOM = 11


def points(wish: MapWish) -> Mapped:
    """Return the points in an area, or cells with their counts where they are more than 5,000."""
    wish.needs(LON, LAT)
    asked = AskedMap(wish)
    where = _where(wish)
    count = asked.run(Query((COUNT,), where)).rows[0][0]
    features = _single(asked, where) if count <= MOST_FEATURES else _cells(asked, where, CELL_PIXELS)
    return _mapped(wish, asked, features, count, clustered=count > MOST_FEATURES)


def clusters(wish: MapWish) -> Mapped:
    """Return cells of a grid with the counts of their points, however few they are."""
    return _gridded(wish, CELL_PIXELS)


def heat(wish: MapWish) -> Mapped:
    """Return fine cells with their counts, to be drawn as heat."""
    return _gridded(wish, FINE_PIXELS)


def _gridded(wish: MapWish, pixels: int) -> Mapped:
    wish.needs(LON, LAT)
    asked = AskedMap(wish)
    where = _where(wish)
    features = _cells(asked, where, pixels)
    shown = sum(each["properties"]["rows"] for each in features)
    return _mapped(wish, asked, features, shown, clustered=True)


def overlay(wishes: list[MapWish]) -> Mapped:
    """Return the points of several data sets, each named after its own."""
    maps = [points(wish) for wish in wishes]
    share = MOST_FEATURES // len(maps)
    features: list[dict[str, Any]] = []
    for wish, each in zip(wishes, maps, strict=True):
        named = {"dataset_id": wish.table.id}
        features += [
            {**feature, "properties": {**feature["properties"], **named}} for feature in each.features[:share]
        ]
    left_out: dict[str, int] = {}
    for each in maps:
        for name, count in each.left_out.items():
            left_out[name] = left_out.get(name, 0) + count
    cut = sum(len(each.features) > share for each in maps)
    return Mapped(
        features,
        sum(each.total for each in maps),
        sum(each.matched for each in maps),
        left_out,
        [name for each in maps for name in each.evidence],
        {"datasets": [wish.table.id for wish in wishes], "cut": cut},
    )


def _where(wish: MapWish) -> tuple[Filter, ...]:
    """Return the conditions on the rows that are shown."""
    area = wish.area.filters() if wish.area else ()
    return (*wish.where, *area, Filter(Field(LON), Op.PRESENT), Filter(Field(LAT), Op.PRESENT))


def _single(asked: AskedMap, where: tuple[Filter, ...]) -> list[dict[str, Any]]:
    """Return each point with the first of its columns."""
    positions = asked.wish.table.profile.positions or {}
    own = {positions.get("lon_column"), positions.get("lat_column")}
    names = [column.name for column in asked.wish.table.profile.columns if column.name not in own]
    names = names[:MOST_PROPERTIES]
    rows = asked.run(Query(columns=(LON, LAT, *names), where=where, limit=MOST_FEATURES)).rows
    shown = _that_fit(list(zip(*rows, strict=True))[2:])
    return [point(row[0], row[1], {names[i]: _short(row[2 + i]) for i in shown}) for row in rows]


def _that_fit(columns: Sequence[Sequence[Any]]) -> list[int]:
    """Return the numbers of the first columns that a map may show in whole, by their compressed size."""
    sizes = (
        len(zlib.compress("\n".join(str(_short(value)) for value in column).encode(), 1))
        for column in columns
    )
    return [i for i, total in enumerate(accumulate(sizes)) if total <= MOST_PACKED]


def _short(value: Any) -> Any:
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value


def _cells(asked: AskedMap, where: tuple[Filter, ...], pixels: int) -> list[dict[str, Any]]:
    """Return the cells of a grid; where they are too many, of one twice as coarse."""
    zoom = asked.wish.zoom if asked.wish.zoom is not None else DEFAULT_ZOOM
    side = 360 / 2**zoom * pixels / 256  # degrees
    while True:
        result = _grid(asked, where, side)
        if result.total_rows <= MOST_CELLS:
            break
        side *= 2
    return [
        point(row[2], row[3], {"rows": row[4], "cell": side, **({"mean": row[5]} if len(row) > 5 else {})})  # noqa: PLR2004
        for row in result.rows
    ]


def _grid(asked: AskedMap, where: tuple[Filter, ...], side: float) -> Any:
    measures: tuple[Measure, ...] = (Measure(Function.MEAN, LON), Measure(Function.MEAN, LAT), COUNT)
    if asked.wish.value and asked.wish.value != "count":
        measures += (Measure(Function.MEAN, asked.wish.table.profile.column(asked.wish.value).name),)
    group = (Field(LON, Part.BIN, width=side), Field(LAT, Part.BIN, width=side))
    query = Query(measures, where, group=group, limit=MOST_CELLS)
    return asked.run(replace(query, ties=False))


def _mapped(
    wish: MapWish, asked: AskedMap, features: list[dict[str, Any]], shown: int, *, clustered: bool
) -> Mapped:
    """Return a map of points with what of the rows it leaves out."""
    profile = wish.table.profile
    positions = profile.positions or {}
    total = wish.table.run(Query((COUNT,), wish.where)).rows[0][0] if wish.where else profile.rows
    left_out = {name: positions.get(name, 0) for name in ("missing", "zero", "outside")}
    if wish.where:
        gone = Filter(Field(LON), Op.MISSING)
        left_out = {"missing": wish.table.run(Query((COUNT,), (*wish.where, gone))).rows[0][0]}
    left_out["not_shown"] = total - shown - sum(left_out.values())
    extra = {
        "clustered": clustered,
        "crs": positions.get("crs"),
        "swapped": positions.get("swapped", False),
    }
    return Mapped(features, total, shown, left_out, asked.evidence, extra)
