"""What differs between two wordings: items added, removed and changed, each with both quotes."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FACTS = ("value", "unit", "per", "role", "is_included", "unlimited", "plan")
SAME = 0.72  # likeness of quotes from which two items speak of one thing
POLARITY = frozenset(("benefit", "exclusion"))  # kinds that an amendment turns into each other


def compare_documents(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the items that two documents' trees do not share."""
    before, after = list(_flat(old.get("items", []))), list(_flat(new.get("items", [])))
    pairs = _pairs(before, after)
    taken_old = {index for index, _ in pairs}
    taken_new = {index for _, index in pairs}
    changed = [
        change for i, j in sorted(pairs, key=lambda pair: pair[1]) if (change := _change(before[i], after[j]))
    ]
    return {
        "old": old.get("document"),
        "new": new.get("document"),
        "outcomes": [old.get("outcome"), new.get("outcome")],
        "added": [_side(item) for j, item in enumerate(after) if j not in taken_new],
        "removed": [_side(item) for i, item in enumerate(before) if i not in taken_old],
        "changed": changed,
        "unchanged": len(pairs) - len(changed),
    }


def _flat(items: Sequence[dict[str, Any]], above: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item | {"above": above}
        yield from _flat(item.get("children", []), (*above, item["item_name"]))


def _pairs(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Pair items: the same quote and place in the table first, then the likest of those left."""
    pairs: list[tuple[int, int]] = []
    left = dict(enumerate(before))
    right = dict(enumerate(after))
    exact: dict[Any, list[int]] = {}
    for j, item in right.items():
        exact.setdefault(_identity(item), []).append(j)
    for i, item in list(left.items()):
        same = exact.get(_identity(item))
        if same:
            pairs.append((i, same.pop(0)))
            del left[i], right[pairs[-1][1]]
    scored = sorted(
        ((_likeness(a, b), i, j) for i, a in left.items() for j, b in right.items() if _may_pair(a, b)),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    for score, i, j in scored:
        if score >= SAME and i in left and j in right:
            pairs.append((i, j))
            del left[i], right[j]
    return pairs


def _identity(item: dict[str, Any]) -> tuple[Any, ...]:
    return (item["kind"], item["full_text_part"], item["plan"], item["value"], item["unit"], item["role"])


def _may_pair(a: dict[str, Any], b: dict[str, Any]) -> bool:
    kinds = {a["kind"], b["kind"]}
    return (len(kinds) == 1 or kinds == POLARITY) and a["plan"] == b["plan"] and a["role"] == b["role"]


def _likeness(a: dict[str, Any], b: dict[str, Any]) -> float:
    one, other = a["full_text_part"].split(), b["full_text_part"].split()
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < SAME - 0.15:
        return 0.0
    ratio = matcher.ratio()
    return (
        ratio
        + (0.1 if a["key"] and a["key"] == b["key"] else 0)
        + (0.05 if a["section_reference"] == b["section_reference"] else 0)
    )


def _change(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any] | None:
    """Return what two paired items differ in, None where they say the same."""
    facts = [name for name in FACTS if a.get(name) != b.get(name)]
    if a["kind"] != b["kind"] and "is_included" not in facts:
        facts.append("is_included")
    if not facts and a["full_text_part"] == b["full_text_part"]:
        return None
    return {
        "kind": b["kind"],
        "item_name": b["item_name"],
        "facts": facts or ["wording"],
        "old": _side(a),
        "new": _side(b),
    }


def _side(item: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "kind", "item_name", "section_reference", "full_text_part", *FACTS)
    return {
        "quote": item["full_text_part"],
        **{name: item.get(name) for name in names},
        "above": list(item["above"]),
    }
