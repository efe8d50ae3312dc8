"""Items of a document in two languages that say the same thing twice: the later names the earlier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workers.documents.tree import LIMIT, Item, walk

Sign = tuple[object, ...]


def linked(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return items in which one that says what an earlier one says in another language names it.

    They are the only ones in their language of their kind, entry of the taxonomy, value, unit, basis, role
    and plan; of limits one may lack the entry.
    """
    earlier = _pairs(each for top in items for each in walk(top))
    return tuple(_named(item, earlier) for item in items) if earlier else items


def _pairs(items: Iterable[Item]) -> dict[str, str]:
    """Return the id of the earlier item by that of the later."""
    alike: defaultdict[Sign, list[Item]] = defaultdict(list)
    for item in items:
        sign = _sign(item)
        if sign is not None:
            alike[sign].append(item)
    return dict(pair for group in alike.values() if (pair := _pair(group)))


def _sign(item: Item) -> Sign | None:
    """Return what two items have to share; None where that would say too little."""
    if item.kind == LIMIT:
        facts = (item.value, item.unit, item.per, item.role, item.plan)
        return (LIMIT, *facts) if item.value is not None else None
    return (item.kind, item.key, item.is_included) if item.key else None


def _pair(group: list[Item]) -> tuple[str, str] | None:
    by_language = {item.language: item for item in group}
    if len(group) != 2 or len(by_language) != 2:
        return None
    first, second = group
    apart = first.key and second.key and first.key != second.key
    return None if apart else (second.id, first.id)


def _named(item: Item, earlier: Mapping[str, str]) -> Item:
    children = tuple(_named(child, earlier) for child in item.children)
    return replace(item, children=children, duplicate_of=earlier.get(item.id))
