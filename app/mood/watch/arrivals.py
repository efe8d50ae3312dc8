"""Which files have arrived whole: seen by events and by looking, and taken when they are still."""

from __future__ import annotations

import fnmatch
import os
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.mood.watch.settings import Directory

log = structlog.get_logger()
Look = tuple[int, int, int, int]  # device, inode, size and time of change: another means other content


@dataclass
class Waiting:
    """A file that is not still yet: how it last looked, and since when."""

    look: Look
    since: float


class Arrivals:
    """Gathers files of some folders; `add` may be called from another thread."""

    def __init__(self, directories: tuple[Directory, ...], debounce_s: float) -> None:
        self._directories = directories
        self._debounce_s = debounce_s
        self._waiting: dict[Path, Waiting] = {}
        self._done: dict[Path, Look] = {}
        self._lock = threading.Lock()

    def add(self, path: Path) -> None:
        """Note a file or a folder that something happened to."""
        if path.is_dir() and not path.is_symlink():
            for inside in _files_under(path):
                self._add_file(inside)
        else:
            self._add_file(path)

    def look_around(self) -> None:
        """Note all files that are there; events may be lost, and none tell of what came before."""
        for directory in self._directories:
            for path in _files_of(directory):
                self._add_file(path)

    def _add_file(self, path: Path) -> None:
        if self.directory_of(path) is None:
            return
        look = _look_of(path)
        with self._lock:
            if look is None or self._done.get(path) == look:
                return
            waiting = self._waiting.get(path)
            if waiting is None or waiting.look != look:
                self._waiting[path] = Waiting(look, time.monotonic())

    def still(self, most: int) -> list[Path]:
        """Return files that did not change for the debounce time, at most so many."""
        with self._lock:
            candidates = list(self._waiting)
        for path in candidates:
            self._add_file(path)  # a file that grew waits anew
        now = time.monotonic()
        with self._lock:
            gone = [path for path in self._waiting if _look_of(path) is None]
            for path in gone:
                del self._waiting[path]
            ready = [path for path, each in self._waiting.items() if now - each.since >= self._debounce_s]
        return ready[:most]

    def finish(self, path: Path, look: Look | None) -> None:
        """Note that a file was taken as it looked then; one that changed since waits again."""
        with self._lock:
            waiting = self._waiting.get(path)
            if waiting is not None and (look is None or waiting.look == look):
                del self._waiting[path]
            if look is not None:
                self._done[path] = look

    def directory_of(self, path: Path) -> Directory | None:
        """Return the folder whose file this is, None where it is nobody's."""
        for directory in self._directories:
            inside = (
                path.is_relative_to(directory.path)
                if directory.is_recursive
                else (path.parent == directory.path)
            )
            if inside and any(fnmatch.fnmatchcase(path.name, pattern) for pattern in directory.patterns):
                return directory
        return None


def _look_of(path: Path) -> Look | None:
    """Return how a regular file looks; a link, a pipe or nothing looks like None."""
    try:
        status = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _files_of(directory: Directory) -> Iterator[Path]:
    if directory.is_recursive:
        yield from _files_under(directory.path)
        return
    try:
        yield from [Path(entry.path) for entry in os.scandir(directory.path)]
    except OSError:
        return


def _files_under(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, followlinks=False):
        for name in names:
            yield Path(parent) / name
