"""A file on its way in: written and hashed block by block, and gone unless it is kept."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast
from uuid import UUID, uuid4

import gevent
from flask import request
from gevent import monkey
from werkzeug.exceptions import ClientDisconnected

from app.files.uploads.storage import part_of
from app.http.errors import AssayError, Unavailable

T = TypeVar("T")

BLOCK_BYTES = 128 << 10  # what is read, hashed and written between two looks at other requests
SLOWEST_BYTES_S = 8 << 10  # of a sender: a body of 1 GB may take a day and a half, one of 1 MB 3 minutes
QUIET_S = 60  # a sender that says nothing for so long has gone
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def off_loop(function: Callable[..., T], *arguments: object) -> T:
    """Call what waits for a disk in a thread, where a loop of other requests would stand still."""
    if not monkey.is_module_patched("socket"):
        return function(*arguments)
    return cast("T", gevent.get_hub().threadpool.apply(function, arguments))


def blocks() -> Iterator[bytes]:
    """Yield the request's body, whose length the caller has checked, as it arrives.

    It is counted here: of a body that the server ends by itself, Werkzeug sees no early end.

    Raises:
        ClientDisconnected: it ended before its Content-Length, or nothing came for a minute.

    """
    left = request.content_length or 0
    request.max_content_length = left + 1  # instead of the limit of JSON bodies
    until = time.monotonic() + QUIET_S + left / SLOWEST_BYTES_S
    while left:
        with gevent.Timeout(max(0.0, min(QUIET_S, until - time.monotonic())), ClientDisconnected):
            block = request.stream.read(min(BLOCK_BYTES, left))
        if not block:
            raise ClientDisconnected
        left -= len(block)
        yield block


@contextmanager
def room() -> Iterator[None]:
    """Raise Unavailable where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise Unavailable("There is no room for this file now; try again later.") from error


def sha256_of(handle: int) -> str:
    """Return the sha256 of an open file in hex; it stands at its end afterwards."""
    with os.fdopen(os.dup(handle), "rb") as stream:
        stream.seek(0)
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Incoming:
    """One file of a form, under a name of ours in the folder of incoming files."""

    def __init__(self, folder: Path, name: str, most_bytes: int) -> None:
        self.key: UUID = uuid4()
        self.name = name
        self.most_bytes = most_bytes
        self.size = 0
        self.path = part_of(folder, self.key)
        self.fault: AssayError | None = None
        self._hash = hashlib.sha256()
        with room():
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._stream = os.fdopen(handle, "wb", buffering=0)

    @property
    def sha256(self) -> str:
        """Return the sha256 of what has come so far, in hex."""
        return self._hash.hexdigest()

    def write(self, block: bytes) -> None:
        """Take some bytes; of a file with a fault, none."""
        self.size += len(block)
        if self.fault is not None:
            return
        self._hash.update(block)
        with room():
            write_all(self._stream.fileno(), block)

    def finish(self) -> None:
        """Bring the file onto the disk and close it."""
        if not self._stream.closed:
            with room():
                off_loop(os.fsync, self._stream.fileno())
            self._stream.close()

    def refuse(self, fault: AssayError) -> None:
        """Remove the file, and remember why; what still comes of it is counted only."""
        self.fault = self.fault or fault
        self.discard()

    def discard(self) -> None:
        """Remove what has come, unless the storage has taken it."""
        self._stream.close()
        self.path.unlink(missing_ok=True)


def write_all(handle: int, block: bytes) -> None:
    """Write a block; a disk that fills up takes a part of it first."""
    left = memoryview(block)
    while left:
        left = left[os.write(handle, left) :]
