"""Charts of how a column of numbers is spread: histogram, box, density."""

from __future__ import annotations

from math import exp, floor, log10, pi, sqrt
from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.categories import COUNT, bar
from app.accidents.charts.drawing import MOST_CATEGORIES, Asked, Drawing, Wish, axis, label
from app.accidents.charts.drawing import note as noted
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query

BINS = 40
CURVE_POINTS, CURVE_BINS = 100, 400


def nice_width(low: float, high: float, bins: int, *, whole: bool) -> float:
    """Return a bin's width of 1, 2 or 5 times a power of ten, so that about `bins` fit."""
    span = high - low
    if span <= 0:
        return 1.0
    raw = span / bins
    power = 10.0 ** floor(log10(raw))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    return max(1.0, width) if whole else width


def histogram(wish: Wish) -> Drawing:
    """Return how often values of `x` come: numbers in bins, times by months, texts as they are."""
    x = wish.column(wish.x, of="x")
    if not x.type.is_numeric and not x.type.is_temporal:
        return bar(wish)
    asked = Asked(wish)
    width = 0.0
    term = Field(x.name, Part.YEAR_MONTH)
    if x.type.is_numeric:
        whole = x.type.value == "integer"
        width = nice_width(float(x.min or 0), float(x.max or 0), BINS, whole=whole)
        term = Field(x.name, Part.BIN, width=width)
    present = Filter(Field(x.name), Op.PRESENT)
    result = asked.run(Query((COUNT,), (*wish.where, present), group=(term,), order=(Order(0),)))
    left_out = _missing(wish, x)
    kind = "linear" if x.type.is_numeric else "category"
    xs: list[Any] = [rounded_bin(row[0], width) if width else label(row[0]) for row in result.rows]
    centres = [x_ + width / 2 for x_ in xs] if width else xs
    counts = [row[1] for row in result.rows]
    trace = {"type": "bar", "x": centres, "y": counts, "name": x.name}
    trace |= {"width": [width] * len(xs), "customdata": [[low, low + width] for low in xs]} if width else {}
    layout = {
        "title": drawing.title(wish.say(f"{x.name} 분포", f"Distribution of {x.name}")),
        "xaxis": axis(with_unit(x), kind=kind),
        "yaxis": axis(wish.say("행 수", "rows"), kind="linear", rangemode="tozero"),
        "bargap": 0,
    }
    korean = f"{x.name}의 분포: {sum(counts):,}개 행, {len(xs)}개 구간."
    english = f"Distribution of {x.name}: {sum(counts):,} rows in {len(xs)} bins."
    table = [[low, count] for low, count in zip(xs, counts, strict=True)]
    return Drawing(
        [trace],
        layout,
        (x.name, wish.say("행", "rows")),
        table,
        korean,
        english,
        sum(counts),
        left_out,
        asked.evidence,
    )


def rounded_bin(value: Any, width: float) -> float:
    """Return a bin's lower end without the noise of its product."""
    return round(float(value), max(0, 3 - floor(log10(width))))


def with_unit(column: Column) -> str:
    """Return a column's name with its unit."""
    return f"{column.name} ({column.unit})" if column.unit and column.unit not in column.name else column.name


def _missing(wish: Wish, *columns: Column) -> int:
    """Return of how many rows a chart says nothing because a value is missing."""
    if not wish.where:
        return max(column.missing for column in columns)
    gone = Filter(Field(columns[0].name), Op.MISSING)
    return int(wish.table.run(Query((COUNT,), (*wish.where, gone))).rows[0][0])


