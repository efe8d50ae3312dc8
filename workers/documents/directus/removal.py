"""Remove rows that runs have made, children first, and nothing that people have made theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.documents.directus.collections import COLLECTIONS, KINDS, PARENTS, collection_of
from workers.documents.directus.faults import CountMismatch, Rejected
from workers.documents.directus.items import Filter, Items, Stored, blocks

VALIDATED, HAS_CHILDREN = "validated_by_human", "has_foreign_children"
UNTOUCHED: Filter = {"_or": [{VALIDATED: {"_null": True}}, {VALIDATED: {"_eq": False}}]}
ROUNDS = 3  # of reading again what people changed between reading and deleting
INTERNAL = 500  # what Directus answers where a foreign key still points at a row


@dataclass(frozen=True)
class Kept:
    """A row that stays, and why."""

    kind: str
    id: str
    reason: str


@dataclass
class Removed:
    """What a removal did."""

    deleted: Counter[str] = field(default_factory=Counter)
    kept: dict[str, Kept] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Return the counts, by kind and by reason."""
        reasons = Counter(each.reason for each in self.kept.values())
        kinds = Counter(each.kind for each in self.kept.values())
        return {
            "deleted": {kind: self.deleted[kind] for kind in KINDS},
            "kept": {kind: kinds[kind] for kind in KINDS},
            "reasons": {reason: reasons[reason] for reason in (VALIDATED, HAS_CHILDREN)},
        }


Selection = Mapping[str, Sequence[Filter]]  # by kind: the rows that fulfil one of some filters


def everywhere(condition: Filter) -> Selection:
    """Select the rows of every kind that fulfil a condition."""
    return {kind: [condition] for kind in KINDS}


def of_keys(keys: Mapping[str, Sequence[str]]) -> Selection:
    """Select rows by their keys."""
    return {kind: [{"id": {"_in": block}} for block in blocks(listed)] for kind, listed in keys.items()}


class Remover:
    """Removes rows that a selection names."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def plan(self, selection: Selection) -> tuple[dict[str, list[str]], Removed]:
        """Return the keys by kind that would be deleted, and what would be kept."""
        removed = Removed()
        candidates = {kind: self._candidates(kind, selection[kind]) for kind in KINDS}
        self._keep_human(candidates, removed)
        free = {kind: [key for key in candidates[kind] if key not in removed.kept] for kind in KINDS}
        return free, removed

    def remove(self, selection: Selection) -> Removed:
        """Delete the selected rows but those that people validated or hung something below.

        Raises:
            CountMismatch: rows that nobody holds are still there afterwards.

        """
        done: Counter[str] = Counter()
        for _ in range(ROUNDS):
            free, removed = self.plan(selection)
            if not any(free.values()):
                removed.deleted = done
                return removed
            for kind in reversed(KINDS):
                done[kind] += self._delete(kind, free[kind])
        left = {kind: len(keys) for kind, keys in self.plan(selection)[0].items() if keys}
        if left:
            raise CountMismatch(f"Directus still has rows that were deleted {ROUNDS} times: {left}.")
        removed.deleted = done
        return removed

    def _candidates(self, kind: str, conditions: Sequence[Filter]) -> dict[str, Stored]:
        fields = [VALIDATED, *(collection_of(parent) for parent in PARENTS[kind])]
        read = [self._items.read(collection_of(kind), each, fields) for each in conditions]
        return {str(row["id"]): row for rows in read for row in rows}

    def _keep_human(self, candidates: Mapping[str, Mapping[str, Stored]], removed: Removed) -> None:
        """Find what stays: children first, so that what holds a parent is known when it is looked at."""
        held: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for kind in reversed(KINDS):
            for key, row in candidates[kind].items():
                if row[VALIDATED]:
                    removed.kept[key] = Kept(kind, key, VALIDATED)
                elif key in held[kind]:
                    removed.kept[key] = Kept(kind, key, HAS_CHILDREN)
                if key in removed.kept:
                    self._hold(kind, [row], held)
            for parent in PARENTS[kind]:
                self._hold(kind, self._strangers(kind, parent, candidates), held)

    def _hold(self, kind: str, rows: Iterable[Stored], held: dict[str, set[str]]) -> None:
        """Note the parents of rows that stay."""
        for row in rows:
            for parent in PARENTS[kind]:
                if row.get(collection_of(parent)) is not None:
                    held[parent].add(str(row[collection_of(parent)]))

    def _strangers(
        self, kind: str, parent: str, candidates: Mapping[str, Mapping[str, Stored]]
    ) -> list[Stored]:
        """Return the rows of a kind below candidates that are no candidates themselves."""
        foreign: list[Stored] = []
        pointer = collection_of(parent)
        for block in blocks(list(candidates[parent])):
            fields = list(COLLECTIONS[kind].relations)
            rows = self._items.read(collection_of(kind), {pointer: {"_in": block}}, fields)
            foreign += [row for row in rows if str(row["id"]) not in candidates[kind]]
        return foreign

    def _delete(self, kind: str, keys: Sequence[str]) -> int:
        """Delete rows and return how many are gone."""
        collection, gone = collection_of(kind), 0
        for block in blocks(keys):
            try:
                self._items.delete(collection, block, UNTOUCHED)
            except Rejected as error:
                if error.status != INTERNAL:
                    raise
                self._delete_singly(collection, block)
            gone += len(block) - len(self._items.with_keys(collection, block, []))
        return gone

    def _delete_singly(self, collection: str, keys: Sequence[str]) -> None:
        """Delete rows one by one; below one of them something was hung since they were read."""
        for key in keys:
            try:
                self._items.delete(collection, [key], UNTOUCHED)
            except Rejected as error:
                if error.status != INTERNAL:
                    raise
