"""Maps of districts and dong: figures by place, and what differs between two periods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.accidents.charts.columns import columns_of_profile
from app.accidents.charts.intervals import FEW, wilson
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Part, Query
from app.accidents.maps.drawing import (
    AMBIGUOUS,
    COUNT,
    DISTRICT,
    DONG,
    ELSEWHERE,
    AskedMap,
    Mapped,
    MapWish,
    point,
)
from app.accidents.maps.outlines import districts, dong

AGGREGATES = {
    "sum": Function.SUM,
    "mean": Function.MEAN,
    "median": Function.MEDIAN,
    "min": Function.MIN,
    "max": Function.MAX,
}
FIGURES = ("count", "mean_eclo", "fatal_rate")


def measures_of(wish: MapWish) -> tuple[str, tuple[Measure, ...]]:
    """Return what a district is coloured by, and the measures behind it; the first counts rows."""
    columns = columns_of_profile(wish.table.profile, wish.name)
    if wish.value == "fatal_rate":
        fatal = (Filter(Field(columns.need("deaths").name), Op.ABOVE, (0,)),)
        return "fatal_rate", (COUNT, Measure(Function.COUNT, where=fatal))
    if wish.value == "mean_eclo":
        return "mean_eclo", (COUNT, Measure(Function.MEAN, columns.need("eclo").name))
    if wish.value in {None, "count"} and wish.value not in {c.name for c in wish.table.profile.columns}:
        return "count", (COUNT,)
    column = wish.table.profile.column(str(wish.value))
    if not column.is_measure:
        raise BadQuery(f"{column.name!r} cannot be added up; `value` is a column of numbers, or {FIGURES}.")
    return column.name, (COUNT, Measure(AGGREGATES[wish.aggregate or "sum"], column.name))


def choropleth(wish: MapWish) -> Mapped:
    """Return the districts of Daegu with a figure each; rows join by city and district."""
    wish.needs(DISTRICT)
    asked = AskedMap(wish)
    name, measures = measures_of(wish)
    result = asked.run(Query(measures, wish.where, group=(Field(DISTRICT),)))
    rows = {row[0]: row[1:] for row in result.rows}
    features = [
        {**outline, "properties": _properties(outline, name, rows[district])}
        for district, outline in districts().items()
        if district in rows
    ]
    matched = sum(rows[each][0] for each in rows if each in districts())
    extra = {
        "value": name,
        "aggregate": wish.aggregate or ("sum" if len(measures) > 1 else "count"),
        "other_rows": _other_rows(wish),
    }
    return Mapped(features, result.matched, matched, _left_out(rows), asked.evidence, extra)


def _properties(outline: Mapping[str, Any], name: str, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return what a district's feature says."""
    names = {key: outline["properties"][key] for key in ("name", "name_eng", "code")}
    count = row[0]
    value = count if len(row) == 1 else row[1]
    shown = {**names, "rows": count, "few": count < FEW}
    if name == "fatal_rate":
        interval = wilson(value, count) or (None, None)
        return {
            **shown,
            "fatal_rate": value / count if count else None,
            "low": interval[0],
            "high": interval[1],
        }
    return {**shown, name if name not in shown else "value": value}


def _left_out(rows: Mapping[Any, Any]) -> dict[str, int]:
    """Return how many rows are not in a district of ours, by why."""
    counts = {name: rows[name][0] for name in (ELSEWHERE, AMBIGUOUS) if name in rows}
    return {**counts, "missing": rows[None][0] if None in rows else 0}


def _other_rows(wish: MapWish) -> list[dict[str, Any]]:
    """Return the first rows that are not on the map, with the reason."""
    outside = Filter(Field(DISTRICT), Op.NOT_IN, tuple(districts()))
    role = next((each.name for each in wish.table.profile.columns if each.role == "district"), None)
    if role is None:
        return []
    result = wish.table.run(Query(columns=(role, DISTRICT), where=(*wish.where, outside), limit=20))
    return [{"value": row[0], "why": row[1] or "missing"} for row in result.rows]


