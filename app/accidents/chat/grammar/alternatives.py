"""Conditions of which one is enough: in Cardiology or with pneumonia, 강남점이거나 노트북인."""

from __future__ import annotations

from dataclasses import replace

from app.accidents.chat.grammar.conditions.joining import joined
from app.accidents.chat.grammar.items import Items
from app.accidents.chat.grammar.outcome import NoPlace
from app.accidents.chat.grammar.reading import Condition, Kind

_PARTICLES = ("이거나", "거나", "이나", "나", "든지", "이든")
Conditions = tuple[Condition, ...]


def alternatives(where: Conditions, items: Items) -> Conditions:
    """Return conditions on different columns that an 'or' joins as one.

    Raises:
        NoPlace: one of them takes several filters, which cannot stand in an 'or'.

    """
    chains: list[list[Condition]] = []
    for condition in where:
        if chains and _is_or(items, chains[-1][-1], condition):
            chains[-1].append(condition)
        else:
            chains.append([condition])
    return tuple(each for chain in chains for each in _merged(tuple(chain)))


def _is_or(items: Items, first: Condition, second: Condition) -> bool:
    between = [item for item in items.all if first.at <= item.mark.start < second.at]
    return any(
        (item.says("or") and item.mark.text.casefold() != "nor")
        or item.particle in _PARTICLES
        or item.mark.text.endswith("거나")  # 있거나, 넘거나
        for item in between
    )


def _merged(chain: Conditions) -> Conditions:
    """Return a chain as one condition, or as it is where all of it is about one column."""
    if len({condition.slot for condition in chain}) == 1:
        return chain
    parts = joined(chain)
    if any(len(part.filters) != 1 for part in parts):
        raise NoPlace(" or ".join(part.en for part in parts), ())
    first, others = parts[0].filters[0], tuple(part.filters[0] for part in parts[1:])
    whole = Condition(
        Kind.VALUE,
        "either:" + ",".join(sorted({part.slot for part in parts})),
        (replace(first, others=others),),
        " 또는 ".join(part.ko for part in parts),
        " or ".join(part.en for part in parts),
        at=parts[0].at,
        field=parts[0].field,
    )
    return (whole,)
