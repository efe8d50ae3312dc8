"""Make a map into a page, in the batch lane's child process."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from app.accidents.datasets import executor
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.models import Dataset, DatasetVersion
from app.accidents.datasets.profile import Profile
from app.accidents.maps import exports, service
from app.accidents.maps.schemas import MapQuerySchema
from app.files.uploads.storage import storage
from app.http.errors import TaskError
from workers.accidents.maps.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.sdk.task import Run

MOST_BYTES = 2_000_000  # of a page


def export_map(run: Run) -> None:
    """Draw the map that a job names and keep it as a page.

    Raises:
        TaskError: a data set was erased meanwhile, or the page would be larger than 2 MB.

    """
    from workers.accidents.maps.page import page_of  # noqa: PLC0415 - folium takes half a second to load

    asked = run.job.input
    query: dict[str, Any] = MapQuerySchema().load(asked["query"])
    rows = [_asked(run, *each) for each in zip(query["dataset"], asked["versions"], strict=True)]
    run.session.commit()  # no transaction is held while the map is drawn
    with ExitStack() as stack:
        tables = [
            _table(stack.enter_context(storage().opened(row.database_key)), row.profile, version)
            for row, version in zip(rows, asked["versions"], strict=True)
        ]
        layers = _layers(asked["map"], [row.name for row in rows], tables, query)
    page = page_of(layers)
    size = len(page.encode())
    if size > MOST_BYTES:
        raise TaskError(
            f"The page would have {size:,} bytes; {MOST_BYTES:,} may be. Ask for a smaller bbox or clusters.",
            code="page_too_large",
        )
    exports.store(run.session, run.job.id, query["dataset"], page)


def _layers(
    name: str, titles: Sequence[str], tables: Sequence[Table], query: Mapping[str, Any]
) -> list[Layer]:
    """Return what is drawn: one map, or the points of each data set of an overlay."""
    if name != service.OVERLAY:
        return [Layer(titles[0], name, service.draw(name, tables, query))]
    return [
        Layer(title, "points", service.draw("points", [table], query))
        for title, table in zip(titles, tables, strict=True)
    ]


def _asked(run: Run, dataset_id: UUID, version: int) -> Any:
    """Return a version of a data set of the job's owner."""
    statement = (
        select(Dataset.name, DatasetVersion.profile, DatasetVersion.database_key)
        .join(DatasetVersion, DatasetVersion.dataset_id == Dataset.id)
        .where(Dataset.id == dataset_id, DatasetVersion.version == version, Dataset.owner == run.job.owner)
    )
    row = run.session.execute(statement).one_or_none()
    if row is None or row.database_key is None:
        raise TaskError(f"Data set {dataset_id} is not there any more.", code="dataset_gone")
    return row


def _table(path: Any, document: Any, version: int) -> Table:
    """Return a table without an id: what a page shows leaves no evidence."""
    profile = Profile.load(document)
    return Table(profile, partial(executor.run, path, profile), "", version)
