"""Two or more sides beside each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.accidents.chat.answers.plans.groups import plan_groups
from app.accidents.chat.answers.plans.measures import derive, measure_of, present_count, share_measures
from app.accidents.chat.answers.plans.result import Data, Evidence, Result, filters
from app.accidents.chat.grammar.reading import Ask, Condition, Direction, Kind, Reading
from app.accidents.datasets.query import Filter, Function, Op, Query


def plan_comparison(reading: Reading, data: Data) -> Result:
    """Compare the sides that a reading names."""
    if reading.mode == "which" and not reading.part:
        grouped = _one_field(reading)
        if grouped is not None:
            return plan_groups(grouped, data)
    if reading.part or reading.figure.function == Function.CORRELATION:
        return _compared_shares(reading, data)
    where, sides = filters(reading.where), [filters((side,)) for side in reading.sides]
    measures = tuple(measure_of(reading.figure, side) for side in sides)
    counts = () if reading.figure.of_rows else tuple(present_count(reading.figure, side) for side in sides)
    evidence = data.run(Query((*measures, *counts), where), "compare")
    return _compared(reading, evidence, evidence["rows"][0][0], evidence["rows"][0][1])


def _one_field(reading: Reading) -> Reading | None:
    """Return 'which of two has more' as a ranking of the two, where they differ in the value of one field."""
    first, second = (set(side.filters) for side in reading.sides)
    own, other = first - second, second - first
    if len(own) != 1 or len(other) != 1:
        return None
    left, right = next(iter(own)), next(iter(other))
    if left.field != right.field or left.op is not Op.IS or right.op is not Op.IS:
        return None
    shared = tuple(each for each in reading.sides[0].filters if each in second)
    either = Condition(
        Kind.VALUE,
        "sides",
        (*shared, Filter(left.field, Op.IN, (*left.values, *right.values))),
        f"{reading.sides[0].ko}, {reading.sides[1].ko}",
        f"{reading.sides[0].en}, {reading.sides[1].en}",
    )
    return replace(
        reading,
        ask=Ask.RANKING,
        where=(*reading.where, either),
        group=(left.field,),
        direction=reading.direction or Direction.MOST,
        limit=2,
        sides=(),
        mode="",
    )


def _compared_shares(reading: Reading, data: Data) -> Result:
    shares = [
        data.run(Query(share_measures(reading), (*filters(reading.where), *filters((side,)))), "share")
        for side in reading.sides
    ]
    first, second = (each["rows"][0][0] for each in shares)
    derive(shares[0], "other side", [second])
    result = _compared(reading, shares[0], first, second)
    result.evidence = shares
    return result


def _compared(reading: Reading, evidence: Evidence, first: Any, second: Any) -> Result:
    result = Result(reading, [evidence], sides=(first, second), matched=1)
    labels = [side.ko for side in reading.sides]
    for name, value in zip(("first", "second"), labels, strict=True):
        derive(evidence, name, [value])
    if first is None or second is None:
        return result
    values = {
        "difference": first - second,
        "change": (first - second) / second if second else None,
        "times": first / second if second else None,
    }
    result.value = values.get(reading.mode)
    for name in ("difference", "change", "times"):
        derive(evidence, name, [values[name]])
    return result
