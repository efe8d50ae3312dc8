"""Districts ranked, with what turns their order round."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.categories import COUNT
from app.accidents.charts.columns import DISTRICT, columns_of
from app.accidents.charts.drawing import Asked, Drawing, Wish, axis, label
from app.accidents.charts.drawing import note as noted
from app.accidents.charts.intervals import FEW, Z, of_mean, turns_round, wilson
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Query

MOST_STRATA = 12  # values of a column that a comparison is looked at within


def district_ranking(wish: Wish) -> Drawing:
    """Return the districts by accidents, mean ECLO or share of fatal ones, with 95 % intervals."""
    asked, columns = Asked(wish), columns_of(wish)
    by = wish.by or "count"
    in_city = Filter(Field(DISTRICT), Op.NOT_IN, ("elsewhere", "ambiguous"))
    where = (*wish.where, Filter(Field(DISTRICT), Op.PRESENT), in_city)
    measures: tuple[Measure, ...] = (COUNT,)
    if by == "mean_eclo":
        eclo = columns.need("eclo").name
        measures += (Measure(Function.MEAN, eclo), Measure(Function.DEVIATION, eclo))
    elif by == "fatal_rate":
        fatal = (Filter(Field(columns.need("deaths").name), Op.ABOVE, (0,)),)
        measures += (Measure(Function.COUNT, where=fatal),)
    result = asked.run(Query(measures, where, group=(Field(DISTRICT),)))
    ranked = sorted((_ranked(by, row) for row in result.rows), key=lambda row: -(row[1] or 0))
    name = {
        "count": wish.say("사고 수", "accidents"),
        "mean_eclo": wish.say("평균 ECLO", "mean ECLO"),
        "fatal_rate": wish.say("사망사고 비율", "share of fatal accidents"),
    }[by]
    notes = [
        noted("few", f"{row[0]}은(는) {row[4]}건뿐입니다.", f"{row[0]} has only {row[4]} accidents.")
        for row in ranked
        if row[4] < FEW
    ]
    if by == "fatal_rate" and len(ranked) > 1:
        notes += _round_notes(wish, where, [ranked[0][0], ranked[-1][0]], columns.need("deaths"))
    everything = wish.table.run(Query((COUNT,), wish.where)).rows[0][0]
    first = ranked[0] if ranked else ("-", None, None, None, 0)
    shown = f"{first[1]:,.4g}" if isinstance(first[1], float) else str(first[1])
    return Drawing(
        [_with_intervals(ranked, name)],
        {
            "title": drawing.title(wish.say(f"구·군별 {name}", f"Districts by {name}")),
            "xaxis": axis("", kind="category"),
            "yaxis": axis(name, kind="linear", rangemode="tozero"),
        },
        ("district", name, "low", "high", "n"),
        ranked,
        f"{name}이(가) 가장 큰 곳은 {first[0]}입니다({shown}).",
        f"{first[0]} is first by {name} ({shown}).",
        result.matched,
        everything - result.matched,
        asked.evidence,
        notes,
    )


def _ranked(by: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a district's name, figure, its interval and its rows."""
    name, count = row[0], row[1]
    if by == "count":  # a count's deviation is its root (Poisson)
        figure: Any = count
        interval = (count - Z * sqrt(count), count + Z * sqrt(count))
    elif by == "mean_eclo":
        figure = row[2]
        interval = of_mean(row[2], row[3], count) or (None, None)
    else:
        figure = row[2] / count if count else None
        interval = wilson(row[2], count) or (None, None)
    low, high = (drawing.rounded(each) for each in interval)
    return name, drawing.rounded(figure), low, high, count


def _with_intervals(ranked: Sequence[tuple[Any, ...]], name: str) -> dict[str, Any]:
    """Return bars with their intervals."""
    above = [drawing.rounded((row[3] or row[1]) - row[1]) for row in ranked]
    below = [drawing.rounded(row[1] - (row[2] if row[2] is not None else row[1])) for row in ranked]
    trace = drawing.bars([row[0] for row in ranked], [row[1] for row in ranked], name=name)
    error = {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
    return {**trace, "error_y": error}


def _round_notes(
    wish: Wish, where: tuple[Filter, ...], names: list[str], deaths: Column
) -> list[dict[str, str]]:
    """Return a note for each column that turns the order of two districts round."""
    group = Field(DISTRICT)
    return reversals(wish, (*where, Filter(group, Op.IN, tuple(names))), group, deaths)


def reversals(wish: Wish, where: tuple[Filter, ...], group: Field, deaths: Column) -> list[dict[str, str]]:
    """Return a note for each column of few values that turns a comparison of fatal shares round."""
    fatal = Measure(Function.COUNT, where=(Filter(Field(deaths.name), Op.ABOVE, (0,)),))
    totals = [
        (label(row[0]), row[2], row[1])
        for row in wish.table.run(Query((COUNT, fatal), where, group=(group,))).rows
    ]
    notes = []
    for column in wish.table.profile.columns:
        is_few = 2 <= column.distinct <= MOST_STRATA and not column.type.is_numeric  # noqa: PLR2004
        if not is_few or column.name == group.column:
            continue
        split = Field(column.name)
        rows = wish.table.run(Query((COUNT, fatal), where, group=(split, group), order=(Order(0),))).rows
        strata: dict[Any, list[tuple[str, float, float]]] = {}
        for value, name, count, hits in rows:
            strata.setdefault(value, []).append((label(name), hits, count))
        if turns_round(totals, strata.values()):
            notes.append(
                noted(
                    "turns_round",
                    f"{column.name}의 모든 값 안에서는 순서가 반대입니다.",
                    f"Within every value of {column.name} the order is the other one.",
                )
            )
    return notes
