"""The charts of an analyst of accidents: when, where, how severe, and under which circumstances."""

from __future__ import annotations

from app.accidents.charts import drawing
from app.accidents.charts.categories import COUNT, crossed
from app.accidents.charts.columns import columns_of
from app.accidents.charts.drawing import Asked, Drawing, Wish, axis, label
from app.accidents.datasets.query import Field, Function, Measure, Order, Part, Query

WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
SEVERITIES = {
    "deaths": ("사망", "killed"),
    "serious": ("중상", "seriously injured"),
    "minor": ("경상", "slightly injured"),
    "reported": ("부상신고", "reported injured"),
}
MOST_ECLO = 30  # from here on accidents are one bar


def hour_weekday(wish: Wish) -> Drawing:
    """Return how many accidents each hour of each day of the week has."""
    asked, moment = Asked(wish), columns_of(wish).moment()
    hours, days = Field(moment.name, Part.HOUR), Field(moment.name, Part.WEEKDAY)
    result = asked.run(Query((COUNT,), wish.where, group=(hours, days)))
    names = WEEKDAYS[wish.language]
    present = [row for row in result.rows if row[0] is not None]
    cells = {(str(row[0]), names[row[1] - 1]): row[2] for row in present}
    xs = [str(hour) for hour in range(24)]
    grid = drawing.heat(xs, list(names), {(x, y): cells.get((x, y), 0) for x in xs for y in names})
    layout = {
        "title": drawing.title(wish.say("시간대와 요일별 사고", "Accidents by hour and weekday")),
        "xaxis": axis(wish.say("시", "hour"), kind="category"),
        "yaxis": axis("", kind="category", autorange="reversed"),
    }
    used = sum(cells.values())
    (hour, day), most = max(cells.items(), key=lambda pair: pair[1]) if cells else (("-", "-"), 0)
    return Drawing(
        [grid],
        layout,
        ("hour", "weekday", "n"),
        [[*key, count] for key, count in cells.items()],
        f"사고가 가장 많은 때는 {day} {hour}시입니다({most:,}건).",
        f"Most accidents happen on {day} at {hour}:00 ({most:,}).",
        used,
        result.matched - used,
        asked.evidence,
    )


def monthly_trend(wish: Wish) -> Drawing:
    """Return accidents a month, and those killed or seriously injured in them."""
    asked, columns = Asked(wish), columns_of(wish)
    moment, deaths, serious = columns.moment(), columns.need("deaths"), columns.need("serious")
    measures = (COUNT, Measure(Function.SUM, deaths.name), Measure(Function.SUM, serious.name))
    month = Field(moment.name, Part.YEAR_MONTH)
    result = asked.run(Query(measures, wish.where, group=(month,), order=(Order(0),)))
    rows = [(row[0], row[1], (row[2] or 0) + (row[3] or 0)) for row in result.rows if row[0] is not None]
    months = [row[0] for row in rows]
    names = (wish.say("사고", "accidents"), wish.say("사망+중상", "killed or seriously injured"))
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": months,
            "y": [row[i] for row in rows],
            "name": name,
            "yaxis": at,
        }
        for i, name, at in ((1, names[0], "y"), (2, names[1], "y2"))
    ]
    layout = {
        "title": drawing.title(wish.say("월별 추이", "Monthly trend")),
        "xaxis": axis("", kind="category"),
        "yaxis": axis(names[0], kind="linear", rangemode="tozero"),
        "yaxis2": axis(names[1], kind="linear", overlaying="y", side="right", rangemode="tozero"),
    }
    used = sum(row[1] for row in rows)
    last = f"{months[0]} - {months[-1]}" if months else "-"
    return Drawing(
        traces,
        layout,
        ("month", "accidents", "ksi"),
        rows,
        f"{last}: 사고 {used:,}건, 사망 또는 중상 {sum(row[2] for row in rows):,}명.",
        f"{last}: {used:,} accidents, {sum(row[2] for row in rows):,} killed or seriously injured.",
        used,
        result.matched - used,
        asked.evidence,
    )


def severity_composition(wish: Wish) -> Drawing:
    """Return how many were killed and injured, by severity."""
    asked, columns = Asked(wish), columns_of(wish)
    roles = [role for role in SEVERITIES if columns.find(role)]
    if not roles:
        columns.need("deaths")
    measures = tuple(Measure(Function.SUM, columns.need(role).name) for role in roles)
    result = asked.run(Query(measures, wish.where))
    sums = [value or 0 for value in result.rows[0]]
    names = [wish.say(*SEVERITIES[role]) for role in roles]
    total = sum(sums)
    rows = [
        [name, value, drawing.rounded(value / total) if total else None]
        for name, value in zip(names, sums, strict=True)
    ]
    layout = {
        "title": drawing.title(wish.say("인명피해 구성", "Casualties by severity")),
        "xaxis": axis("", kind="category"),
        "yaxis": axis(wish.say("명", "people"), kind="linear", rangemode="tozero"),
    }
    parts = ", ".join(f"{row[0]} {row[1]:,}" for row in rows)
    return Drawing(
        [drawing.bars(names, sums)],
        layout,
        ("severity", "people", "share"),
        rows,
        f"인명피해 {total:,}명: {parts}.",
        f"{total:,} casualties: {parts}.",
        result.matched,
        0,
        asked.evidence,
    )


def weather_surface(wish: Wish) -> Drawing:
    """Return accidents by weather and road surface."""
    columns = columns_of(wish)
    return crossed(
        wish, Asked(wish), Field(columns.need("weather").name), Field(columns.need("surface").name)
    )


def road_accident_type(wish: Wish) -> Drawing:
    """Return accidents by type of road and of accident."""
    columns = columns_of(wish)
    return crossed(wish, Asked(wish), Field(columns.need("road").name), Field(columns.need("kind").name))


def eclo_distribution(wish: Wish) -> Drawing:
    """Return how many accidents have each ECLO; the highest ones together."""
    asked, eclo = Asked(wish), columns_of(wish).need("eclo")
    result = asked.run(Query((COUNT,), wish.where, group=(Field(eclo.name),), order=(Order(0),)))
    counts: dict[str, int] = {}
    for value, count in result.rows:
        if value is None:
            continue
        name = f"{MOST_ECLO}+" if value >= MOST_ECLO else label(value)
        counts[name] = counts.get(name, 0) + count
    layout = {
        "title": drawing.title(wish.say("ECLO 분포", "Distribution of ECLO")),
        "xaxis": axis(eclo.name, kind="category"),
        "yaxis": axis(wish.say("사고", "accidents"), kind="linear", rangemode="tozero"),
    }
    used = sum(counts.values())
    name, most = max(counts.items(), key=lambda pair: pair[1]) if counts else ("-", 0)
    return Drawing(
        [drawing.bars(list(counts), list(counts.values()))],
        layout,
        (eclo.name, "n"),
        list(counts.items()),
        f"가장 잦은 ECLO는 {name}입니다({used:,}건 중 {most:,}건).",
        f"The most frequent ECLO is {name} ({most:,} of {used:,} accidents).",
        used,
        result.matched - used,
        asked.evidence,
    )
