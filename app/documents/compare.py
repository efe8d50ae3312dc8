"""Compare the items of two wordings: what was added, removed, or is said otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]
Flat = tuple[tuple[str, ...], Item]  # the names above an item, and the item

NUMBER = re.compile(r"\d[\d'\u2019.,\s]*")
WORD = re.compile(r"[^\W\d_]{3,}")
DENIAL = frozenset(("nicht", "kein", "keine", "keinen", "not", "never", "excluded", "ausgeschlossen"))
TELLING_WORDS = 4  # the longest of a clause, by which a clause that was reworded is looked for
POLARITY = frozenset(("benefit", "exclusion"))  # kinds that an amendment turns into each other
COMPARED = {
    "value": "value", "unit": "unit", "is_included": "polarity", "per": "per", "role": "role",
    "unlimited": "unlimited",
}  # fmt: skip


def flatten(items: Iterable[Item], above: tuple[str, ...] = ()) -> list[Flat]:
    """Return the items of trees in reading order, each with the names above it."""
    flat: list[Flat] = []
    for item in items:
        flat.append((above, item))
        flat += flatten(item.get("children") or (), (*above, str(item["item_name"])))
    return flat


def compare(old: Sequence[Flat], new: Sequence[Flat]) -> dict[str, Any]:
    """Return the differences between two lists of items.

    An item of one side is first looked for by its id, then by its place and name, then by its quote
    without the numbers, then by its longest words: a clause whose amount was raised, or that now takes out
    what it gave, is a change, not an end and a beginning. Takes time linear in the items.
    """
    pairs: list[tuple[Flat, Flat]] = []
    left, right = list(old), list(new)
    for identity in (_by_id, _by_place, _by_clause, _by_words):
        matched, left, right = _match(left, right, identity)
        pairs += matched
    changed = [change for pair in pairs if (change := _change(*pair))]
    return {
        "added": [_side(each) for each in right],
        "removed": [_side(each) for each in left],
        "changed": changed,
        "unchanged": len(pairs) - len(changed),
    }


def _match(
    left: Sequence[Flat], right: Sequence[Flat], identity: Callable[[Flat], Hashable]
) -> tuple[list[tuple[Flat, Flat]], list[Flat], list[Flat]]:
    """Pair items of equal identity in their order; return the pairs, and what is left on both sides."""
    waiting: dict[Hashable, list[Flat]] = defaultdict(list)
    for each in reversed(right):
        waiting[identity(each)].append(each)
    pairs, rest = [], []
    for each in left:
        if same := waiting[identity(each)]:
            pairs.append((each, same.pop()))
        else:
            rest.append(each)
    taken = {id(pair[1][1]) for pair in pairs}
    return pairs, rest, [each for each in right if id(each[1]) not in taken]


def _by_id(flat: Flat) -> Hashable:
    return str(flat[1]["id"])


def _by_place(flat: Flat) -> Hashable:
    above, item = flat
    return item["kind"], above, item["item_name"], item.get("plan"), item.get("role")


def _by_clause(flat: Flat) -> Hashable:
    item = flat[1]
    return item["kind"], NUMBER.sub("#", _wording(item)), item.get("plan"), item.get("role")


def _by_words(flat: Flat) -> Hashable:
    item = flat[1]
    words = sorted(set(WORD.findall(_wording(item))) - DENIAL, key=lambda word: (-len(word), word))
    kind = "cover" if item["kind"] in POLARITY else item["kind"]
    return kind, tuple(words[:TELLING_WORDS]), item.get("plan"), item.get("role")


def _wording(item: Item) -> str:
    return " ".join(str(item.get("full_text_part") or "").split()).casefold()


def _change(before: Flat, after: Flat) -> dict[str, Any] | None:
    """Return in what two sides of an item differ, None where they say the same."""
    one, other = before[1], after[1]
    differs = [field for name, field in COMPARED.items() if one.get(name) != other.get(name)]
    if not differs and _wording(one) != _wording(other):
        differs = ["wording"]
    return {"fields": differs, "before": _side(before), "after": _side(after)} if differs else None


def _side(flat: Flat) -> dict[str, Any]:
    above, item = flat
    same = ("id", "kind", "item_name", "is_included", "value", "unit", "plan")
    return {
        **{name: item.get(name) for name in same},
        "path": list(above),
        "quote": item.get("full_text_part"),
    }
