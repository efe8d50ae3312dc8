"""Charts of columns with few different values: bars, and two columns crossed."""

from __future__ import annotations

from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.drawing import ELSE, MOST_CATEGORIES, Asked, Drawing, Wish, axis, label
from app.accidents.charts.drawing import note as noted
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Function, Measure, Order, Query

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
