"""One figure, in the unit that was asked for, or for each day or month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.accidents.chat.answers.plans.measures import derive, measure_of, present_count, with_missing
from app.accidents.chat.answers.plans.result import Data, Result, filters
from app.accidents.chat.grammar import units
from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.reading import Reading
from app.accidents.datasets.query import Function, Measure, Query


def plan_figure(reading: Reading, data: Data) -> Result:
    """Compute one figure of the rows that a reading is about."""
    if reading.per:
        return _per(reading, data)
    where = filters(reading.where)
    count = Measure(Function.COUNT)
    if reading.figure.of_rows:
        evidence = data.run(Query((count,), where), "row_count")
        return Result(reading, [evidence], value=evidence["rows"][0][0], matched=evidence["rows"][0][0])
    query = Query((measure_of(reading.figure), count, present_count(reading.figure)), where)
    evidence = data.run(query, "column_stats")
    value, matched, present = evidence["rows"][0]
    result = Result(reading, [evidence], value=value, matched=matched)
    return with_missing(_in_unit(result, data), matched - present)


def _in_unit(result: Result, data: Data) -> Result:
    """Add the figure in the unit that the question asks for, where the column's converts to it."""
    figure, unit = result.reading.figure, units.wanted(result.reading.unit)
    own = unit_of(data.profile.column(figure.column or ""))
    scale = units.factor(own, unit)
    if scale and own != unit and result.value is not None:
        result.converted = (result.value * scale, unit or "")
        derive(result.evidence[0], f"in {unit}", [result.value * scale])
    return result


def _per(reading: Reading, data: Data) -> Result:
    """Return a mean per day, month or year of the time that the rows span."""
    column = next(c for c in data.profile.columns if c.type.is_temporal)
    total = (
        Measure(Function.COUNT)
        if reading.figure.of_rows
        else measure_of(replace(reading.figure, function=Function.SUM))
    )
    evidence = data.run(
        Query(
            (total, Measure(Function.MIN, column.name), Measure(Function.MAX, column.name)),
            filters(reading.where),
        ),
        "temporal_pattern",
    )
    amount, first, last = evidence["rows"][0]
    if not first:
        return Result(reading, [evidence], matched=0)
    span = _span(date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10]), reading.per)
    derive(evidence, f"mean per {reading.per}", [(amount or 0) / span])
    derive(evidence, f"{reading.per}s", [span])
    return Result(
        reading, [evidence], value=(amount or 0) / span, numerator=amount, denominator=span, matched=1
    )


def _span(first: date, last: date, per: str) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return {"day": (last - first).days + 1, "month": months, "year": last.year - first.year + 1}[per]
