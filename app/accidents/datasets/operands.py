"""Values that a query compares with, as their column's type has them."""

from __future__ import annotations

import math
from datetime import date, datetime

from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import (
    Filter,
    Op,
    Part,
    Value,
)
from app.http.errors import Invalid


class BadQuery(Invalid):
    """Raised when a query asks of a column what its type does not have."""

    code = "bad_query"


def check_values(each: Filter) -> None:
    """Raise BadQuery where a filter has not as many values as its comparison takes."""
    if each.op in {Op.IN, Op.NOT_IN}:
        right = 1 <= len(each.values) <= 1000  # noqa: PLR2004 - far above any question
    else:
        most = {Op.MISSING: 0, Op.PRESENT: 0, Op.BETWEEN: 2}.get(each.op, 1)
        right = len(each.values) == most
    if not right:
        raise BadQuery(f"{each.op} on {each.field.column!r} has {len(each.values)} values.")


def has_plain_blanks(column: Column) -> bool:
    """Tell whether all values are listed in the profile, with one plain blank between words."""
    values = [str(value) for value, _ in column.categories]
    return len(values) == column.distinct and all(value == " ".join(value.split()) for value in values)


def kind_of(column: Column, part: Part) -> Type:
    """Return the type that a part of a column has."""
    if part is Part.VALUE:
        return Type.TEXT if column.type is Type.BOOLEAN else column.type
    if part in {Part.WORD, Part.YEAR_MONTH}:
        return Type.TEXT
    return {Part.DATE: Type.DATE, Part.BIN: Type.NUMBER}.get(part, Type.INTEGER)


def number_operand(value: Value, column: str) -> int | float:
    """Return a number that a column is compared with; raise BadQuery where it is none."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadQuery(f"{str(value)[:60]!r} is not a number, as the values of {column!r} are.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def moment_operand(value: Value, column: str) -> str:
    """Return a date or time that a column is compared with; raise BadQuery where it is none."""
    text = str(value)
    try:
        is_date = len(text) <= len("2018-01-31")
        return (date if is_date else datetime).fromisoformat(text).isoformat()
    except ValueError:
        raise BadQuery(
            f"{str(value)[:60]!r} is not a date, as the values of {column!r} are; right is 2018-01-31."
        ) from None
