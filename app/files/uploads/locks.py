"""Who may write to an arriving upload: one request at a time, the latest first."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import gevent
from flask import request

from app.extensions import db
from app.files.uploads import service
from app.files.uploads.incoming import room
from app.files.uploads.models import Upload, UploadState
from app.files.uploads.storage import part_of, storage
from app.http.errors import AssayError, Conflict, Locked

TAKE_OVER_S, LOOK_S = 5.0, 0.1  # a writer is asked to stop for so long, and looks so often


@dataclass
class Part:
    """A file that is being written, and how far it is; it needs no database while bytes come."""

    upload_id: UUID
    key: UUID
    system: str | None
    size: int
    committed: int
    path: Path
    handle: int
    at: int
    judged: bool = False
    hash: Any = field(default=None)


@contextmanager
def locked(upload: Upload) -> Iterator[Part]:
    """Open an upload's file for this request alone, cut back to what is counted."""
    upload_id, path = upload.id, part_of(storage().incoming, upload.storage_key)
    with room():
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take_lock(handle, path)
        with _stopped_when_asked(path):
            yield _part(upload_id, path, handle)
    finally:
        os.close(handle)


def _take_lock(handle: int, path: Path) -> None:
    """Lock an upload's file; a request that writes it now is asked to stop, for its client has come back.

    Raises:
        Locked: it did not stop in time.

    """
    asked, until = _asked(path), time.monotonic() + TAKE_OVER_S
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Locked(
                        "Another request is writing this upload; try again shortly.", retry_after_s=1
                    ) from None
                asked.touch()
                gevent.sleep(LOOK_S)
            else:
                return
    finally:
        asked.unlink(missing_ok=True)


def _asked(path: Path) -> Path:
    """Return the file that asks the writer of an upload, in whichever process, to stop."""
    return path.with_suffix(".stop")


@contextmanager
def _stopped_when_asked(path: Path) -> Iterator[None]:
    """End the reading of this request's body once another request asks for the upload.

    The connection is closed for reading: what has come is written and counted as at any broken line.
    """
    line = request.environ.get("gunicorn.socket")
    if line is None:
        yield
        return
    watcher = gevent.spawn(_stop_when_asked, _asked(path), line)
    try:
        yield
    finally:
        watcher.kill(block=False)


def _stop_when_asked(asked: Path, line: socket.socket) -> None:
    """Wait until somebody asks, then let no more be read of a connection."""
    while not asked.exists():
        gevent.sleep(LOOK_S)
    with suppress(OSError):
        line.shutdown(socket.SHUT_RD)


def _part(upload_id: UUID, path: Path, handle: int) -> Part:
    """Return the state of an upload, read after its file was locked; its row may have changed until then."""
    try:
        upload = service.find(upload_id)
        if upload.state != UploadState.RECEIVING:
            raise Conflict("Another request has finished this upload.")
    except AssayError:
        path.unlink(missing_ok=True)  # nobody's: the row was finished or erased meanwhile
        raise
    at = min(upload.received, os.fstat(handle).st_size)
    os.ftruncate(handle, at)
    os.lseek(handle, at, os.SEEK_SET)
    part = Part(upload.id, upload.storage_key, upload.system, upload.size, upload.received, path, handle, at)
    db.session.rollback()  # here, so that no connection is held while bytes come
    return part


def settled(upload: Upload, path: Path) -> Upload:
    """Return an upload as it is once nobody writes it any more: who asks for it has lost his connection."""
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDWR)
        try:
            _take_lock(handle, path)
        finally:
            os.close(handle)
    return service.find(upload.id)
