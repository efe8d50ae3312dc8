"""The figures of a typed column: what of it is missing, how many values differ, their bounds and sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nsmallest
from math import fsum
from typing import Any

from app.accidents.datasets.profile import Role
from workers.accidents.datasets.faults import Warned
from workers.accidents.datasets.typing_rules import Typed, plain

MOST_CATEGORIES = 300
SAMPLES = 5
SENTINELS = frozenset(
    {-9, -99, -999, -9999, -99999, -999999, 99, 999, 9999, 99999, 999999, 999.9, 9999.9, 99.9, 99.99}
)
MOST_EXACT = 2**53  # of whole numbers in a browser
MOST_EXACT = 2**53  # of whole numbers in a browser
APART = 4  # times that a sentinel is larger than any other value

Counts = Mapping[Any, int]


def count_values(cells: Sequence[str], typed: Typed) -> Counter[Any]:
    """Return how often each value comes, missing ones as None; equal values of other spelling are one."""
    counts: Counter[Any] = Counter()
    for text, count in Counter(cells).items():
        counts[typed.values[text]] += count
    return counts


def describe(name: str, source: str, typed: Typed, counts: Counter[Any]) -> dict[str, Any]:
    """Return a column as the profile has it."""
    missing = counts.get(None, 0)
    values = {value: count for value, count in counts.items() if value is not None}
    document: dict[str, Any] = {
        "name": name,
        "source_name": source,
        "type": typed.type.value,
        "role": typed.role.value if typed.role else None,
        "unit": typed.unit,
        "format": typed.format,
        "missing": missing,
        "missing_tokens": list(typed.missing_tokens),
        "distinct": len(values),
        **_bounds(typed, values),
        "sample": [plain(value) for value in list(values)[:SAMPLES]],
    }
    if not typed.type.is_numeric and not typed.type.is_temporal:
        frequent = nsmallest(MOST_CATEGORIES, values.items(), key=lambda pair: (-pair[1], pair[0]))
        document["categories"] = [list(pair) for pair in frequent]
        document["true_label"] = typed.true_label
    return document


def _bounds(typed: Typed, values: Counts) -> dict[str, Any]:
    """Return least, greatest, mean and sum of a column; a code has no mean, and a text none of them."""
    nothing = dict.fromkeys(("min", "max", "mean", "sum"))
    if not values or not (typed.type.is_numeric or typed.type.is_temporal):
        return nothing
    bounds = {"min": plain(min(values)), "max": plain(max(values))}
    if not typed.type.is_numeric or typed.role is Role.ID:
        return {**nothing, **bounds}
    total = _sum(values)
    return {**bounds, "mean": total / sum(values.values()), "sum": total}


def _sum(values: Counts) -> int | float:
    total: int | float = sum(value * count for value, count in values.items())
    is_exact = all(isinstance(value, int) for value in values) and abs(total) <= MOST_EXACT
    return total if is_exact else fsum(value * count for value, count in values.items())


def sentinels(name: str, typed: Typed, counts: Counter[Any]) -> list[Warned]:
    """Return a warning where a number stands far from all others and is one that often means missing."""
    if not typed.type.is_numeric or typed.role is Role.ID:
        return []
    values = {value for value in counts if value is not None}
    warnings = []
    for value in sorted(values & SENTINELS):
        others = [abs(other) for other in values if other != value and other not in SENTINELS]
        if len(others) < 2 or abs(value) < APART * max(others) or (value < 0 and -value == 9):  # noqa: PLR2004
            continue
        warnings.append(
            Warned(
                "sentinel",
                f"{name!r} has {value} in {counts[value]} row(s), far from the others; it may mean missing.",
                f'If so, say it: {{"columns": {{"{name}": {{"missing": ["{value}"]}}}}}}.',
                column=name,
                value=value,
                count=counts[value],
            )
        )
    return warnings
