"""What is asked of uploads: keep, find, open, erase; each by its owner only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.auth.service import owner
from app.extensions import db
from app.files.uploads.forms import Form
from app.files.uploads.incoming import Incoming, off_loop
from app.files.uploads.limits import check_size, judge
from app.files.uploads.models import Upload, UploadState
from app.files.uploads.storage import storage
from app.http.errors import AssayError, Conflict, Gone, Invalid, NotFound, TaskError
from app.jobs.models import Job
from app.jobs.retention import uploads_days

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = structlog.get_logger()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def keep_one(form: Form, upload_id: UUID | None = None) -> Upload:
    """Keep the one file of a form, under an id if one is given.

    Raises:
        Invalid: there is none, or it is empty.
        TooLarge, UnsupportedType: its system does not read such files.

    """
    if not form.files:
        raise Invalid(
            "The form has no file in the field 'file'.",
            code="invalid_fields",
            errors=[{"field": "file", "reason": "It is missing; one file is right.", "value": None}],
        )
    return _keep(
        [(form.files[0], _judged(form.files[0], form.system))], form.system, ids=[upload_id or uuid7()]
    )[0]


def keep_many(form: Form, batch_id: UUID | None = None) -> tuple[UUID, list[tuple[Incoming, Upload | None]]]:
    """Keep the files of a form that can be kept; return the batch, and what became of each file.

    A batch that is there already, of the same form sent before, is returned as it is.

    Raises:
        Invalid: there is none that could be kept.

    """
    good: list[tuple[Incoming, str]] = []
    for file in form.files:
        try:
            good.append((file, _judged(file, form.system)))
        except AssayError as fault:
            form.fail(file, fault)
    if not good:
        rows = [
            {"field": f"files.{n}", "reason": each.fault.detail, "value": each.name}
            for n, each in enumerate(form.files)
            if each.fault
        ]
        missing = [{"field": "files", "reason": "It is missing; at least one file is right.", "value": None}]
        raise Invalid(
            "The form has no file that can be accepted.", code="invalid_fields", errors=rows or missing
        )
    batch_id = batch_id or uuid7()
    uploads = _of_batch(batch_id) or _keep(good, form.system, batch_id=batch_id)
    kept = {file.key: upload for (file, _), upload in zip(good, uploads, strict=False)}
    return batch_id, [(file, kept.get(file.key)) for file in form.files]


def _judged(file: Incoming, system: str | None) -> str:
    """Return what a received file is; raise what stands against it."""
    if file.fault is not None:
        raise file.fault
    if not file.size:
        reason = "The file is empty; one with at least one byte is right."
        row = {"field": "file", "reason": reason, "value": file.name}
        raise Invalid("The file is empty.", code="empty_file", errors=[row])
    check_size(file.size, system)
    with file.path.open("rb") as stream:
        return judge(stream.fileno(), system)


def _keep(
    files: Sequence[tuple[Incoming, str]],
    system: str | None,
    *,
    batch_id: UUID | None = None,
    ids: Sequence[UUID] = (),
) -> list[Upload]:
    """Move files into the storage and commit their rows, all or none."""
    uploads = [
        Upload(
            id=upload_id,
            owner=owner(),
            batch_id=batch_id,
            name=file.name,
            system=system,
            size=file.size,
            sha256=file.sha256,
            detected=detected,
            state=UploadState.UPLOADED,
            received=file.size,
            storage_key=file.key,
            created_at=now(),
            expires_at=now() + retention(system),
        )
        for upload_id, (file, detected) in zip(ids or [uuid7() for _ in files], files, strict=True)
    ]
    try:
        for file, _ in files:
            off_loop(storage().put, file.path, file.key)
        db.session.add_all(uploads)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        for file, _ in files:
            storage().delete(file.key)
        raise
    return uploads


def retention(system: str | None) -> timedelta:
    """Return for how long an upload is kept that was sent for a system, or for none in particular."""
    return timedelta(days=uploads_days(system))


def find(upload_id: UUID) -> Upload:
    """Return the caller's upload, whether all of it is there or not.

    Raises:
        NotFound: there is none, or it is somebody else's, which looks the same.
        Gone: its time is over.

    """
    upload = find_any(upload_id)
    if has_expired(upload):
        raise Gone(f"Upload {upload_id} has expired; upload the file again.")
    return upload


def find_any(upload_id: UUID, *, lock: bool = False) -> Upload:
    """Return the caller's upload, expired or not; raise NotFound where there is none.

    With `lock`, no job can be made of it until the transaction ends, see `hold`.
    """
    mine = select(Upload).where(Upload.id == upload_id, Upload.owner == owner())
    mine = mine.with_for_update() if lock else mine
    upload = db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if upload is None:
        raise NotFound(f"There is no upload {upload_id}.")
    return upload


def has_expired(upload: Upload) -> bool:
    """Say whether an upload's time is over, cleaned up or not."""
    return upload.state == UploadState.EXPIRED or upload.expires_at <= now()


def get(upload_id: UUID) -> Upload:
    """Return the caller's upload, all of which is there.

    Raises:
        NotFound: there is none.
        Gone: its time is over.
        Conflict: it is not all there yet.

    """
    upload = find(upload_id)
    if upload.state != UploadState.UPLOADED:
        raise Conflict(
            f"Upload {upload_id} has {upload.received} of {upload.size} bytes; send the rest first."
        )
    return upload


def get_batch(batch_id: UUID) -> list[Upload]:
    """Return the caller's uploads of one batch, in the order of its form.

    Raises:
        NotFound: there is no such batch.
        Gone: its time is over.

    """
    uploads = _of_batch(batch_id)
    if not uploads:
        raise NotFound(f"There is no batch {batch_id}.")
    if any(has_expired(upload) for upload in uploads):
        raise Gone(f"Batch {batch_id} has expired; upload its files again.")
    return uploads


def _of_batch(batch_id: UUID) -> list[Upload]:
    """Return the caller's uploads of a batch, as they were made."""
    mine = select(Upload).where(Upload.batch_id == batch_id, Upload.owner == owner()).order_by(Upload.id)
    return list(db.session.scalars(mine.execution_options(populate_existing=True)).all())


def hold(uploads: Sequence[Upload]) -> None:
    """Keep uploads from being erased until the transaction ends, which makes the job that reads them.

    Raises:
        NotFound: one of them has just been erased.

    """
    ids = [upload.id for upload in uploads]
    held = select(Upload.id).where(Upload.id.in_(ids), Upload.state == UploadState.UPLOADED)
    rows = set(db.session.scalars(held.with_for_update(read=True, key_share=True)).all())
    for upload_id in ids:
        if upload_id not in rows:
            raise NotFound(f"There is no upload {upload_id}; it was erased just now.")


def of_job(session: Session, job: Job) -> list[Upload]:
    """Return the uploads that a job names, in its order.

    Raises:
        TaskError: one of them is not there any more, or is not of the job's owner.

    """
    ids = [UUID(name) for name in job.input["upload_ids"]]
    theirs = select(Upload).where(
        Upload.id.in_(ids), Upload.owner == job.owner, Upload.state == UploadState.UPLOADED
    )
    by_id = {upload.id: upload for upload in session.scalars(theirs)}
    missing = [str(each) for each in ids if each not in by_id]
    if missing:
        raise TaskError(
            f"Upload {missing[0]} is not there any more; upload the file again.", code="upload_gone"
        )
    return [by_id[each] for each in ids]


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """Give a local path of an upload's file to read; it is not to be changed.

    Raises:
        Gone: the storage has lost it.

    """
    with storage().opened(upload.storage_key) as path:
        yield path
