"""The charts that any table has: bars, histogram, box, density, scatter, correlation, cross table."""

from __future__ import annotations

from itertools import combinations
from math import exp, floor, log10, pi, sqrt
from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.drawing import ELSE, MOST_CATEGORIES, MOST_POINTS, Asked, Drawing, Wish, axis, label
from app.accidents.charts.drawing import note as noted
from app.accidents.datasets.compiler import BadQuery
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query

AGGREGATES = {
    "sum": Function.SUM,
    "mean": Function.MEAN,
    "median": Function.MEDIAN,
    "min": Function.MIN,
    "max": Function.MAX,
    "count": Function.COUNT,
}
NAMES = {
    "sum": ("합계", "sum"),
    "mean": ("평균", "mean"),
    "median": ("중앙값", "median"),
    "min": ("최솟값", "lowest"),
    "max": ("최댓값", "highest"),
    "count": ("개수", "count"),
}
BINS = 40
GRID = 60  # cells a side of a scatter of many points
CURVE_POINTS, CURVE_BINS = 100, 400
MOST_CORRELATED = 20
COUNT = Measure(Function.COUNT)


def bar(wish: Wish) -> Drawing:
    """Return the 20 largest categories of `x`, by rows or by a figure of `y`, and the rest as one."""
    asked = Asked(wish)
    x = wish.column(wish.x, of="x")
    measure, name = _figure(wish)
    largest = Order(1, descending=True)
    result = asked.run(
        Query(
            (measure, COUNT),
            wish.where,
            group=(Field(x.name),),
            order=(largest,),
            limit=MOST_CATEGORIES,
            ties=False,
        )
    )
    labels = [label(row[0], wish.language) for row in result.rows]
    trace = drawing.bars(labels, [row[1] for row in result.rows], name=name)
    rest = result.total_rows - len(result.rows)
    rest_rows = result.matched - sum(row[2] for row in result.rows)
    data, notes, rows = [trace], [], [[each, *row[1:]] for each, row in zip(labels, result.rows, strict=True)]
    texts = [_most(wish, result.rows, name, at) for at in ("ko", "en")]
    if rest > 0:
        other = ELSE[wish.language].format(rest)
        value = rest_rows if measure.function is Function.COUNT else None
        data.append(drawing.bars([other], [value], name=other, marker={"color": drawing.COLOURS[1]}))
        rows.append([other, value, rest_rows])
        notes.append(
            noted(
                "rest",
                f"그 밖의 {rest}개 {x.name}이(가) {result.matched:,}개 행 중 {rest_rows:,}개를 차지합니다.",
                f"{rest} further values of {x.name} hold {rest_rows:,} of {result.matched:,} rows.",
            )
        )
        texts = [f"{text} {notes[0][f'message_{at}']}" for text, at in zip(texts, ("ko", "en"), strict=True)]
    layout = {
        "title": drawing.title(f"{x.name}: {name}"),
        "xaxis": axis(x.name, kind="category"),
        "yaxis": axis(name, kind="linear", rangemode="tozero"),
        "showlegend": False,
    }
    return Drawing(
        data,
        layout,
        (x.name, name, wish.say("행", "rows")),
        rows,
        texts[0],
        texts[1],
        result.matched - result.missing_left_out,
        result.missing_left_out,
        asked.evidence,
        notes,
    )


def _figure(wish: Wish) -> tuple[Measure, str]:
    """Return what bars are as high as, and its name."""
    if wish.y is None:
        return COUNT, wish.say("행 수", "rows")
    y = wish.numeric(wish.y, of="y")
    aggregate = wish.aggregate or "sum"
    return Measure(AGGREGATES[aggregate], y.name), f"{y.name} {wish.say(*NAMES[aggregate])}"


def _most(wish: Wish, rows: Any, name: str, at: str) -> str:
    """Return the sentence that names the largest category."""
    if not rows:
        return {"ko": "조건에 맞는 행이 없습니다.", "en": "No row fits."}[at]
    first, value = label(rows[0][0], at), rows[0][1]
    value = f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
    korean = f"{wish.x}별 {name}: {first}이(가) {value}(으)로 가장 큽니다."
    return korean if at == "ko" else f"{name} by {wish.x}: {first} is largest with {value}."


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
        "xaxis": axis(_with_unit(x), kind=kind),
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


def _with_unit(column: Column) -> str:
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
        "yaxis": axis(_with_unit(y), kind="linear"),
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
        "xaxis": axis(_with_unit(x), kind="linear"),
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
        "xaxis": axis(_with_unit(x), kind="linear"),
        "yaxis": axis(_with_unit(y), kind="linear"),
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


def crosstab(wish: Wish) -> Drawing:
    """Return how often the most frequent values of `x` and `y` come together."""
    asked = Asked(wish)
    x = wish.column(wish.x, of="x")
    y = wish.column(wish.y, of="y") if wish.y else _other(wish, x)
    return crossed(wish, asked, Field(x.name), Field(y.name))


def _other(wish: Wish, x: Column) -> Column:
    """Return a second column where the request names one only: the first other one, or the same."""
    return next((each for each in wish.table.profile.columns if each.name != x.name), x)


def crossed(wish: Wish, asked: Asked, x: Field, y: Field) -> Drawing:
    """Return a cross table of two terms."""
    result = asked.run(
        Query((COUNT,), wish.where, group=(x, y), order=(Order(2, descending=True),), ties=False)
    )
    names = [[label(row[i], wish.language) for row in result.rows] for i in (0, 1)]
    xs, ys = (_frequent(each, [row[2] for row in result.rows]) for each in names)
    cells = {(a, b): row[2] for a, b, row in zip(*names, result.rows, strict=True) if a in xs and b in ys}
    shown = sum(cells.values())
    notes = []
    if shown < result.matched:
        notes.append(
            noted(
                "rest",
                f"{result.matched:,}개 행 중 {result.matched - shown:,}개는 표시되지 않은 값에 속합니다.",
                f"{result.matched - shown:,} of {result.matched:,} rows have values that are not shown.",
            )
        )
    trace = drawing.heat(xs, ys, cells)
    layout = {
        "title": drawing.title(f"{x.column} × {y.column}"),
        "xaxis": axis(x.column, kind="category"),
        "yaxis": axis(y.column, kind="category", autorange="reversed"),
    }
    rows = [[a, b, count] for (a, b), count in cells.items()]
    top = rows[0] if rows else ["-", "-", 0]
    return Drawing(
        [trace],
        layout,
        (x.column, y.column, "n"),
        rows,
        f"가장 잦은 조합: {top[0]}, {top[1]} ({top[2]:,}개 행).",
        f"Most frequent together: {top[0]} and {top[1]} ({top[2]:,} rows).",
        shown,
        result.matched - shown,
        asked.evidence,
        notes,
    )


def _frequent(names: list[str], counts: list[int]) -> list[str]:
    """Return the most frequent of names, most frequent first."""
    totals: dict[str, int] = {}
    for name, count in zip(names, counts, strict=True):
        totals[name] = totals.get(name, 0) + count
    return sorted(totals, key=lambda name: (-totals[name], name))[:MOST_CATEGORIES]
