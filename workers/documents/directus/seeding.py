"""Write a run's rows into Directus: all of them, or none.

Each write stands in the journal before it is sent. Of one whose answer was lost, Directus is asked what
is there, by the keys, which are known beforehand. A run that fails is undone; one whose process dies is
gone on with by the job's next attempt, or undone by whoever comes next to the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog

from workers.documents.directus.client import TIMEOUT_S, Directus, LostAnswer
from workers.documents.directus.collections import KINDS, PRODUCT, collection_of
from workers.documents.directus.faults import (
    AuthFault,
    CountMismatch,
    DirectusAway,
    DirectusFault,
    ItemTooLarge,
    PayloadTooLarge,
    Rejected,
)
from workers.documents.directus.items import Filter, Items, both
from workers.documents.directus.journal import COMMITTED, DONE, SEEDING, UNDOING, UNDONE, Journal
from workers.documents.directus.plan import SEEDED, Plan, Proposal
from workers.documents.directus.removal import Removed, Remover, everywhere, of_keys
from workers.documents.directus.rows import Row, encode, joined

START_BYTES = 90_000  # a body's size to begin with: 100 kB was Directus' limit once (directus/directus#13161)
BATCH_ROWS = 100  # measured on a Directus 11.17: 300 flat rows take 13 s
RECONCILED = 3  # times that one batch's answer may get lost

log = structlog.get_logger()


class SeedingFailed(DirectusFault):
    """Raised when a batch was refused; its run is undone."""

    code = "seeding_failed"


@dataclass
class Limit:
    """The size of a body that is taken, as far as it was learned."""

    body_bytes: int = START_BYTES

    def refused(self, size: int) -> None:
        """Learn that a body of a size is too large."""
        self.body_bytes = min(self.body_bytes, size // 2)


@dataclass
class Seeder:
    """One run in one product; `report` is told how many rows are there, and may raise to stop."""

    client: Directus
    journal: Journal
    report: Callable[[int, int], None]
    items: Items = field(init=False)
    limit: Limit = field(default_factory=Limit)

    def __post_init__(self) -> None:
        self.items = Items(self.client)

    @property
    def mine(self) -> Filter:
        """Return the filter of this run's rows."""
        return {"run_id": {"_eq": str(self.journal.run_id)}}

    def write(self, plan: Plan) -> Removed:
        """Write a plan's rows and return what older runs' rows were removed for them.

        Raises:
            DirectusFault: it cannot be done, and nothing of the run is left.
            DirectusAway: Directus does not answer any more; the run is open.

        """
        self.journal.begin(plan.keys)
        try:
            self._insert_all(plan.insert)
            self._check_counts(plan.insert)
            self._propose(plan.proposals)
        except (AuthFault, DirectusAway):
            raise  # nothing can be undone now
        except DirectusFault as error:
            self.undo(error.detail)
            raise
        self.journal.move(COMMITTED)
        return self.tidy(plan.keys)

    def tidy(self, keys: frozenset[str]) -> Removed:
        """Remove what older runs left and this one does not say any more; then the run is done."""
        removed = _remove_others(self.items, self.journal.product_id, keys)
        self.journal.move(DONE)
        return removed

    def undo(self, why: str) -> Removed:
        """Take back what the run wrote, until nothing of it is left; what people made theirs stays."""
        self.journal.move(UNDOING, why)
        for collection, key, value in self.journal.previous():
            if self.items.with_keys(collection, [key], []):
                self.items.change(collection, key, {"proposed_value": value})
        removed = Remover(self.items).remove(everywhere(self.mine))
        # a write of a process that died may still be on its way: then the clock has it undone once more
        self.journal.move(UNDOING if self.journal.in_doubt(TIMEOUT_S) else UNDONE, why)
        log.info("seeding_undone", run_id=str(self.journal.run_id), deleted=sum(removed.deleted.values()))
        return removed

    def _insert_all(self, rows: Sequence[Row]) -> None:
        """Insert rows kind by kind, some batches of a kind at once.

        Where one fails, those that wait are left out, and those on their way are waited for: none
        arrives after the run was undone.
        """
        done = 0
        with ThreadPoolExecutor(self.client.concurrency) as pool:
            for kind in KINDS:
                batches = list(self._batches([row for row in rows if row.kind == kind]))
                self.report(done, len(rows))
                for count in pool.map(self._insert, batches):
                    done += count
                    self.report(done, len(rows))

    def _batches(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Yield rows in batches below the size that is known to be taken."""
        batch: list[Row] = []
        size = 2
        for row, part in zip(rows, encode(rows, *self._names()), strict=True):
            if batch and (size + len(part) >= self.limit.body_bytes or len(batch) == BATCH_ROWS):
                yield batch
                batch, size = [], 2
            batch.append(row)
            size += len(part) + 1
        if batch:
            yield batch

    def _names(self) -> tuple[str, str]:
        return self.journal.product_id, str(self.journal.run_id)

    def _insert(self, rows: Sequence[Row]) -> int:
        """Insert one batch, in halves where it is too large, and return its size."""
        body = joined(encode(rows, *self._names()))
        if len(rows) > 1 and len(body) > self.limit.body_bytes:
            return self._halves(rows)
        collection = collection_of(rows[0].kind)
        number = self.journal.sends(collection, [row.id for row in rows])
        try:
            self._send(collection, rows, body)
        except PayloadTooLarge:
            self.journal.settled(number)
            self.limit.refused(len(body))
            if len(rows) == 1:
                raise _too_large(rows[0], len(body)) from None
            return self._halves(rows)
        except Rejected as error:
            self.journal.settled(number)
            raise SeedingFailed(
                f"Batch {number} of {collection} ({len(rows)} rows): {error.detail}"
            ) from None
        self.journal.settled(number)
        return len(rows)

    def _halves(self, rows: Sequence[Row]) -> int:
        middle = len(rows) // 2
        return self._insert(rows[:middle]) + self._insert(rows[middle:])

    def _send(self, collection: str, rows: Sequence[Row], body: bytes) -> None:
        """Send one batch, and what of it is not there when the answer is lost or a key is there already."""
        for attempt in range(RECONCILED + 1):
            try:
                self.client.insert(f"/items/{collection}", body)
            except LostAnswer as lost:
                reason = str(lost)
            except Rejected as error:
                if error.reason != "RECORD_NOT_UNIQUE" or attempt == RECONCILED:
                    raise
                reason = error.reason
            else:
                return
            log.warning("seeding_in_doubt", collection=collection, rows=len(rows), error=reason)
            rows = self._missing(collection, rows)
            if not rows:
                return
            body = joined(encode(rows, *self._names()))
        raise DirectusAway(f"Directus took a batch of {collection} {RECONCILED} times and never answered.")

    def _missing(self, collection: str, rows: Sequence[Row]) -> list[Row]:
        there = {str(row["id"]) for row in self.items.with_keys(collection, [row.id for row in rows], [])}
        return [row for row in rows if row.id not in there]

    def _check_counts(self, rows: Sequence[Row]) -> None:
        """Make sure that every row stands in Directus, as it counts them itself."""
        for kind in KINDS:
            keys = {row.id for row in rows if row.kind == kind}
            there = self._keys_of(kind)
            if missing := keys - there:
                raise CountMismatch(
                    f"{len(missing)} of {len(keys)} rows of {collection_of(kind)} are missing."
                )

    def _keys_of(self, kind: str) -> set[str]:
        """Return the keys of all rows of a kind that the product has."""
        ours: Filter = {PRODUCT: {"_eq": self.journal.product_id}}
        return {str(row["id"]) for row in self.items.read(collection_of(kind), ours, [])}

    def _propose(self, proposals: Sequence[Proposal]) -> None:
        for each in proposals:
            collection = collection_of(each.kind)
            number = self.journal.sends(collection, [], {each.id: each.previous})
            try:
                self.items.change(collection, each.id, {"proposed_value": each.value})
            except Rejected as error:
                raise SeedingFailed(f"Proposal to {collection} {each.id}: {error.detail}") from None
            self.journal.settled(number)


def _remove_others(items: Items, product_id: str, keys: frozenset[str]) -> Removed:
    """Remove rows of earlier runs that are not among some keys."""
    mine: Filter = {PRODUCT: {"_eq": product_id}}
    stale = {
        kind: [
            str(row["id"])
            for row in items.read(collection_of(kind), both(mine, SEEDED), [])
            if str(row["id"]) not in keys
        ]
        for kind in KINDS
    }
    return Remover(items).remove(of_keys(stale))


def end_open_runs(client: Directus, journal: Journal) -> int:
    """Undo, or end, the runs of a product that died on their way; return how many there were."""
    runs = journal.open_runs()
    for each in runs:
        seeder = Seeder(client, journal.of_run(each.run_id), report=lambda _done, _total: None)
        if each.state in (SEEDING, UNDOING):
            seeder.undo("The process of the run died.")
        else:
            seeder.tidy(frozenset(seeder.journal.keys()))
    return len(runs)


def _too_large(row: Row, size: int) -> ItemTooLarge:
    return ItemTooLarge(
        f"The {row.kind} {row.name[:80]!r} (item {row.item_id}) needs {size:,} bytes in one request, and "
        "Directus takes less; raise its MAX_PAYLOAD_SIZE, or the proxy's limit."
    )


def summary_of(plan: Plan, removed: Removed) -> dict[str, Any]:
    """Return what a run did, in counts."""
    return {**plan.summary(), "replaced": removed.summary()}
