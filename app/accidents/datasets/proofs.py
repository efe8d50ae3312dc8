"""Ask the query behind stored evidence again, and say whether it is still so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accidents.datasets import asking, service
from app.accidents.datasets.evidence import load, present
from app.accidents.datasets.models import Dataset, DatasetEvidence
from app.auth.service import owner
from app.extensions import db
from app.http.errors import NotFound

MOST_CHANGES = 20


def check(evidence_id: UUID) -> dict[str, Any]:
    """Return evidence with `same`, and the rows that are others now.

    Raises:
        NotFound: there is none of the id, or its data set is somebody else's.

    """
    statement = (
        select(DatasetEvidence, Dataset)
        .join(Dataset, Dataset.id == DatasetEvidence.dataset_id)
        .where(DatasetEvidence.id == evidence_id, Dataset.owner == owner())
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no evidence {evidence_id}.")
    kept = dict(row[0].evidence)
    table = asking.table_of(service.ready(service.of_version(row[1], row[0].version)))
    query = load(kept["arguments"])
    again = present(table, query, table.run(query), tool=kept["tool"])
    changed = _changes(kept["rows"], again["rows"])
    return {"id": str(evidence_id), **kept, "same": not changed, "changed": changed}


def _changes(before: list[Any], now: list[Any]) -> list[dict[str, Any]]:
    """Return the rows that differ; JSON has made floats of some whole numbers, which are equal."""
    most = max(len(before), len(now))
    padded = ([*rows, *[None] * (most - len(rows))] for rows in (before, now))
    pairs = enumerate(zip(*padded, strict=True))
    changes = [{"row": i, "before": old, "now": new} for i, (old, new) in pairs if old != new]
    return changes[:MOST_CHANGES]
