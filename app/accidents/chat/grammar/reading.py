"""What a question was read as: typed, frozen, and said back with every answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.accidents.datasets.query import Field, Filter, Function, Op


class Ask(StrEnum):
    """What kind of answer is wanted."""

    FIGURE = "figure"  # one number
    SHARE = "share"
    GROUPS = "groups"  # a figure for each group
    RANKING = "ranking"  # the groups with the most or the least
    COMPARISON = "comparison"  # a figure on two sides
    DISTINCT = "distinct"
    VALUES = "values"  # the different values of a column
    ROWS = "rows"  # rows themselves
    CORRELATION = "correlation"
    OUTLIERS = "outliers"
    RANGE = "range"
    COLUMNS = "columns"
    MISSING = "missing"  # how much is missing in each column
    PREDICT = "predict"


class Kind(StrEnum):
    """What a condition came from; a follow-up replaces like by like."""

    VALUE = "value"
    PERIOD = "period"
    NUMBER = "number"
    MISSING = "missing"
    EVENT = "event"


@dataclass(frozen=True)
class Reference:
    """A figure of all rows that a condition compares with: the mean, twice the median."""

    function: Function
    column: str
    op: Op
    factor: float = 1.0


@dataclass(frozen=True)
class Condition:
    """One condition on rows: filters that hold together, and how it is said in both languages."""

    kind: Kind
    slot: str  # what a later condition of the same slot replaces
    filters: tuple[Filter, ...]
    ko: str
    en: str
    negated: bool = False
    at: int = 0  # where in the question it stands
    level: str = ""  # of a period: how fine it is
    field: Field | None = None
    reference: Reference | None = None  # makes its filter once its figure is there

    def same_side(self, other: Condition) -> bool:
        """Tell whether two conditions could stand on two sides of a comparison."""
        return (
            self.slot == other.slot and self.filters != other.filters and not (self.negated or other.negated)
        )


@dataclass(frozen=True)
class Figure:
    """What is computed; no column counts rows."""

    function: Function = Function.COUNT
    column: str | None = None
    other: str | None = None
    fraction: float | None = None
    weight: str | None = None  # a column that says how often a row counts
    stated: bool = False  # the question names it

    @property
    def of_rows(self) -> bool:
        """Say whether rows are counted."""
        return self.column is None


class Direction(StrEnum):
    """Which end of a ranking is wanted."""

    MOST = "most"
    LEAST = "least"


@dataclass(frozen=True)
class Bound:
    """What a group's figure must be: a number, or a reference."""

    op: Op
    number: float | None = None
    reference: Reference | None = None
    counted: bool = False  # how many groups are so is asked, not which


@dataclass(frozen=True)
class Reading:
    """A question that was understood."""

    ask: Ask
    figure: Figure = Figure()
    where: tuple[Condition, ...] = ()
    part: tuple[Condition, ...] = ()  # the numerator of a share
    group: tuple[Field, ...] = ()
    direction: Direction | None = None
    limit: int | None = None
    sides: tuple[Condition, ...] = ()
    mode: str = ""  # of a comparison: difference, change, times, which; of a trend: trend
    per: str = ""  # a mean per day, month or year
    columns: tuple[str, ...] = ()
    unit: str = ""  # that the question asks for
    notes: tuple[tuple[str, str], ...] = ()  # Korean, English: what was assumed
    kept: tuple[Condition, ...] = ()  # of an earlier question
    nth: int | None = None  # the place in a ranking that is asked for
    bound: Bound | None = None  # only groups whose figure is so
    order_by: str = ""  # of rows: the column that ranks them

    def noted(self, ko: str, en: str) -> Reading:
        """Return the reading with one more remark."""
        return replace(self, notes=(*self.notes, (ko, en)))
