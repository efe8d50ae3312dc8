"""What a job does in Directus: write, clean, end dead runs; one job at a time in a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from app.extensions import db
from workers.documents.directus import preflight
from workers.documents.directus.client import Directus
from workers.documents.directus.collections import PRODUCT
from workers.documents.directus.connection import connect
from workers.documents.directus.faults import AuthFault, DirectusFault
from workers.documents.directus.items import Filter, Items, both
from workers.documents.directus.journal import COMMITTED, DONE, Journal, product_lock
from workers.documents.directus.plan import SEEDED, make_plan
from workers.documents.directus.removal import Removed, Remover, everywhere
from workers.documents.directus.rows import rows_of
from workers.documents.directus.seeding import Seeder, end_open_runs, summary_of
from workers.documents.tree import COMPLETED
from workers.sdk.task import Run

Tree = Mapping[str, Any]


def seed(run: Run, trees: Sequence[Tree], report: dict[str, Any]) -> bool:
    """Write the items of a job's documents into its product if asked to; say whether they are there.

    What happened stands in `report` under `seeding`. A refusal by Directus is told there: the
    analysis itself has succeeded.

    Raises:
        AuthFault: Directus refuses the service's credentials.
        DirectusAway: Directus does not answer; a later attempt goes on.

    """
    options = run.job.options
    if not (options.get("seed_directus") or options.get("dry_run")):
        return False
    outcomes = [tree["outcome"] for tree in trees]
    if set(outcomes) != {COMPLETED} and not options.get("allow_partial"):
        detail = "Not all of the document was read; with `allow_partial` what was read is written."
        report["seeding"] = {"state": "not_seeded", "code": "partial_analysis", "detail": detail}
        return False
    try:
        report["seeding"] = _seed(run, trees)
    except AuthFault:
        raise
    except DirectusFault as error:
        report["seeding"] = {"state": "undone", "code": error.code, "detail": error.detail}
    return bool(report["seeding"]["state"] == "seeded")


def _seed(run: Run, trees: Sequence[Tree]) -> dict[str, Any]:
    with _product(run) as (client, journal):
        seeder = Seeder(client, journal, report=lambda done, total: run.progress(done, total, stage="seed"))
        state = journal.state()
        if state == COMMITTED:
            seeder.tidy(frozenset(journal.keys()))
        if state in (COMMITTED, DONE):  # by an earlier attempt at this job
            return {"state": "seeded", "run_id": str(journal.run_id)}
        preflight.check(client, journal.product_id)
        end_open_runs(client, journal)
        plan = make_plan(seeder.items, rows_of(trees, journal.product_id), journal.product_id)
        if run.job.options.get("dry_run"):
            shown = [{"kind": row.kind, "name": row.name, "value": row.value} for row in plan.insert]
            return {"state": "planned", **plan.summary(), "rows": shown}
        removed = seeder.write(plan)
        return {"state": "seeded", "run_id": str(journal.run_id), **summary_of(plan, removed)}


def clean(run: Run) -> dict[str, Any]:
    """Remove what runs have written to a job's product; return the counts, or why it failed.

    Raises:
        AuthFault, DirectusAway: as `seed` does.

    """
    try:
        with _product(run) as (client, journal):
            end_open_runs(client, journal)
            ours: Filter = both(SEEDED, {PRODUCT: {"_eq": journal.product_id}})
            removed = _removed(Remover(Items(client)), ours, is_dry=bool(run.job.options.get("dry_run")))
    except AuthFault:
        raise
    except DirectusFault as error:
        return {"success": False, "code": error.code, "detail": error.detail}
    return {"success": True, **removed.summary()}


def _removed(remover: Remover, condition: Filter, *, is_dry: bool) -> Removed:
    """Remove rows, or count those that would be."""
    if not is_dry:
        return remover.remove(everywhere(condition))
    free, removed = remover.plan(everywhere(condition))
    removed.deleted.update({kind: len(keys) for kind, keys in free.items()})
    return removed


def end_dead_runs(run: Run) -> None:
    """Undo, or end, the runs of a product that no job will end any more."""
    with _product(run) as (client, journal):
        end_open_runs(client, journal.of_run(uuid4()))


@contextmanager
def _product(run: Run) -> Iterator[tuple[Directus, Journal]]:
    """Hold a job's product, waiting for the run that has it, and give a client and the run's journal."""
    product_id = run.job.input["product_id"]
    journal = Journal(db.engine, run.job.id, run.job.owner, product_id)
    with (
        connect() as client,
        product_lock(db.engine, product_id, waiting=lambda: run.progress(0, stage="wait")),
    ):
        yield client, journal
