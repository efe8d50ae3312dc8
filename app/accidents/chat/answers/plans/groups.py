"""Figures and shares by group, ranked and cut off."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.answers.plans.measures import (
    derive,
    measure_of,
    present_count,
    share_measures,
    with_missing,
)
from app.accidents.chat.answers.plans.result import Data, Evidence, Result, filters
from app.accidents.chat.answers.plans.reversal import with_reversal
from app.accidents.chat.grammar.reading import Ask, Direction, Reading
from app.accidents.datasets.query import Filter, Function, Having, Measure, Op, Order, Part, Query

NEXT = 4  # groups behind the first that a ranking without a number names too
MOST_GROUPS = 200
_CALENDAR = {
    Part.YEAR,
    Part.QUARTER,
    Part.MONTH,
    Part.YEAR_MONTH,
    Part.DATE,
    Part.HOUR,
    Part.WEEKDAY,
    Part.DAY,
}


def plan_share(reading: Reading, data: Data) -> Result:
    """Compute the share of a part, or of each group."""
    if not reading.part:
        return _distribution(reading, data)
    if reading.group:
        return plan_groups(reading, data)
    evidence = data.run(Query(share_measures(reading), filters(reading.where)), "share")
    value, part, whole = evidence["rows"][0]
    result = Result(
        reading, [evidence], value=value, numerator=part or 0, denominator=whole, matched=evidence["matched"]
    )
    return with_missing(result, _missing_of_part(reading, data))


def _missing_of_part(reading: Reading, data: Data) -> int:
    """Count the rows that have no value where the numerator looks."""
    fields = {each.field for each in filters(reading.part) if each.op is not Op.MISSING}
    if len(fields) != 1:
        return 0
    where = (*filters(reading.where), Filter(next(iter(fields)), Op.MISSING))
    return int(data.run(Query((Measure(Function.COUNT),), where), "missing")["rows"][0][0])


def _distribution(reading: Reading, data: Data) -> Result:
    """Return what part of all rows, or of a sum, each group holds."""
    column = reading.figure.weight
    amount = Measure(Function.SUM, column) if column else Measure(Function.COUNT)
    return run_grouped(reading, data, (Measure(Function.PART, column), amount), tool="value_counts")


def plan_groups(reading: Reading, data: Data) -> Result:
    """Compute a figure or a share for each group."""
    reading = _by_year_and_month(reading, data)
    if reading.ask is Ask.SHARE or reading.figure.function is Function.SHARE:
        if not reading.part:
            return _distribution(reading, data)
        result = run_grouped(reading, data, share_measures(reading), tool="group_share")
        return with_reversal(result, data)
    measures: tuple[Measure, ...] = (measure_of(reading.figure),)
    if not reading.figure.of_rows:
        measures += (present_count(reading.figure),)
    return run_grouped(reading, data, measures, tool="group_count" if reading.figure.of_rows else "group_by")


def _by_year_and_month(reading: Reading, data: Data) -> Reading:
    """Return a trend by months of one year, or by years and months where the dates span more than one."""
    if reading.mode != "trend" or len(reading.group) != 1 or reading.group[0].part is not Part.MONTH:
        return reading
    column = data.profile.column(reading.group[0].column)
    one_year = str(column.min)[:4] == str(column.max)[:4] or any(c.slot == "period" for c in reading.where)
    if one_year or not column.type.is_temporal:
        return reading
    return replace(reading, group=(replace(reading.group[0], part=Part.YEAR_MONTH),))


def run_grouped(reading: Reading, data: Data, measures: tuple[Measure, ...], *, tool: str) -> Result:
    """Compute measures for each group, in the reading's order and up to its limit."""
    width = len(reading.group)
    where = filters(reading.where)
    if reading.ask is Ask.RANKING:
        where += tuple(Filter(each, Op.PRESENT) for each in reading.group)
    query = Query(
        measures,
        where,
        reading.group,
        having=_having(reading),
        order=_order(reading, width),
        limit=_limit(reading),
    )
    evidence = data.run(query, tool)
    _name_weekdays(evidence, reading)
    rows = [row for row in evidence["rows"] if reading.ask is not Ask.RANKING or row[width] is not None]
    result = Result(
        reading,
        [evidence],
        rows=rows,
        total=evidence["total_rows"],
        matched=evidence["matched"],
        shown=reading.limit,
    )
    if reading.ask is Ask.RANKING:
        missing = Query(
            (Measure(Function.COUNT),), (*filters(reading.where), Filter(reading.group[0], Op.MISSING))
        )
        result.group_missing = int(data.run(missing, "missing")["rows"][0][0])
        evidence.setdefault("summary", []).append(result.group_missing)
    evidence.setdefault("summary", []).append(evidence["matched"])
    return result


def _having(reading: Reading) -> tuple[Having, ...]:
    bound = reading.bound
    return (Having(0, bound.op, bound.number or 0.0),) if bound is not None else ()


def _order(reading: Reading, width: int) -> tuple[Order, ...]:
    if reading.ask is Ask.RANKING:
        by = Order(width, descending=reading.direction is not Direction.LEAST)
        return (Order(0), by) if reading.mode == "within" else (by,)
    if reading.group[0].part in _CALENDAR:
        return ()
    return (Order(width, descending=True),)


def _limit(reading: Reading) -> int:
    if reading.ask is not Ask.RANKING or reading.mode in {"within", "rank"}:
        return MOST_GROUPS
    if reading.nth:
        return reading.nth + 1
    return reading.limit or 1 + NEXT


def _name_weekdays(evidence: Evidence, reading: Reading) -> None:
    """Add the names of weekdays that are numbers."""
    if reading.group[0].part is Part.WEEKDAY:
        derive(evidence, "weekday", [WEEKDAYS[row[0] - 1] if row[0] else None for row in evidence["rows"]])


WEEKDAYS = (
    "월요일 Monday",
    "화요일 Tuesday",
    "수요일 Wednesday",
    "목요일 Thursday",
    "금요일 Friday",
    "토요일 Saturday",
    "일요일 Sunday",
)
