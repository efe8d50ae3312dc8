"""The charts of an analyst of accidents: when, where, how severe, and under which circumstances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from app.accidents.charts import drawing
from app.accidents.charts.drawing import Asked, Drawing, Wish, axis, label
from app.accidents.charts.drawing import note as noted
from app.accidents.charts.general import COUNT, crossed
from app.accidents.charts.intervals import FEW, Z, of_mean, turns_round, wilson
from app.accidents.datasets.compiler import BadQuery
from app.accidents.datasets.profile import Column, Profile
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query

# What exports of TAAS and others call the columns; the first that a table has is taken.
NAMES = {
    "deaths": ("사망자수", "사망", "deaths", "fatal", "killed"),
    "serious": ("중상자수", "중상", "serious"),
    "minor": ("경상자수", "경상", "minor", "slight"),
    "reported": ("부상신고자수", "부상신고", "reported"),
    "eclo": ("ECLO", "eclo"),
    "weather": ("기상상태", "날씨", "weather"),
    "surface": ("노면상태", "road_surface", "surface"),
    "road": ("도로형태", "road_type"),
    "kind": ("사고유형", "accident_type"),
}
WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
SEVERITIES = {
    "deaths": ("사망", "killed"),
    "serious": ("중상", "seriously injured"),
    "minor": ("경상", "slightly injured"),
    "reported": ("부상신고", "reported injured"),
}
DISTRICT = " district"
MOST_ECLO = 30  # from here on accidents are one bar
MOST_STRATA = 12  # values of a column that a comparison is looked at within


@dataclass(frozen=True)
class Columns:
    """The columns of accidents that a table has."""

    profile: Profile
    chart: str

    def find(self, role: str) -> Column | None:
        """Return the column of a role, None where the table has none."""
        names = {column.name.casefold(): column for column in self.profile.columns}
        return next((names[each.casefold()] for each in NAMES[role] if each.casefold() in names), None)

    def need(self, role: str) -> Column:
        """Return the column of a role; raise BadQuery where the table has none."""
        column = self.find(role)
        if column is None:
            raise BadQuery(
                f"{self.chart!r} needs a column for {role}; it may be called {', '.join(NAMES[role])}."
            )
        return column

    def moment(self) -> Column:
        """Return the first column of times; raise BadQuery where the table has none."""
        column = next((each for each in self.profile.columns if each.type.is_temporal), None)
        if column is None:
            raise BadQuery(f"{self.chart!r} needs a column of dates; this data set has none.")
        return column


def columns_of(wish: Wish) -> Columns:
    """Return the columns of the table that a request is about."""
    return Columns(wish.table.profile, wish.name)


def columns_of_profile(profile: Profile, asking: str) -> Columns:
    """Return the columns of accidents of a profile; `asking` is what needs them."""
    return Columns(profile, asking)


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
