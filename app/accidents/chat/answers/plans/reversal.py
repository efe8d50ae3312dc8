"""A comparison of groups that turns round in each group of another column."""

from __future__ import annotations

from typing import Any

from app.accidents.chat.answers.plans.measures import share_measures
from app.accidents.chat.answers.plans.result import Data, Result, filters
from app.accidents.datasets.query import Field, Query


def with_reversal(result: Result, data: Data) -> Result:
    """Say which other column turns a comparison of shares round in each of its groups (Simpson's paradox)."""
    reading = result.reading
    if len(reading.group) != 1 or len(result.rows) < 2:
        return result
    ordered = sorted((row for row in result.rows if row[1] is not None), key=lambda row: -row[1])[:2]
    if len(ordered) < 2 or ordered[0][1] == ordered[1][1]:
        return result
    used = {each.field.column for each in (*filters(reading.where), *filters(reading.part))} | {
        reading.group[0].column
    }
    for column in data.profile.columns:
        if column.name in used or not 2 <= column.distinct <= 6 or not column.categories:
            continue
        query = Query(share_measures(reading), filters(reading.where), (Field(column.name), reading.group[0]))
        evidence = data.run(query, "group_share")
        if _turns(evidence["rows"], ordered[0][0], ordered[1][0]):
            result.turned_by = column.source_name
            result.evidence.append(evidence)
            return result
    return result


def _turns(rows: list[list[Any]], first: Any, second: Any) -> bool:
    """Tell whether in each stratum the first group's share lies below the second's."""
    strata: dict[Any, dict[Any, Any]] = {}
    for row in rows:
        strata.setdefault(row[0], {})[row[1]] = row[2]
    pairs = [(of.get(first), of.get(second)) for of in strata.values()]
    return len(pairs) > 1 and all(a is not None and b is not None and a < b for a, b in pairs)
