"""End the time of uploads: first the file goes and is seen to be gone, then the row says `expired`.

Everything is conditional, so that any number of clocks may do it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import array

from app.extensions import db, settings
from app.files.uploads import erasing, service
from app.files.uploads.models import Upload, UploadState
from app.files.uploads.storage import Kept, files_in, part_of, storage
from app.http.errors import AssayError
from app.jobs.models import UPLOAD_IDS, Job
from app.system import ACTIVE, WAITING, systems

if TYPE_CHECKING:
    from uuid import UUID

log = structlog.get_logger()

BLOCK = 500
YOUNG = timedelta(hours=1)  # a file is in its place before its row: a young one without is no orphan
NO_NAME = ""


@dataclass
class Done:
    """What one round did."""

    expired: int = 0
    stale: int = 0
    orphans: int = 0
    failed: int = 0
    freed_bytes: int = 0


def clean() -> Done:
    """End the uploads whose time is over, those of which the rest never came included."""
    done = Done()
    over = select(Upload).where(Upload.expires_at <= func.now(), Upload.state != UploadState.EXPIRED)
    due = db.session.scalars(over.order_by(Upload.expires_at).limit(BLOCK)).all()
    needed = needed_by_a_job([str(upload.id) for upload in due]) if due else set()
    for upload in due:
        if str(upload.id) not in needed:
            _end(upload, done)
    _forget()
    _tell(done)
    return done


def needed_by_a_job(names: list[str]) -> set[str]:
    """Return the uploads that jobs will still read, and perhaps others of the same jobs."""
    unfinished = select(Job.input).where(
        Job.input.has_key("upload_ids"),
        UPLOAD_IDS.has_any(array(names)),
        Job.state.in_((*WAITING, *ACTIVE)),
    )
    return {name for (document,) in db.session.execute(unfinished) for name in document["upload_ids"]}


def _end(upload: Upload, done: Done) -> None:
    """Remove an upload's file, then say that it has expired; its name goes too."""
    freed, stale = upload.received, upload.state == UploadState.RECEIVING
    try:
        erasing.remove_file(upload)
    except (OSError, AssayError) as error:
        log.warning("upload_not_removed", upload_id=str(upload.id), error=type(error).__name__)
        done.failed += 1
        return
    same = update(Upload).where(Upload.id == upload.id, Upload.expires_at <= func.now())
    db.session.execute(same.values(state=UploadState.EXPIRED, name=NO_NAME))
    db.session.commit()
    done.freed_bytes += freed
    done.stale += stale
    done.expired += not stale


def _forget() -> None:
    """Delete the rows of uploads that expired long ago: a 410 becomes a 404."""
    long_ago = func.now() - timedelta(days=settings().retention_days)
    old = delete(Upload).where(Upload.state == UploadState.EXPIRED, Upload.expires_at < long_ago)
    db.session.execute(old)
    db.session.commit()


def remove_orphans() -> Done:
    """Remove files that no row names: of requests that died between the file and the row, or half-way."""
    done = Done()
    store = storage()
    try:
        for block in _blocks(store.kept()):
            for each in _unnamed(block):
                store.delete(each.key)
                _count(each, done, gone=store.size(each.key) is None)
        for block in _blocks(files_in(store.incoming, "*.part")):
            for each in _unnamed(block):
                path = part_of(store.incoming, each.key)
                path.unlink(missing_ok=True)
                _count(each, done, gone=not path.exists())
    except (OSError, AssayError) as error:
        log.warning("orphans_not_removed", error=type(error).__name__)
        done.failed += 1
    _tell(done)
    return done


def _blocks(files: Iterable[Kept]) -> Iterator[list[Kept]]:
    """Yield the files that are old enough to be nobody's, some at a time."""
    before = service.now() - YOUNG
    block: list[Kept] = []
    for each in files:
        if each.since < before:
            block.append(each)
        if len(block) == BLOCK:
            yield block
            block = []
    yield block


def _unnamed(files: list[Kept]) -> list[Kept]:
    """Return the files that no row names, asked after the files were listed."""
    keys: list[UUID] = [each.key for each in files]
    named = select(Upload.storage_key).where(
        Upload.storage_key.in_(keys), Upload.state != UploadState.EXPIRED
    )
    kept = set(db.session.scalars(named).all())
    for system in systems().values():
        kept |= system.keys_in_use(keys) if system.keys_in_use else set()
    db.session.rollback()
    return [each for each in files if each.key not in kept]


def _count(each: Kept, done: Done, *, gone: bool) -> None:
    """Count a file that was to be removed."""
    done.orphans += gone
    done.failed += not gone
    done.freed_bytes += each.size if gone else 0


def _tell(done: Done) -> None:
    """Log what a round did, if anything."""
    counts = asdict(done)
    if any(counts.values()):
        log.info("uploads_cleaned", **counts)
