"""Conditions on one field as one list."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar.reading import Condition, Kind
from app.accidents.datasets.query import Filter, Op


def joined(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return conditions with several values of one field as one that allows each of them."""
    out: list[Condition] = []
    for condition in conditions:
        place = next((i for i, other in enumerate(out) if _joins(other, condition)), None)
        if any((other.filters, other.reference) == (condition.filters, condition.reference) for other in out):
            continue
        if place is None:
            out.append(condition)
        else:
            out[place] = _either(out[place], condition)
    return tuple(out)


def _joins(left: Condition, right: Condition) -> bool:
    """Tell whether two conditions are one list: values of one field, single times of one fineness."""
    if left.slot != right.slot or left.negated != right.negated or left.kind is not right.kind:
        return False
    if left.kind is Kind.PERIOD:
        return (
            left.level == right.level
            and len(left.filters) == 1 == len(right.filters)
            and _listable(left)
            and _listable(right)
        )
    plain = not (left.filters[0].others or right.filters[0].others)
    return left.kind is Kind.VALUE and plain and left.filters[0].field == right.filters[0].field


def _listable(condition: Condition) -> bool:
    return condition.filters[0].op in {Op.IS, Op.IN}


def _either(left: Condition, right: Condition) -> Condition:
    first, second = left.filters[0], right.filters[0]
    values_of = tuple(dict.fromkeys((*first.values, *second.values)))
    op = Op.NOT_IN if left.negated else Op.IN
    tail_ko, tail_en = right.ko, right.en
    link = "and" if left.negated else "or"
    return replace(
        left,
        filters=(Filter(first.field, op, values_of),),
        ko=f"{left.ko}, {tail_ko}",
        en=f"{left.en} {link} {tail_en}",
    )
