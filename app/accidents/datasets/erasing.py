"""Erase a data set: its files, its rows, and what others keep of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select

from app.accidents.datasets.models import Dataset, DatasetEvidence, DatasetShare, DatasetVersion
from app.accidents.datasets.service import find_own_rows
from app.extensions import db
from app.files.uploads.incoming import off_loop
from app.files.uploads.storage import storage
from app.http.errors import Conflict
from app.jobs import service as jobs
from app.jobs.models import Job
from app.system import FINAL

# called with the id and the files' keys of each data set that is erased, by whoever keeps answers about it
ERASED: list[Callable[[UUID, Sequence[UUID]], None]] = []


@dataclass(frozen=True)
class Erased:
    """What went with a data set, counted after it had gone."""

    versions: int
    files: int
    shares: int
    evidence: int


def erase(dataset_id: UUID) -> Erased:
    """Remove a data set: its files first, then its rows; count what is gone.

    Raises:
        NotFound: there is none.

    """
    row = find_own_rows(dataset_id)
    keys = [row.source_key, *_database_keys(dataset_id)]
    counts = [
        db.session.scalar(select(func.count()).select_from(table).where(table.dataset_id == dataset_id)) or 0
        for table in (DatasetVersion, DatasetShare, DatasetEvidence)
    ]
    _cancel_readers(dataset_id)
    for key in keys:
        off_loop(storage().delete, key)
    left = [key for key in keys if off_loop(storage().size, key) is not None]
    if left:
        raise OSError(f"{len(left)} files of data set {dataset_id} are still there")
    db.session.execute(delete(Dataset).where(Dataset.id == dataset_id))
    db.session.commit()
    for tell in ERASED:
        tell(dataset_id, keys)
    return Erased(versions=counts[0], files=len(keys), shares=counts[1], evidence=counts[2])


def _database_keys(dataset_id: UUID) -> list[UUID]:
    keys = select(DatasetVersion.database_key).where(
        DatasetVersion.dataset_id == dataset_id, DatasetVersion.database_key.is_not(None)
    )
    return [key for key in db.session.scalars(keys) if key is not None]


def _cancel_readers(dataset_id: UUID) -> None:
    """Stop the jobs that read a data set; one that ends meanwhile finds no row, and keeps nothing."""
    statement = (
        select(Job.id)
        .join(DatasetVersion, DatasetVersion.job_id == Job.id)
        .where(DatasetVersion.dataset_id == dataset_id, Job.state.not_in(FINAL))
    )
    for job_id in list(db.session.scalars(statement)):
        try:
            jobs.cancel(job_id)
        except Conflict:
            continue
