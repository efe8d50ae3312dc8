"""Different values, and rows themselves."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.answers.plans.groups import MOST_GROUPS, NEXT, run_grouped
from app.accidents.chat.answers.plans.measures import derive, with_missing
from app.accidents.chat.answers.plans.result import Data, Evidence, Result, filters
from app.accidents.chat.grammar.reading import Direction, Figure, Reading
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Order, Part, Query


def plan_distinct(reading: Reading, data: Data) -> Result:
    """Count the different values of a field."""
    field_ = reading.group[0]
    where = filters(reading.where)
    if field_.part is Part.VALUE:
        evidence = data.run(
            Query(
                (
                    Measure(Function.DISTINCT, field_.column),
                    Measure(Function.COUNT),
                    Measure(Function.COUNT, field_.column),
                ),
                where,
            ),
            "unique",
        )
        value, matched, present = evidence["rows"][0]
        return with_missing(Result(reading, [evidence], value=value, matched=matched), matched - present)
    query = Query(
        (Measure(Function.COUNT),),
        (*where, Filter(field_, Op.PRESENT)),
        (field_,),
        order=(Order(1, descending=True),),
    )
    evidence = data.run(query, "unique")
    derive(evidence, "distinct", [evidence["total_rows"]] * len(evidence["rows"]))
    return Result(reading, [evidence], value=evidence["total_rows"], matched=evidence["matched"])


def plan_values(reading: Reading, data: Data) -> Result:
    """List the different values of a field with their rows."""
    return run_grouped(
        replace(reading, figure=Figure()), data, (Measure(Function.COUNT),), tool="value_counts"
    )


def plan_rows(reading: Reading, data: Data) -> Result:
    """Show rows, as they stand or in the order of a column."""
    if reading.order_by:
        return _ranked_rows(reading, data)
    query = Query(columns=reading.columns, where=filters(reading.where), limit=reading.limit or 5)
    return _rows_of(reading, data.run(query, "sample"))


def _ranked_rows(reading: Reading, data: Data) -> Result:
    """List the rows that have the most of a column, and one behind them to see a tie."""
    names = (*_names_of_rows(data.profile), *reading.columns, reading.order_by)
    columns = tuple(dict.fromkeys(names))
    where = (*filters(reading.where), Filter(Field(reading.order_by), Op.PRESENT))
    wanted = reading.nth or reading.limit or 1
    order = (Order(columns.index(reading.order_by), descending=reading.direction is not Direction.LEAST),)
    query = Query(columns=columns, where=where, order=order, limit=min(wanted + NEXT, MOST_GROUPS))
    return replace(_rows_of(reading, data.run(query, "sort")), shown=wanted)


def _rows_of(reading: Reading, evidence: Evidence) -> Result:
    """Return the answer that shows the rows of some evidence."""
    total = evidence["total_rows"]
    return Result(reading, [evidence], rows=evidence["rows"], total=total, matched=total)


def _names_of_rows(profile: Profile) -> tuple[str, ...]:
    """Return the columns by which a row is told from others: identifiers, else the first of text."""
    ids = [column.name for column in profile.columns if column.role == "id"][:1]
    texts = [column.name for column in profile.columns if column.type.is_temporal or column.type == "text"][
        :2
    ]
    return tuple(ids or texts)
