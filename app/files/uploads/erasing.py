"""Erase uploads: the file first, then the row; one that a job reads stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select

from app.extensions import db
from app.files.uploads.models import Upload
from app.files.uploads.service import find_any
from app.files.uploads.storage import part_of, storage
from app.http.errors import Conflict
from app.jobs.models import UPLOAD_IDS, Job
from app.system import ACTIVE, WAITING, State


def remove_file(upload: Upload) -> None:
    """Remove what there is of an upload's file, and make sure that it is gone."""
    store = storage()
    store.delete(upload.storage_key)
    part = part_of(store.incoming, upload.storage_key)
    part.unlink(missing_ok=True)
    if part.exists() or store.size(upload.storage_key) is not None:
        raise OSError(f"the file of upload {upload.id} is still there")


def erase(uploads: Iterable[Upload]) -> None:
    """Remove the files of uploads, then their rows; the caller commits.

    Files go first: after a crash in between, the row is there to try again with.
    """
    for upload in uploads:
        remove_file(upload)
        db.session.execute(delete(Upload).where(Upload.id == upload.id))


def remove(upload_id: UUID) -> None:
    """Erase one of the caller's uploads.

    Raises:
        NotFound: there is none.
        Conflict: a job that is not done reads it.

    """
    upload = find_any(upload_id, lock=True)
    if _naming(upload, Job.state.in_((*WAITING, *ACTIVE))):
        raise Conflict("A job reads this upload; cancel it first, then delete it.")
    erase([upload])
    db.session.commit()


def _naming(upload: Upload, *conditions: Any) -> int:
    """Return how many of the owner's jobs name an upload."""
    named = and_(Job.input.has_key("upload_ids"), UPLOAD_IDS.contains([str(upload.id)]))
    counted = select(func.count()).select_from(Job).where(Job.owner == upload.owner, named, *conditions)
    return db.session.scalar(counted) or 0


def erase_of_job(job: Job) -> None:
    """Erase the uploads that a job names and no other job needs; the caller commits."""
    named = job.input.get("upload_ids") if isinstance(job.input, dict) else None
    if not named:
        return
    theirs = select(Upload).where(Upload.id.in_([UUID(each) for each in named]), Upload.owner == job.owner)
    for upload in db.session.scalars(theirs).all():
        if not _naming(upload, Job.id != job.id, Job.state != State.EXPIRED):
            erase([upload])
