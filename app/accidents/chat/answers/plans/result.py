"""A data set that can be asked, and what the queries of a reading gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.accidents.chat.grammar.reading import Condition, Reading
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Filter, Query

Evidence = dict[str, Any]
Run = Callable[[Query, str], Evidence]


@dataclass(frozen=True)
class Data:
    """A data set that can be asked: what its columns are, and how a query is run as a tool."""

    profile: Profile
    run: Run


@dataclass
class Result:
    """What the queries of a reading gave."""

    reading: Reading
    evidence: list[Evidence] = field(default_factory=list)
    value: Any = None
    matched: int | None = None
    missing: int | None = None  # rows left out, for they have no value
    numerator: Any = None
    denominator: Any = None
    sides: tuple[Any, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)
    total: int = 0
    shown: int | None = None  # of the rows, those that the question asked for
    negated_missing: int | None = None
    group_missing: int | None = None
    turned_by: str = ""  # a column in each of whose groups a comparison turns round
    fences: tuple[float, float] | None = None
    converted: tuple[float, str] | None = None  # the figure in the unit that was asked for

    @property
    def is_empty(self) -> bool:
        """Say whether no row passed the filters."""
        return self.matched == 0


def filters(conditions: tuple[Condition, ...]) -> tuple[Filter, ...]:
    """Return the filters of conditions."""
    return tuple(each for condition in conditions for each in condition.filters)
