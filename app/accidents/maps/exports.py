"""Maps as pages of their own: asked for here, made by a worker, kept with the job."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.accidents.datasets import erasing
from app.accidents.datasets import service as datasets
from app.accidents.datasets.models import Dataset
from app.accidents.maps import service as maps
from app.accidents.maps.models import MapExport
from app.accidents.vocabulary import VOCABULARY
from app.extensions import db
from app.http.errors import Conflict, Gone, TaskError
from app.jobs.models import Job
from app.jobs.realtime.submit import failure, job_of, submit
from app.jobs.submission import JobRequest
from app.system import FINAL, State

SYSTEM, EXPORT = "accidents", "map_export"


def request_export(name: str, query: Mapping[str, Any], written: Mapping[str, Any]) -> Job:
    """Ask for a page of a map, its query read and as it was written; versions are settled now.

    Raises:
        NotFound: there is no such map or data set.
        Conflict: a data set cannot be asked yet.

    """
    maps.check_name(name)
    versions = [datasets.find_ready(each, query.get("version")).version.version for each in query["dataset"]]
    job_input = {"map": name, "versions": versions, "query": dict(written)}
    return submit(JobRequest(SYSTEM, EXPORT, job_input, {}))


def find_export(job_id: UUID) -> bytes:
    """Return the caller's page, HTML in UTF-8.

    Raises:
        NotFound: there is no such export.
        Gone: it has expired, or one of its data sets was erased.
        Conflict: it is not made yet.

    """
    job = job_of(job_id, SYSTEM, EXPORT)
    if job.state not in FINAL:
        word = VOCABULARY[job.core_state]
        raise Conflict(
            f"Map {job_id} is {word}; ask when it is {VOCABULARY[State.SUCCEEDED]}.", code="not_ready"
        )
    if job.core_state is not State.SUCCEEDED:
        raise failure(job.error_code, job.error_detail)
    page = db.session.scalar(select(MapExport.page).where(MapExport.job_id == job_id))
    if page is None:
        raise Gone(f"Map {job_id} went with a data set that was erased.")
    return gzip.decompress(page)


def store(session: Any, job_id: UUID, dataset_ids: list[UUID], page: str) -> None:
    """Add a page to the transaction of its job; an erasure of its data sets waits for that.

    Raises:
        TaskError: a data set was erased meanwhile.

    """
    same = select(Dataset.id).where(Dataset.id.in_(dataset_ids)).with_for_update(key_share=True, read=True)
    if len(session.execute(same).all()) < len(set(dataset_ids)):
        raise TaskError("A data set was erased while the map was drawn.", code="dataset_gone")
    session.execute(delete(MapExport).where(MapExport.job_id == job_id))
    packed = gzip.compress(page.encode(), mtime=0)
    session.add(MapExport(job_id=job_id, dataset_ids=dataset_ids, page=packed))


def forget_exports(dataset_id: UUID, _keys: Sequence[UUID]) -> None:
    """Remove the pages that show rows of a data set that is erased."""
    db.session.execute(delete(MapExport).where(MapExport.dataset_ids.contains([dataset_id])))
    db.session.commit()


erasing.ERASED.append(forget_exports)
