"""What a run would change in Directus: new rows, rows that stand, rows that a person has decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from workers.documents.directus.collections import KINDS, PRODUCT, VALUED, collection_of
from workers.documents.directus.items import Filter, Items, Stored
from workers.documents.directus.removal import VALIDATED
from workers.documents.directus.rows import Row

SEEDED: Filter = {"run_id": {"_nnull": True}}


@dataclass(frozen=True)
class Proposal:
    """A value put beside the one that a person has validated."""

    kind: str
    id: str
    value: str | None
    previous: str | None


@dataclass(frozen=True)
class Plan:
    """The rows to insert, the values to propose, and the keys of all rows that the run stands for."""

    insert: tuple[Row, ...]
    proposals: tuple[Proposal, ...]
    kept: frozenset[str]  # keys of rows that were there before and stay

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of all rows that this run says are right."""
        return self.kept | {row.id for row in self.insert}

    def summary(self) -> dict[str, Any]:
        """Return the counts."""
        new = Counter(row.kind for row in self.insert)
        return {
            "insert": {kind: new[kind] for kind in KINDS},
            "kept": len(self.kept),
            "proposals": len(self.proposals),
        }


def make_plan(items: Items, rows: Sequence[Row], product_id: str) -> Plan:
    """Compare rows with what Directus has of a product."""
    there = {kind: _existing(items, kind, product_id) for kind in KINDS}
    return compare(rows, there)


def _existing(items: Items, kind: str, product_id: str) -> list[Stored]:
    own = [f"{kind}_value"] if kind in VALUED else ["full_text_part"]
    fields = ["run_id", "item_id", "slot", VALIDATED, "proposed_value", *own]
    return items.read(collection_of(kind), {PRODUCT: {"_eq": product_id}}, fields)


def compare(rows: Sequence[Row], there: Mapping[str, Sequence[Stored]]) -> Plan:
    """Return the plan of rows, given the rows of each kind that are there; parents' kinds come first."""
    by_key = {kind: {str(row["id"]): row for row in stored} for kind, stored in there.items()}
    decided = {kind: _decided(stored) for kind, stored in there.items()}
    wanted = Counter(row.slot for row in rows)
    moved: dict[str, str] = {}  # rows of ours that a person's validated row stands for
    insert: list[Row] = []
    proposals: list[Proposal] = []
    kept: set[str] = set()
    for row in rows:
        stored = by_key[row.kind].get(row.id)
        if stored is None and wanted[row.slot] == 1:
            stored = decided[row.kind].get(row.slot)
        if stored is None:
            insert.append(
                replace(row, parents={name: moved.get(key, key) for name, key in row.parents.items()})
            )
            continue
        moved[row.id] = str(stored["id"])
        kept.add(str(stored["id"]))
        proposals += _proposed(row, stored)
    return Plan(tuple(insert), tuple(proposals), frozenset(kept))


def _decided(rows: Iterable[Stored]) -> dict[str, Stored]:
    """Return the validated rows by the slot that they fill, where only one fills it."""
    filled = Counter(row["slot"] for row in rows if row[VALIDATED])
    return {row["slot"]: row for row in rows if row[VALIDATED] and row["slot"] and filled[row["slot"]] == 1}


def _proposed(row: Row, stored: Stored) -> list[Proposal]:
    """Return the value to put beside a validated one, if it is another and not there yet."""
    if not stored[VALIDATED]:
        return []
    valued = row.kind in VALUED
    mine = row.value if valued else row.content.get("full_text_part")
    theirs = stored.get(f"{row.kind}_value") if valued else stored.get("full_text_part")
    value = None if _same(mine, theirs) else mine
    if _same(value, stored["proposed_value"]):
        return []
    return [Proposal(row.kind, str(stored["id"]), value, stored["proposed_value"])]


def _same(one: Any, other: Any) -> bool:
    """Say whether two values are equal, numbers as numbers: Directus says 5000.00000."""
    try:
        return Decimal(str(one)) == Decimal(str(other))
    except InvalidOperation:
        return bool(one == other)
