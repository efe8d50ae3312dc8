"""Erase a prediction and prove by counting that nothing of it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from app.extensions import db
from app.files.uploads.models import Upload
from app.files.uploads.storage import storage
from app.http.errors import AssayError
from app.jobs import service as jobs
from app.jobs.models import Job, JobAttempt, JobEvent
from app.jobs.realtime import cache
from app.personality.storing import count_rows

if TYPE_CHECKING:
    from collections.abc import Sequence


def erase(job: Job) -> dict[str, int]:
    """Delete a prediction with its rows, overlays, files and cache entry; return what is left of each: 0.

    Files that another prediction of the caller's reads stay, and are not counted.

    Raises:
        Conflict: it runs; it must be cancelled first.
        AssayError: something is left.

    """
    job_id = job.id
    named = [UUID(name) for name in job.input["upload_ids"]]
    files = list(db.session.scalars(select(Upload).where(Upload.id.in_(named), Upload.owner == job.owner)))
    mine = [(upload.id, upload.storage_key) for upload in files if not _is_shared(job, upload)]
    jobs.erase(job_id)
    left = _left(job_id, mine)
    if any(left.values()):
        kinds = ", ".join(name for name, count in left.items() if count)
        raise AssayError(f"Of prediction {job_id} there is still something left: {kinds}; try again.")
    return left


def _is_shared(job: Job, upload: Upload) -> bool:
    """Say whether another job of the owner's names a file too."""
    others = (
        select(func.count())
        .select_from(Job)
        .where(Job.owner == job.owner, Job.id != job.id, Job.input.contains({"upload_ids": [str(upload.id)]}))
    )
    return bool(db.session.scalar(others))


def _left(job_id: UUID, files: Sequence[tuple[UUID, UUID]]) -> dict[str, int]:
    """Count what is still there of an erased job."""
    counts: dict[str, Any] = {
        name: db.session.scalar(select(func.count()).select_from(table).where(column == job_id)) or 0
        for name, table, column in (
            ("jobs", Job, Job.id),
            ("attempts", JobAttempt, JobAttempt.job_id),
            ("events", JobEvent, JobEvent.job_id),
        )
    }
    ids = [upload_id for upload_id, _ in files]
    rows = select(func.count()).select_from(Upload).where(Upload.id.in_(ids))
    return {
        **counts,
        **count_rows(db.session(), job_id),
        "uploads": db.session.scalar(rows) or 0,
        "files": sum(storage().size(key) is not None for _, key in files),
        "cached_answers": int(cache.holds(job_id)),
    }