def box(wish: Wish) -> Drawing:
    """Return quartiles of `y`, one box for each of the most frequent values of `x`."""
    asked = Asked(wish)
    y = wish.numeric(wish.y or wish.x, of="y")
    x = wish.table.profile.column(wish.x) if wish.x and wish.y else None
    shares = (0.05, 0.25, 0.5, 0.75, 0.95)
    measures = tuple(Measure(Function.PERCENTILE, y.name, fraction=each) for each in shares)
    measures += (Measure(Function.MEAN, y.name), Measure(Function.COUNT, y.name))
    group = (Field(x.name),) if x else ()
    order = (Order(7, descending=True),) if x else ()
    result = asked.run(
        Query(measures, wish.where, group=group, order=order, limit=MOST_CATEGORIES, ties=False)
    )
    rows = [row if x else (y.name, *row) for row in result.rows]
    names = [label(row[0], wish.language) for row in rows]
    parts = [[drawing.rounded(row[i]) for row in rows] for i in range(1, 7)]
    keys = ("lowerfence", "q1", "median", "q3", "upperfence", "mean")
    trace = {"type": "box", "x": names, "name": y.name, **dict(zip(keys, parts, strict=True))}
    layout = {
        "title": drawing.title(f"{y.name}" + (f" / {x.name}" if x else "")),
        "xaxis": axis(x.name if x else "", kind="category"),
        "yaxis": axis(with_unit(y), kind="linear"),
    }
    whiskers = noted(
        "whiskers", "수염은 5번째와 95번째 백분위수입니다.", "The whiskers are the 5th and 95th percentiles."
    )
    first, median = (names[0], parts[2][0]) if names else ("-", "-")
    korean = f"{y.name}의 상자 그림 {len(names)}개; 첫째 {first}의 중앙값은 {median}입니다."
    english = f"{len(names)} boxes of {y.name}; the median of {first} is {median}."
    columns = (x.name if x else y.name, "p5", "q1", "median", "q3", "p95", "mean", "n")
    used = sum(row[7] for row in rows)
    return Drawing(
        [trace],
        layout,
        columns,
        rows,
        korean,
        english,
        used,
        result.missing_left_out,
        asked.evidence,
        [whiskers],
    )


def density(wish: Wish) -> Drawing:
    """Return a smooth curve of the distribution of `x` (Gaussian kernel, bandwidth of Silverman 1986)."""
    asked = Asked(wish)
    x = wish.numeric(wish.x, of="x")
    present = Filter(Field(x.name), Op.PRESENT)
    low, high = float(x.min or 0), float(x.max or 0)
    width = (high - low) / CURVE_BINS or 1.0
    summary = asked.run(
        Query(
            (
                COUNT,
                Measure(Function.DEVIATION, x.name),
                Measure(Function.PERCENTILE, x.name, fraction=0.25),
                Measure(Function.PERCENTILE, x.name, fraction=0.75),
            ),
            (*wish.where, present),
        )
    )
    count, deviation, q1, q3 = summary.rows[0]
    result = asked.run(
        Query(
            (COUNT,), (*wish.where, present), group=(Field(x.name, Part.BIN, width=width),), order=(Order(0),)
        )
    )
    spread = min(deviation or 0, (q3 - q1) / 1.34 if count and q3 > q1 else deviation or 0) or width
    bandwidth = 0.9 * spread * max(count, 1) ** -0.2
    step = (high - low + 6 * bandwidth) / (CURVE_POINTS - 1)
    xs = [low - 3 * bandwidth + i * step for i in range(CURVE_POINTS)]
    centres = [(row[0] + width / 2, row[1]) for row in result.rows]
    scale = 1 / (max(count, 1) * bandwidth * sqrt(2 * pi))
    ys = [scale * sum(n * exp(-0.5 * ((at - centre) / bandwidth) ** 2) for centre, n in centres) for at in xs]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "fill": "tozeroy",
        "x": [drawing.rounded(at) for at in xs],
        "y": [drawing.rounded(value) for value in ys],
        "name": x.name,
    }
    layout = {
        "title": drawing.title(wish.say(f"{x.name} 밀도", f"Density of {x.name}")),
        "xaxis": axis(with_unit(x), kind="linear"),
        "yaxis": axis(wish.say("밀도", "density"), kind="linear", rangemode="tozero"),
    }
    peak = drawing.rounded(xs[ys.index(max(ys))])
    return Drawing(
        [trace],
        layout,
        (x.name, "density"),
        list(zip(trace["x"], trace["y"], strict=True)),
        f"{x.name}의 밀도는 {peak} 근처에서 가장 높습니다({count:,}개 행).",
        f"The density of {x.name} is highest near {peak} ({count:,} rows).",
        count,
        _missing(wish, x),
        asked.evidence,
    )
