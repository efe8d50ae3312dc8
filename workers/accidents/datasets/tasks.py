"""Read a data set's bytes into a table, in the batch lane's child process."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.accidents.datasets.models import Dataset, DatasetVersion
from app.files.uploads.storage import storage
from app.http.errors import TaskError
from workers.accidents.datasets import database, reading
from workers.accidents.datasets.overrides import Overrides

if TYPE_CHECKING:
    from workers.sdk.task import Run

STEPS = 100  # a job's progress is counted in


def read_dataset(run: Run) -> None:
    """Read one version of a data set; it becomes the current one with the job's success.

    Raises:
        UnreadableTable: the file is no table.
        TaskError: the data set was erased meanwhile.

    """
    dataset_id, number = UUID(run.job.input["dataset_id"]), run.job.input["version"]
    source_key, overrides = _asked(run, dataset_id, number)
    run.session.commit()  # no transaction is held while the file is read

    def progress(stage: str, share: float) -> None:
        run.progress(int(share * STEPS), STEPS, stage=stage)

    incoming = storage().incoming
    with storage().opened(source_key) as path, TemporaryDirectory(dir=incoming) as folder:
        read = reading.read(path, Overrides.load(overrides), progress)
        target = Path(folder) / "table.duckdb"
        progress("write", 0.7)
        database.write(read, target)
        size, key = target.stat().st_size, uuid4()
        storage().put(target, key)
    if not _keep(
        run, (dataset_id, number), {"profile": read.profile, "database_key": key, "database_bytes": size}
    ):
        storage().delete(key)
        raise TaskError("The data set was erased while it was read.", code="dataset_gone")


def _asked(run: Run, dataset_id: UUID, number: int) -> tuple[UUID, Any]:
    """Return where a data set's bytes are, and what its owner says of them."""
    statement = (
        select(Dataset.source_key, DatasetVersion.overrides)
        .join(DatasetVersion, DatasetVersion.dataset_id == Dataset.id)
        .where(Dataset.id == dataset_id, DatasetVersion.version == number, Dataset.owner == run.job.owner)
    )
    row = run.session.execute(statement).one_or_none()
    if row is None:
        raise TaskError("The data set is not there any more.", code="dataset_gone")
    return row[0], row[1]


def _keep(run: Run, identity: tuple[UUID, int], values: dict[str, Any]) -> bool:
    """Add what came of a version to the job's transaction; say whether the version is still there.

    A second run of the same job writes its own table; the file of the first has no row, and the clock
    removes it.
    """
    dataset_id, number = identity
    same = (DatasetVersion.dataset_id == dataset_id, DatasetVersion.version == number)
    kept = run.session.execute(
        update(DatasetVersion).where(*same).values(**values).returning(DatasetVersion.version)
    ).all()
    newer = (Dataset.id == dataset_id, Dataset.version < number)
    run.session.execute(update(Dataset).where(*newer).values(version=number))
    return bool(kept)
