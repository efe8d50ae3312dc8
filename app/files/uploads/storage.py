"""Where uploaded files are kept: a folder, or a bucket of S3 or of what speaks like it.

A file is kept under a key of ours, in one step: it is there whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from uuid import UUID

from app.config import Settings
from app.extensions import OnePerProcess
from app.http.errors import Gone, Transient
from app.setting_values import SettingError

if TYPE_CHECKING:
    from flask import Flask

PART = ".part"


class StorageAway(Transient):
    """Raised when the storage does not do what is asked of it now; later it may."""

    code, retry_after_s = "storage_unavailable", 5


@dataclass(frozen=True)
class Kept:
    """A file as the storage knows it."""

    key: UUID
    size: int
    since: datetime


class Storage(Protocol):
    """What keeps files; `incoming` is a local folder of those that still arrive."""

    incoming: Path

    def put(self, source: Path, key: UUID) -> None:
        """Move a local file into the storage; it is there for good when this returns."""

    def size(self, key: UUID) -> int | None:
        """Return the bytes of a file, None where there is none."""

    def delete(self, key: UUID) -> None:
        """Remove a file; to remove one that is not there changes nothing."""

    def opened(self, key: UUID) -> AbstractContextManager[Path]:
        """Give a local path of a file to read; raise Gone where there is none."""

    def kept(self) -> Iterator[Kept]:
        """Yield every file."""


def key_of(name: str) -> UUID | None:
    """Return the key that a file is named after, None for a stranger's file."""
    try:
        return UUID(name.removesuffix(PART))
    except ValueError:
        return None


def part_of(incoming: Path, key: UUID) -> Path:
    """Return where the file of a key lies while it arrives."""
    return incoming / f"{key}{PART}"


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries onto the disk; a rename is lost in a power cut without it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_in(folder: Path, pattern: str) -> Iterator[Kept]:
    """Yield the files of ours in a folder; one that vanishes meanwhile is passed over."""
    for path in folder.glob(pattern):
        key = key_of(path.name)
        with suppress(FileNotFoundError):
            facts = path.stat()
            if key is not None:
                yield Kept(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


class LocalStorage:
    """A folder that every web, worker and clock process sees."""

    def __init__(self, folder: Path, incoming: Path | None = None) -> None:
        self.folder = folder
        self.incoming = incoming or folder / "incoming"
        for each in (self.folder, self.incoming):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, key: UUID) -> Path:
        """Return where a file is kept; 256 folders, so that none gets too long."""
        return self.folder / key.hex[-2:] / str(key)

    def put(self, source: Path, key: UUID) -> None:
        """Rename a synced file into its place."""
        target = self.path(key)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        source.replace(target)
        sync_folder(target.parent)

    def size(self, key: UUID) -> int | None:
        """Return the bytes of a file, None where there is none."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: UUID) -> None:
        """Remove a file."""
        self.path(key).unlink(missing_ok=True)

    @contextmanager
    def opened(self, key: UUID) -> Iterator[Path]:
        """Give the path of a file itself."""
        if self.size(key) is None:
            raise Gone("The file of this upload is not there any more; upload it again.")
        yield self.path(key)

    def kept(self) -> Iterator[Kept]:
        """Yield every file."""
        yield from files_in(self.folder, "??/*")


def make(config: Settings) -> Storage:
    """Return the storage that the settings name.

    Raises:
        SettingError: STORAGE_URL has another form.

    """
    scheme, _, place = config.storage_url.partition("://")
    incoming = Path(config.incoming_folder).absolute() if config.incoming_folder else None
    if scheme == "file" and place:
        return LocalStorage(Path(place).absolute(), incoming)
    if scheme == "s3" and place:
        from app.files.uploads.s3 import S3Storage  # noqa: PLC0415 - boto3 is large, and most need none of it

        bucket, _, prefix = place.partition("/")
        return S3Storage(
            bucket,
            prefix,
            endpoint_url=config.s3_endpoint_url or None,
            incoming=incoming or Path("var/incoming"),
        )
    raise SettingError(f"STORAGE_URL is {config.storage_url!r}; it is file://FOLDER or s3://BUCKET/PREFIX")


def _make(app: Flask) -> Storage:
    return make(cast("Settings", app.config["SETTINGS"]))


storage = OnePerProcess(_make)
