"""Turn a reading into queries and their results into evidence: nothing here knows a language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.accidents.chat.answers.plans.comparison import plan_comparison
from app.accidents.chat.answers.plans.figure import plan_figure
from app.accidents.chat.answers.plans.groups import plan_groups, plan_share
from app.accidents.chat.answers.plans.measures import derive
from app.accidents.chat.answers.plans.result import Data, Evidence, Result, filters
from app.accidents.chat.answers.plans.rows import plan_distinct, plan_rows, plan_values
from app.accidents.chat.answers.plans.spread import (
    plan_columns,
    plan_correlation,
    plan_missing,
    plan_outliers,
    plan_range,
)
from app.accidents.chat.grammar.reading import Ask, Condition, Kind, Reading, Reference
from app.accidents.datasets.query import Field, Filter, Function, Measure, Op, Query


def carry_out(reading: Reading, data: Data) -> Result:
    """Run what a reading asks for."""
    reading, references = _resolved(reading, data)
    result = _PLANS[reading.ask](reading, data)
    result.evidence += references
    return _count_missing_behind_not(result, data)


def _resolved(reading: Reading, data: Data) -> tuple[Reading, list[Evidence]]:
    """Return a reading whose references to means and medians are numbers, and the evidence for these."""
    evidence: list[Evidence] = []

    def put(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(_put(each, data, evidence) for each in conditions)

    reading = replace(
        reading,
        where=put(reading.where),
        part=put(reading.part),
        kept=put(reading.kept),
        sides=put(reading.sides),
    )
    bound = reading.bound
    if bound is not None and bound.reference is not None:
        number = _reference(bound.reference, data, evidence)
        reading = replace(reading, bound=replace(bound, number=number))
    return reading, evidence


def _put(condition: Condition, data: Data, evidence: list[Evidence]) -> Condition:
    reference = condition.reference
    if reference is None or condition.filters:
        return condition
    number = _reference(reference, data, evidence)
    shown = f" ({number:,.2f})" if number is not None else ""
    op_or_none = Filter(Field(reference.column), reference.op, (number,)) if number is not None else None
    filters_ = (op_or_none or Filter(Field(reference.column), Op.MISSING),)
    return replace(condition, filters=filters_, ko=condition.ko + shown, en=condition.en + shown)


def _reference(reference: Reference, data: Data, evidence: list[Evidence]) -> float | None:
    """Return the figure of all rows that something is compared with."""
    made = data.run(Query((Measure(reference.function, reference.column),)), "column_stats")
    value = made["rows"][0][0]
    number = value * reference.factor if value is not None else None
    if reference.factor != 1:
        derive(made, f"times {reference.factor:g}", [number])
    if all(made["rows"] != other["rows"] for other in evidence):
        evidence.append(made)
    return number


def _count_missing_behind_not(result: Result, data: Data) -> Result:
    """Count the rows without a value among those that pass a 'not', and say it with the answer."""
    negated = [c for c in (*result.reading.where, *result.reading.part) if c.negated and c.kind is Kind.VALUE]
    if not negated or not result.evidence:
        return result
    where = (*filters(result.reading.where), *(Filter(each.field, Op.MISSING) for each in negated[0].filters))
    evidence = data.run(Query((Measure(Function.COUNT),), where), "missing")
    result.negated_missing = int(evidence["rows"][0][0])
    result.evidence[0].setdefault("summary", []).append(result.negated_missing)
    return result


_PLANS: dict[Ask, Callable[[Reading, Data], Result]] = {
    Ask.FIGURE: plan_figure, Ask.SHARE: plan_share, Ask.GROUPS: plan_groups, Ask.RANKING: plan_groups, Ask.COMPARISON: plan_comparison,
    Ask.DISTINCT: plan_distinct, Ask.VALUES: plan_values, Ask.ROWS: plan_rows, Ask.CORRELATION: plan_correlation, Ask.OUTLIERS: plan_outliers,
    Ask.RANGE: plan_range, Ask.COLUMNS: plan_columns, Ask.MISSING: plan_missing,
}  # fmt: skip
