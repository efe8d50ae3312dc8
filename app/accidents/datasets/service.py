"""Find data sets and their versions; each by its owner only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.accidents.datasets.models import Dataset, DatasetVersion
from app.accidents.vocabulary import VOCABULARY
from app.auth.service import owner
from app.extensions import db
from app.http.errors import Conflict, NotFound
from app.jobs.models import Job
from app.system import State

SYSTEM, READ = "accidents", "dataset"
NAME_CHARACTERS, DESCRIPTION_CHARACTERS = 255, 2000


@dataclass(frozen=True)
class VersionedDataset:
    """A data set with one of its versions and the job that reads it."""

    dataset: Dataset
    version: DatasetVersion
    job: Job | None

    @property
    def status(self) -> str:
        """Return where the version stands, in the words of this API."""
        if self.version.profile is not None:
            return VOCABULARY[State.SUCCEEDED]
        return VOCABULARY[self.job.core_state] if self.job else VOCABULARY[State.FAILED]

    @property
    def is_ready(self) -> bool:
        """Say whether it can be asked."""
        return self.version.profile is not None


def find(dataset_id: UUID, version: int | None = None) -> VersionedDataset:
    """Return the caller's data set; raise NotFound where there is none, or no such version."""
    db.session.rollback()
    mine = select(Dataset).where(Dataset.id == dataset_id, Dataset.owner == owner())
    dataset = db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if dataset is None:
        raise NotFound(f"There is no data set {dataset_id}.")
    return of_version(dataset, version or dataset.version)


def of_version(dataset: Dataset, version: int) -> VersionedDataset:
    """Return a data set with one of its versions."""
    statement = (
        select(DatasetVersion, Job)
        .outerjoin(Job, Job.id == DatasetVersion.job_id)
        .where(DatasetVersion.dataset_id == dataset.id, DatasetVersion.version == version)
    )
    row = db.session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"Data set {dataset.id} has no version {version}; the last is {dataset.version}.")
    return VersionedDataset(dataset, row[0], row[1])


def find_ready(dataset_id: UUID, version: int | None = None) -> VersionedDataset:
    """Return the caller's data set, which can be asked.

    Raises:
        NotFound: there is none.
        Conflict: it is not read yet, or could not be.

    """
    return ready(find(dataset_id, version))


def ready(reading: VersionedDataset) -> VersionedDataset:
    """Return a data set that can be asked; raise Conflict where it cannot."""
    if not reading.is_ready:
        raise Conflict(
            f"Data set {reading.dataset.id} is {reading.status}; "
            f"ask when it is {VOCABULARY[State.SUCCEEDED]}.",
            code="not_ready",
        )
    return reading


def list_mine(*, limit: int, offset: int) -> tuple[Sequence[VersionedDataset], int]:
    """Return a page of the caller's data sets, newest first, and how many there are."""
    mine = Dataset.owner == owner()
    total = db.session.scalar(select(func.count()).select_from(Dataset).where(mine)) or 0
    statement = (
        select(Dataset, DatasetVersion, Job)
        .join(
            DatasetVersion,
            (DatasetVersion.dataset_id == Dataset.id) & (DatasetVersion.version == Dataset.version),
        )
        .outerjoin(Job, Job.id == DatasetVersion.job_id)
        .where(mine)
        .order_by(Dataset.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [VersionedDataset(*row) for row in db.session.execute(statement)], total


def find_own_rows(dataset_id: UUID) -> Dataset:
    """Return the caller's data set, whatever became of its versions."""
    mine = select(Dataset).where(Dataset.id == dataset_id, Dataset.owner == owner())
    dataset = db.session.scalars(mine).one_or_none()
    if dataset is None:
        raise NotFound(f"There is no data set {dataset_id}.")
    return dataset


def keys_in_use(keys: Sequence[UUID]) -> set[UUID]:
    """Return those of the storage's keys that data sets name; their files are no orphans."""
    sources = select(Dataset.source_key).where(Dataset.source_key.in_(keys))
    databases = select(DatasetVersion.database_key).where(DatasetVersion.database_key.in_(keys))
    return {key for key in (*db.session.scalars(sources), *db.session.scalars(databases)) if key is not None}
