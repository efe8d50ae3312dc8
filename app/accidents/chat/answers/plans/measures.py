"""Measures that several plans compute, and figures derived from theirs."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.result import Evidence, Result, filters
from app.accidents.chat.grammar.reading import Figure, Reading
from app.accidents.datasets.query import Filter, Function, Measure


def measure_of(figure: Figure, where: tuple[Filter, ...] = ()) -> Measure:
    """Return a figure as a measure, of rows that pass more filters."""
    return Measure(figure.function, figure.column, figure.other, figure.fraction, where)


def present_count(figure: Figure, where: tuple[Filter, ...] = ()) -> Measure:
    """Return the count of rows that a figure rests on."""
    return Measure(Function.COUNT, figure.column, where=where)


def derive(evidence: Evidence, name: str, values: list[Any]) -> None:
    """Add a column that follows from the others to evidence, and say so in it."""
    evidence["columns"] = [*evidence["columns"], name]
    evidence["rows"] = [[*row, value] for row, value in zip(evidence["rows"], values, strict=False)]
    evidence["derived"] = [*evidence.get("derived", []), name]


def share_measures(reading: Reading) -> tuple[Measure, Measure, Measure]:
    """Return the measures of a part, of the whole, and of their ratio."""
    part, weight = filters(reading.part), reading.figure.weight
    if weight:
        return (
            Measure(Function.SHARE, weight, where=part),
            Measure(Function.SUM, weight, where=part),
            Measure(Function.SUM, weight),
        )
    return Measure(Function.SHARE, where=part), Measure(Function.COUNT, where=part), Measure(Function.COUNT)


def with_missing(result: Result, missing: int) -> Result:
    """Return a result that says how many rows it left out for having no value."""
    result.missing = missing
    result.evidence[-1].setdefault("summary", []).append(missing)
    return result
