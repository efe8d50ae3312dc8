"""Pieces of SQL, each with places for what a query names."""

from __future__ import annotations

from app.accidents.datasets.query import (
    Function,
    Op,
    Part,
)

TABLE = "data"
ROW = '" row"'  # counts the rows from 1; no name of a column begins with a space
NUMERIC = {Function.SUM, Function.MEAN, Function.MEDIAN, Function.PERCENTILE, Function.DEVIATION}
DATE_PARTS = {
    Part.YEAR: "year({})",
    Part.QUARTER: "quarter({})",
    Part.MONTH: "month({})",
    Part.YEAR_MONTH: "strftime({}, '%Y-%m')",
    Part.DAY: "day({})",
    Part.DATE: "CAST({} AS DATE)",
    Part.WEEKDAY: "isodow({})",
    Part.HOUR: "hour({})",
}
COMPARISONS = {
    Op.IS: "{} = {}",
    Op.IS_NOT: "{} IS DISTINCT FROM {}",
    Op.BELOW: "{} < {}",
    Op.AT_MOST: "{} <= {}",
    Op.ABOVE: "{} > {}",
    Op.AT_LEAST: "{} >= {}",
    Op.BETWEEN: "{} BETWEEN {} AND {}",
    Op.STARTS_WITH: "starts_with({}, {})",
    Op.CONTAINS: "contains({}, {})",
    Op.MISSING: "{} IS NULL",
    Op.PRESENT: "{} IS NOT NULL",
}
GROUP_COMPARISONS = {Op.IS, Op.BELOW, Op.AT_MOST, Op.ABOVE, Op.AT_LEAST}
AGGREGATES = {
    Function.SUM: "sum({})",
    Function.MEAN: "avg({})",
    Function.MEDIAN: "median({})",
    Function.MIN: "min({})",
    Function.MAX: "max({})",
    Function.DEVIATION: "stddev_samp({})",
    Function.DISTINCT: "count(DISTINCT {})",
    Function.COUNT: "count({})",
}


def quote(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
