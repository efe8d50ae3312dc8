"""A question to a data set as a value: typed, frozen, and without a word of SQL.

    Query(
        measures=(Measure(Function.COUNT),),
        where=(Filter(Field("기상상태"), Op.IS, ("비",)),),
        group=(Field("시군구", Part.WORD, number=2),),
        order=(Order(1, descending=True),),
        limit=3,
    )

Columns of the result: the groups in their order, then the measures. Without measures, the rows
themselves are listed: `columns` names what of them is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float

MOST_ROWS = 10_000
MOST_PARTS = 250  # measures, filters and groups of one query together


class Part(StrEnum):
    """What of a column is looked at."""

    VALUE = "value"
    YEAR = "year"
    QUARTER = "quarter"  # 1..4
    MONTH = "month"  # 1..12
    YEAR_MONTH = "year_month"  # 2018-01
    DAY = "day"  # 1..31
    DATE = "date"  # 2018-01-31
    WEEKDAY = "weekday"  # 1 Monday .. 7 Sunday
    HOUR = "hour"  # 0..23
    BIN = "bin"  # the lower end of a bin of `width`
    WORD = "word"  # word `number` of a text, from 1; -1 is the last


class Op(StrEnum):
    """How a filter compares; a missing value is never equal, so that IS_NOT and NOT_IN keep it."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    BELOW = "below"
    AT_MOST = "at_most"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BETWEEN = "between"  # both ends belong to it
    STARTS_WITH = "starts_with"
    CONTAINS = "contains"
    MISSING = "missing"
    PRESENT = "present"


class Function(StrEnum):
    """What is computed over the rows of a group."""

    COUNT = "count"  # of rows; with a column, of rows that have a value in it
    DISTINCT = "distinct"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    PERCENTILE = "percentile"  # `fraction` of 0..1, interpolated
    MIN = "min"
    MAX = "max"
    DEVIATION = "deviation"  # of the sample
    SHARE = "share"  # 0..1: rows, or the sum of a column, where `where` holds, of those of the group
    PART = "part"  # 0..1: the group's rows, or its sum of a column, of those of all groups
    CORRELATION = "correlation"  # of a column with `other`


@dataclass(frozen=True)
class Field:
    """A column, or a part of it."""

    column: str
    part: Part = Part.VALUE
    width: float | None = None
    number: int | None = None


@dataclass(frozen=True)
class Filter:
    """A condition on rows; conditions in one `where` hold together.

    `against` compares with another column of numbers or dates instead of a value; a row also passes where
    one of `others` holds.
    """

    field: Field
    op: Op
    values: tuple[Value, ...] = ()
    against: Field | None = None
    others: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Having:
    """A condition on a measure of each group, counted from 0; `op` is one of IS and the four comparisons."""

    position: int
    op: Op
    value: float


@dataclass(frozen=True)
class Measure:
    """One figure a group; with `where`, over the rows of it in which that holds."""

    function: Function
    column: str | None = None
    other: str | None = None
    fraction: float | None = None
    where: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Order:
    """Sort by a column of the result, counted from 0; missing values come last."""

    position: int
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """What is asked.

    `ties` keeps all groups that are equal to the last one under the limit; `having` drops groups.
    """

    measures: tuple[Measure, ...] = ()
    where: tuple[Filter, ...] = ()
    group: tuple[Field, ...] = ()
    columns: tuple[str, ...] = ()
    having: tuple[Having, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int = MOST_ROWS
    offset: int = 0
    ties: bool = True
