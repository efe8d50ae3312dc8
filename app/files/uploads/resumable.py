"""Uploads that survive a broken line: bytes are kept as they come, and counted once they are on the disk.

The row's `received` is the truth: it is committed after the bytes before it are synced, at least every
16 MB, and a resumed file is cut back to it. Where the file is shorter than that, it was lost or is on another
machine, and what is there counts. One request at a time writes a file, by a lock that its end
or its process's death frees; a commit names the count that it goes on from, so that none is lost.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from uuid_utils.compat import uuid7

from app.auth.service import owner
from app.extensions import db, settings
from app.files.uploads import erasing, service
from app.files.uploads.detect import HEAD_BYTES
from app.files.uploads.incoming import blocks, off_loop, room, sha256_of, write_all
from app.files.uploads.limits import check_size, check_system, judge, shown_name
from app.files.uploads.locks import Part, locked, settled
from app.files.uploads.models import Upload, UploadState
from app.files.uploads.storage import part_of, storage
from app.http.errors import AssayError, ChecksumMismatch, Conflict, Invalid, TooLarge

CHECKPOINT_BYTES = 16 << 20
CHANGED = "The upload was erased or changed while these bytes came."


@dataclass(frozen=True)
class Sent:
    """What a request says of the bytes that it sends: where they belong, how many, and their digest."""

    offset: int
    length: int
    algorithm: str = ""
    digest: bytes = b""


def create(size: int, *, name: str | None, system: str | None, upload_id: UUID | None = None) -> Upload:
    """Commit an upload of which nothing has come yet.

    Raises:
        Invalid: it would be empty, or there is no such system.
        TooLarge: the system does not read as much.

    """
    if not size:
        row = {"field": "Upload-Length", "reason": "It is 0; at least 1 byte is right.", "value": 0}
        raise Invalid("The file is empty.", code="empty_file", errors=[row])
    system = check_system(system) if system is not None else None
    check_size(size, system)
    upload = Upload(
        id=upload_id or uuid7(),
        owner=owner(),
        name=shown_name(name),
        system=system,
        size=size,
        state=UploadState.RECEIVING,
        received=0,
        storage_key=uuid4(),
        created_at=service.now(),
        expires_at=service.now() + patience(),
    )
    db.session.add(upload)
    db.session.commit()
    return upload


def patience() -> timedelta:
    """Return for how long the rest of an upload is waited for."""
    return timedelta(hours=settings().upload_patience_hours)


def offset_of(upload: Upload) -> int:
    """Return how many bytes of an upload are there."""
    if upload.state == UploadState.UPLOADED:
        return upload.size
    path = part_of(storage().incoming, upload.storage_key)
    if path.exists():
        upload = settled(upload, path)
    return min(upload.received, path.stat().st_size) if path.exists() else 0


def append(upload_id: UUID, sent: Sent) -> Upload:
    """Add the request's body to an upload, and finish it with its last byte.

    When the line breaks, what has come is kept, unless there is a checksum to hold it against.

    Raises:
        NotFound, Gone: there is no such upload, or its time is over.
        Conflict: it has another number of bytes than the request goes on from.
        Locked: another request is writing it.
        TooLarge: it would get longer than it was said to be.
        ChecksumMismatch: the bytes are not those of the checksum; none is kept.
        UnsupportedType: it is of no kind that its system reads; it is erased.

    """
    upload = service.find(upload_id)
    if upload.state == UploadState.UPLOADED:
        _check(sent, upload.size, upload.size)
        return upload
    with locked(upload) as part:
        _check(sent, part.at, part.size)
        try:
            _receive(part, sent)
            if part.at == part.size:
                _finish(part)
        except AssayError as fault:
            if fault.status == 415:  # noqa: PLR2004 - its rest would be refused like its beginning
                _drop(part)
            raise
    return service.find(upload_id)


def _check(sent: Sent, at: int, size: int) -> None:
    """Refuse bytes that do not continue an upload."""
    if sent.offset != at:
        raise Conflict(f"Upload-Offset is {sent.offset}; {at} bytes are here, go on from there.")
    if sent.offset + sent.length > size:
        raise TooLarge(f"{sent.length} more bytes would pass the Upload-Length of {size}.")


def _receive(part: Part, sent: Sent) -> None:
    """Write the request's body, and commit how far it came."""
    part.hash = hashlib.new(sent.algorithm) if sent.algorithm else None
    begun = part.at
    try:
        _write(part)
    except BaseException:
        if part.hash is None:
            _commit(part)
        raise
    if part.hash is not None and part.hash.digest() != sent.digest:
        os.ftruncate(part.handle, begun)
        raise ChecksumMismatch("The body is not what Upload-Checksum says; send it again.")
    _judge(part)
    _commit(part)


def _write(part: Part) -> None:
    """Write what comes; commit every 16 MB of it."""
    for block in blocks():
        with room():
            write_all(part.handle, block)
        part.at += len(block)
        if part.hash is not None:
            part.hash.update(block)
        elif part.at - part.committed >= CHECKPOINT_BYTES:
            _judge(part)
            _commit(part)


def _judge(part: Part) -> None:
    """Refuse an upload as soon as its beginning is of no kind that is read."""
    if not part.judged and (part.at > HEAD_BYTES or part.at == part.size):
        judge(part.handle, part.system)
        part.judged = True


def _commit(part: Part) -> None:
    """Bring what has come onto the disk, then count it; of a whole file, all but the last byte.

    Who is told that all is there sends nothing more, and so nothing would finish the upload.
    """
    counted = min(part.at, part.size - 1)
    with room():
        off_loop(os.fsync, part.handle)
    _change(part, received=counted, expires_at=service.now() + patience())
    part.committed = counted


def _change(part: Part, **values: Any) -> None:
    """Change an upload that has not changed since it was read; raise Conflict when it has."""
    mine = update(Upload).where(
        Upload.id == part.upload_id,
        Upload.state == UploadState.RECEIVING,
        Upload.received == part.committed,
    )
    changed = db.session.execute(mine.values(**values).returning(Upload.id)).all()
    db.session.commit()
    if not changed:
        with suppress(FileNotFoundError):
            part.path.unlink()
        raise Conflict(CHANGED)


def _finish(part: Part) -> None:
    """Keep a file that is all there; a crash before the commit leaves it to be sent again."""
    with room():
        off_loop(os.fsync, part.handle)
    detected, digest = judge(part.handle, part.system), off_loop(sha256_of, part.handle)
    store = storage()
    try:
        off_loop(store.put, part.path, part.key)
        _change(
            part,
            state=UploadState.UPLOADED,
            received=part.size,
            sha256=digest,
            detected=detected,
            expires_at=service.now() + service.retention(part.system),
        )
    except Conflict:
        store.delete(part.key)
        raise
    except FileNotFoundError:
        raise Conflict(CHANGED) from None


def _drop(part: Part) -> None:
    """Erase an upload that is not accepted."""
    db.session.rollback()
    erasing.erase([service.find(part.upload_id)])
    db.session.commit()
