"""An item tree as the rows of Directus' collections: keys known beforehand, parents first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from workers.documents.directus.client import to_json
from workers.documents.directus.collections import KINDS, PARENTS, PRODUCT, VALUED, collection_of

Item = Mapping[str, Any]  # one object of the item tree, as its JSON has it


@dataclass(frozen=True)
class Row:
    """One item as a row; `parents` maps its relation fields to the keys of other rows.

    The key is made of product and item, so that the same item is the same row however often it is
    sent. `slot` says which place an item fills, whatever its value: what a person has validated there
    is not filled again.
    """

    kind: str
    id: str
    item_id: str
    slot: str
    name: str
    value: str | None
    parents: Mapping[str, str]
    content: Mapping[str, Any]

    def body(self, product_id: str, run_id: str) -> dict[str, Any]:
        """Return the row as it is sent."""
        own = {
            "id": self.id,
            PRODUCT: product_id,
            "run_id": run_id,
            "item_id": self.item_id,
            "slot": self.slot,
        }
        return {**own, **self.parents, **self.content}


@dataclass(frozen=True)
class _Place:
    """Where in the tree an item stands: the nearest row of each kind above it, and the names on the way."""

    rows: Mapping[str, str]
    names: tuple[str, ...] = ()


def rows_of(documents: Sequence[Mapping[str, Any]], product_id: str) -> list[Row]:
    """Return the rows of documents' item trees, grouped by kind, parents' kinds first."""
    seen: dict[str, int] = {}
    rows = [row for each in documents for row in _walk(each["items"], _Place({}), product_id, seen)]
    return sorted(rows, key=lambda row: KINDS.index(row.kind))


def _walk(items: Sequence[Item], place: _Place, product_id: str, seen: dict[str, int]) -> Iterator[Row]:
    for item in items:
        row = _row(item, place, _unique(str(item["id"]), seen), product_id)
        yield row
        below = _Place({**place.rows, row.kind: row.id}, (*place.names, row.name))
        yield from _walk(item.get("children") or (), below, product_id, seen)


def _unique(item_id: str, seen: dict[str, int]) -> str:
    """Return an item's id, numbered from its second occurrence on."""
    seen[item_id] = seen.get(item_id, 0) + 1
    return item_id if seen[item_id] == 1 else f"{item_id}#{seen[item_id]}"


def _row(item: Item, place: _Place, item_id: str, product_id: str) -> Row:
    kind, name = str(item["kind"]), str(item.get("item_name") or "")
    above = {collection_of(each): place.rows[each] for each in PARENTS[kind] if each in place.rows}
    return Row(
        kind=kind,
        id=str(uuid5(NAMESPACE_URL, f"assay:{product_id}:{item_id}")),
        item_id=item_id,
        slot=_slot(item, (*place.names, name)),
        name=name,
        value=item.get("value"),
        parents=above,
        content=_content(item, kind, name),
    )


def _slot(item: Item, names: tuple[str, ...]) -> str:
    parts = [item["kind"], *names, item.get("role"), item.get("unit"), item.get("plan"), item.get("per")]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()[:32]


def _content(item: Item, kind: str, name: str) -> dict[str, Any]:
    """Return what an item says, under the names of its collection's fields."""
    evidence = list(item.get("evidence") or ())
    same = (
        *("key", "is_included", "section_reference", "full_text_part", "description", "references"),
        *("exception_to", "duplicate_of", "language", "source", "confidence", "rule"),
    )
    content = {field: item.get(field) for field in same}
    content |= {f"{kind}_name": name, "llm_summary": item.get("summary"), "evidence": evidence}
    content |= {"page": evidence[0].get("page") if evidence else None}
    if kind in VALUED:
        content |= {f"{kind}_value": item.get("value"), f"{kind}_unit": item.get("unit")}
        content |= {field: item.get(field) for field in ("per", "plan", "role")}
        content |= {"unlimited": bool(item.get("unlimited"))}
    return content


@dataclass(frozen=True)
class Batch:
    """Rows that are sent in one request."""

    number: int
    collection: str
    rows: tuple[Row, ...]
    body: bytes


def encode(rows: Sequence[Row], product_id: str, run_id: str) -> list[bytes]:
    """Return each row as the JSON that is sent of it."""
    return [to_json(row.body(product_id, run_id)).encode() for row in rows]


def joined(parts: Sequence[bytes]) -> bytes:
    """Return encoded rows as one JSON array."""
    return b"[" + b",".join(parts) + b"]"
