"""Correlation, outliers, the range of a column, and what columns there are and lack."""

from __future__ import annotations

from app.accidents.chat.answers.plans.groups import MOST_GROUPS
from app.accidents.chat.answers.plans.measures import derive, measure_of, with_missing
from app.accidents.chat.answers.plans.result import Data, Result, filters
from app.accidents.chat.grammar.reading import Reading
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Query


def plan_correlation(reading: Reading, data: Data) -> Result:
    """Compute how two columns go together."""
    both = tuple(
        Filter(Field(name), Op.PRESENT) for name in (reading.figure.column or "", reading.figure.other or "")
    )
    evidence = data.run(
        Query(
            (measure_of(reading.figure), Measure(Function.COUNT, where=both), Measure(Function.COUNT)),
            filters(reading.where),
        ),
        "correlation",
    )
    value, present, matched = evidence["rows"][0]
    return with_missing(Result(reading, [evidence], value=value, matched=matched), matched - present)


def plan_outliers(reading: Reading, data: Data) -> Result:
    """Count values beyond 1.5 interquartile ranges of the quartiles (Tukey 1977, Exploratory Data Analysis)."""
    column, where = reading.figure.column or "", filters(reading.where)
    quartiles = tuple(Measure(Function.PERCENTILE, column, fraction=fraction) for fraction in (0.25, 0.75))
    first = data.run(Query((*quartiles, Measure(Function.COUNT, column)), where), "percentile")
    low, high, present = first["rows"][0]
    if low is None:
        return Result(reading, [first], matched=present)
    fences = (low - 1.5 * (high - low), high + 1.5 * (high - low))
    derive(first, "lower fence", [fences[0]])
    derive(first, "upper fence", [fences[1]])
    below = (Filter(Field(column), Op.BELOW, (fences[0],)),)
    above = (Filter(Field(column), Op.ABOVE, (fences[1],)),)
    second = data.run(
        Query((Measure(Function.COUNT, where=below), Measure(Function.COUNT, where=above)), where), "outliers"
    )
    under, over = second["rows"][0]
    derive(second, "outliers", [under + over])
    return Result(reading, [second, first], value=under + over, matched=present, fences=fences)


def plan_range(reading: Reading, data: Data) -> Result:
    """Compute the first and the last value of a column."""
    column = reading.figure.column or ""
    measures = (Measure(Function.MIN, column), Measure(Function.MAX, column), Measure(Function.COUNT, column))
    evidence = data.run(Query(measures, filters(reading.where)), "date_range")
    return Result(reading, [evidence], sides=tuple(evidence["rows"][0][:2]), matched=evidence["rows"][0][2])


def plan_columns(reading: Reading, data: Data) -> Result:
    """List the columns of a data set."""
    rows = [[column.source_name, str(column.type), column.missing] for column in data.profile.columns]
    evidence = {
        "tool": "columns",
        "arguments": {},
        "columns": ["column", "type", "missing"],
        "rows": rows[:MOST_GROUPS],
        "total_rows": len(rows),
        "summary": [data.profile.rows],
    }
    return Result(reading, [evidence], rows=rows, total=len(rows), matched=data.profile.rows)


def plan_missing(reading: Reading, data: Data) -> Result:
    """List the columns that miss values, those that miss most first."""
    gaps = sorted((c for c in data.profile.columns if c.missing), key=lambda column: -column.missing)[:40]
    if not gaps:
        return plan_columns(reading, data)
    measures = tuple(
        Measure(Function.COUNT, where=(Filter(Field(column.name), Op.MISSING),)) for column in gaps
    )
    evidence = data.run(Query((*measures, Measure(Function.COUNT)), filters(reading.where)), "missing")
    row = evidence["rows"][0]
    rows = sorted(
        ([column.source_name, count] for column, count in zip(gaps, row, strict=False)),
        key=lambda pair: -pair[1],
    )
    evidence["columns"], evidence["rows"] = ["column", "missing"], rows
    evidence.setdefault("summary", []).append(row[-1])
    return Result(reading, [evidence], rows=rows, total=len(rows), matched=row[-1])