def dong_bubbles(wish: MapWish) -> Mapped:
    """Return a bubble for each dong; legal dong are put where the administrative ones of their name lie."""
    wish.needs(DISTRICT, DONG)
    asked = AskedMap(wish)
    name, measures = measures_of(wish)
    result = asked.run(Query(measures, wish.where, group=(Field(DISTRICT), Field(DONG))))
    features, left_out, matched = [], {ELSEWHERE: 0, AMBIGUOUS: 0, "missing": 0, "unplaced": 0}, 0
    for district, place, *figures in result.rows:
        centre = centre_of(district, place)
        if centre is None:
            reason = district if district in left_out else "missing" if district is None else "unplaced"
            left_out[reason] += figures[0]
            continue
        matched += figures[0]
        value = figures[0] if len(figures) == 1 else figures[1]
        if name == "fatal_rate" and figures[0]:
            value = figures[1] / figures[0]
        properties = {"name": place, "district": district, "rows": figures[0], "few": figures[0] < FEW}
        features.append(point(*centre, {**properties, "value" if name in properties else name: value}))
    features.sort(key=lambda each: -each["properties"]["rows"])
    return Mapped(features, result.matched, matched, left_out, asked.evidence, {"value": name})


@cache
def centre_of(district: str | None, place: str | None) -> tuple[float, float] | None:
    """Return the middle of the administrative dong that a legal one names, None where there is none."""
    if district not in districts() or not place:
        return None
    stem = _stem(place)
    mine = [each["properties"] for each in dong() if each["properties"]["district"] == district]
    same = [each for each in mine if each["name"] == place]
    alike = same or [each for each in mine if stem in {_stem(part) for part in _parts(each["name"])}]
    if not alike:
        return None
    middles = [each["centroid"] for each in alike]
    return (
        sum(lon for lon, _ in middles) / len(middles),
        sum(lat for _, lat in middles) / len(middles),
    )


def _parts(name: str) -> list[str]:
    """Return the names that an administrative dong joins, as `불로·봉무동`."""
    return [part for part in re.split("·", name) if not part.isdigit()]


def _stem(name: str) -> str:
    """Return a name without its number and ending: 수성동4가, 수성4가동 and 수성2 are 수성."""
    plain = re.sub(r"(공단|서재)?출장소?$", "", name)
    return (
        re.sub(
            r"(?<!\d)\d*(가동|동\d*가|동|읍|면|가)?$|(?<!\d)\d+$",
            "",
            re.sub(r"(?<!\d)\d+(가|동|가동)?$", "", plain),
        )
        or plain
    )


def difference(wish: MapWish) -> Mapped:
    """Return how rows of each district changed from one period to another."""
    wish.needs(DISTRICT)
    if wish.first is None or wish.second is None:
        raise BadQuery("A difference needs `first` and `second`, each as 2016-01-01/2016-12-31.")
    asked = AskedMap(wish)
    moment = columns_of_profile(wish.table.profile, wish.name).moment()
    day = Field(moment.name, Part.DATE)
    measures = tuple(
        Measure(Function.COUNT, where=(Filter(day, Op.BETWEEN, period),))
        for period in (wish.first, wish.second)
    )
    result = asked.run(Query((COUNT, *measures), wish.where, group=(Field(DISTRICT),)))
    features, left_out, matched, total = [], {ELSEWHERE: 0, AMBIGUOUS: 0, "missing": 0}, 0, 0
    for district, _, before, after in result.rows:
        total += before + after
        if district not in districts():
            left_out[district or "missing"] += before + after
            continue
        matched += before + after
        outline = districts()[district]
        change = after - before
        properties = {
            "name": district,
            "name_eng": outline["properties"]["name_eng"],
            "before": before,
            "after": after,
            "difference": change,
            "change": change / before if before else None,
            "few": min(before, after) < FEW,
        }
        features.append({**outline, "properties": properties})
    extra = {"first": list(wish.first), "second": list(wish.second)}
    return Mapped(features, total, matched, left_out, asked.evidence, extra)
