"""Charts of how columns of numbers go together: scatter, correlation."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.categories import COUNT
from app.accidents.charts.distributions import nice_width, with_unit
from app.accidents.charts.drawing import MOST_POINTS, Asked, Drawing, Wish, axis
from app.accidents.charts.drawing import note as noted
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Part, Query

GRID = 60  # cells a side of a scatter of many points
MOST_CORRELATED = 20


def scatter(wish: Wish) -> Drawing:
    """Return the points of `x` and `y`; more than 5,000 as counts in cells."""
    asked = Asked(wish)
    x, y = wish.numeric(wish.x, of="x"), wish.numeric(wish.y, of="y")
    both = (*wish.where, Filter(Field(x.name), Op.PRESENT), Filter(Field(y.name), Op.PRESENT))
    measures: tuple[Measure, ...] = (COUNT,)
    if x.is_measure and y.is_measure:
        measures += (Measure(Function.CORRELATION, x.name, other=y.name),)
    summary = asked.run(Query(measures, both)).rows[0]
    count = summary[0]
    correlation = drawing.rounded(summary[1]) if len(summary) > 1 else None
    everything = (
        wish.table.profile.rows if not wish.where else wish.table.run(Query((COUNT,), wish.where)).rows[0][0]
    )
    layout = {
        "title": drawing.title(f"{x.name} × {y.name}"),
        "xaxis": axis(with_unit(x), kind="linear"),
        "yaxis": axis(with_unit(y), kind="linear"),
    }
    trace, rows, columns = _points(asked, both, x, y) if count <= MOST_POINTS else _cells(asked, both, x, y)
    return Drawing(
        [trace],
        layout,
        columns,
        rows,
        f"{x.name}와(과) {y.name}: {count:,}개 점, 상관계수 {correlation}.",
        f"{x.name} against {y.name}: {count:,} points, correlation {correlation}.",
        count,
        everything - count,
        asked.evidence,
    )


def _points(asked: Asked, where: tuple[Filter, ...], x: Column, y: Column) -> tuple[Any, Any, Any]:
    result = asked.run(Query(columns=(x.name, y.name), where=where, limit=MOST_POINTS))
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [drawing.rounded(row[0]) for row in result.rows],
        "y": [drawing.rounded(row[1]) for row in result.rows],
        "marker": {"size": 5, "opacity": 0.6},
    }
    return trace, result.rows[:200], (x.name, y.name)


def _cells(asked: Asked, where: tuple[Filter, ...], x: Column, y: Column) -> tuple[Any, Any, Any]:
    widths = [
        nice_width(float(each.min or 0), float(each.max or 0), GRID, whole=each.type.value == "integer")
        for each in (x, y)
    ]
    group = tuple(Field(each.name, Part.BIN, width=width) for each, width in zip((x, y), widths, strict=True))
    result = asked.run(Query((COUNT,), where, group=group))
    cells = {(row[0] + widths[0] / 2, row[1] + widths[1] / 2): row[2] for row in result.rows}
    xs, ys = sorted({key[0] for key in cells}), sorted({key[1] for key in cells})
    trace = {
        "type": "heatmap",
        "x": [drawing.rounded(at) for at in xs],
        "y": [drawing.rounded(at) for at in ys],
        "z": [[cells.get((a, b)) for a in xs] for b in ys],
        "colorscale": "Blues",
    }
    most = sorted(result.rows, key=lambda row: -row[2])[:200]
    return trace, most, (x.name, y.name, "n")


def correlation(wish: Wish) -> Drawing:
    """Return the correlations of the first 20 columns of numbers."""
    asked = Asked(wish)
    everything = [column for column in wish.table.profile.columns if column.is_measure]
    columns = everything[:MOST_CORRELATED]
    if len(columns) < 2:  # noqa: PLR2004 - a correlation needs two
        raise BadQuery("A correlation needs two columns of numbers; this data set has fewer.")
    pairs = list(combinations(columns, 2))
    measures = tuple(Measure(Function.CORRELATION, a.name, other=b.name) for a, b in pairs)
    result = asked.run(Query(measures, wish.where))
    values: dict[tuple[str, str], Any] = {(each.name, each.name): 1.0 for each in columns}
    for (a, b), value in zip(pairs, result.rows[0], strict=True):
        values[a.name, b.name] = values[b.name, a.name] = value
    names = [each.name for each in columns]
    trace = drawing.heat(names, names, values, zmin=-1, zmax=1)
    trace["colorscale"] = "RdBu"
    layout = {
        "title": drawing.title(wish.say("상관계수", "Correlations")),
        "xaxis": axis("", kind="category"),
        "yaxis": axis("", kind="category", autorange="reversed"),
    }
    notes = []
    if len(everything) > len(columns):
        notes.append(
            noted(
                "capped",
                f"숫자 열 {len(everything)}개 중 처음 {len(columns)}개만 비교합니다.",
                f"Of {len(everything)} columns of numbers the first {len(columns)} are compared.",
            )
        )
    strongest = max(pairs, key=lambda pair: abs(values[pair[0].name, pair[1].name] or 0))
    value = drawing.rounded(values[strongest[0].name, strongest[1].name])
    rows = [[a.name, b.name, drawing.rounded(values[a.name, b.name])] for a, b in pairs]
    return Drawing(
        [trace],
        layout,
        ("a", "b", "r"),
        rows,
        f"가장 강한 상관: {strongest[0].name}와(과) {strongest[1].name}, {value}.",
        f"Strongest: {strongest[0].name} with {strongest[1].name}, {value}.",
        result.matched,
        0,
        asked.evidence,
        notes,
    )
