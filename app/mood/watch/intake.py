"""Take a file that arrived: copy it, know it by its content, and ask for a job, all or nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import structlog
from flask import g
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from app.auth.principals import Principal
from app.extensions import db
from app.files.jobs.service import read_options
from app.files.uploads import limits
from app.files.uploads.models import Upload, UploadState
from app.files.uploads.service import now, retention
from app.files.uploads.storage import part_of, storage
from app.http.errors import AssayError, TooMany
from app.jobs import submission
from app.jobs.submission import JobRequest
from app.mood.models import MoodWatched
from app.mood.service import FILES, NAME

if TYPE_CHECKING:
    from pathlib import Path

    from app.mood.watch.arrivals import Look
    from app.mood.watch.settings import Directory, WatchSettings

log = structlog.get_logger()
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Copied:
    """A copy of a file in the storage's incoming folder."""

    key: UUID
    path: Path
    size: int
    sha256: str
    look: Look


def take(path: Path, directory: Directory, settings: WatchSettings) -> Look | None:
    """Read a file in, once by its content; return how it looked, None where it may be tried again.

    The row that knows its content is committed together with its job: whoever dies before has
    taken nothing, and whoever dies later has a job that is done.
    """
    g.principal, g.request_id = Principal(settings.owner, "user"), f"watch-{uuid4().hex[:12]}"
    try:
        copied = _copy(path)
    except OSError as error:
        log.warning("watch_unreadable", file=path.name, error=type(error).__name__)
        return None
    try:
        _keep(copied, path.name, directory, settings)
    except TooMany:
        db.session.rollback()
        return None
    except AssayError as error:
        db.session.rollback()
        log.warning("watch_refused", file=path.name, code=error.code, detail=error.detail)
    finally:
        copied.path.unlink(missing_ok=True)
    return copied.look


def _copy(path: Path) -> Copied:
    """Copy a regular file; the name may be a link by now, and links are not followed."""
    key = uuid4()
    part = part_of(storage().incoming, key)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as source, part.open("wb") as copy:
        status = os.fstat(source.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
            size += len(block)
    look = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    return Copied(key, part, size, digest.hexdigest(), look)


def _keep(copied: Copied, name: str, directory: Directory, settings: WatchSettings) -> None:
    """Commit a file's upload and job, unless its content is known."""
    values = {"owner": settings.owner, "sha256": copied.sha256, "name": name}
    statement = postgresql.insert(MoodWatched).values(**values).on_conflict_do_nothing()
    if db.session.execute(statement.returning(MoodWatched.sha256)).one_or_none() is None:
        db.session.rollback()
        log.info("watch_duplicate", file=name)
        return
    limits.check_size(copied.size, NAME)
    with copied.path.open("rb") as stream:
        detected = limits.judge(stream.fileno(), NAME)
    storage().put(copied.path, copied.key)
    try:
        _commit(copied, (name, detected), str(directory.path), start=settings.auto_process)
    except BaseException:
        db.session.rollback()
        storage().delete(copied.key)
        raise


def _commit(copied: Copied, about: tuple[str, str], subject: str, *, start: bool) -> None:
    upload = _upload_of(copied, *about)
    db.session.add(upload)
    db.session.flush()
    if not start:
        db.session.commit()
        log.info("watch_uploaded", file=upload.name, upload_id=str(upload.id))
        return
    options: dict[str, Any] = read_options(NAME, {"subject": subject[-100:]})
    job = submission.submit(JobRequest(NAME, FILES, {"upload_ids": [str(upload.id)]}, options, items=None))
    log.info("watch_started", file=upload.name, job_id=str(job.id))


def _upload_of(copied: Copied, name: str, detected: str) -> Upload:
    return Upload(
        id=uuid7(),
        owner=g.principal.name,
        batch_id=None,
        name=name,
        system=NAME,
        size=copied.size,
        sha256=copied.sha256,
        detected=detected,
        state=UploadState.UPLOADED,
        received=copied.size,
        storage_key=copied.key,
        created_at=now(),
        expires_at=now() + retention(NAME),
    )
