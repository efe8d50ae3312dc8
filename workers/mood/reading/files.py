"""Some files of one person, each read as what its content is: `read_files`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time
from typing import IO, TYPE_CHECKING

import ijson

from workers.mood.reading import archive
from workers.mood.reading.apple_xml import XmlReader
from workers.mood.reading.auto_export import AutoExportReader, overview
from workers.mood.reading.encodings import CHUNK_BYTES, utf8_chunks
from workers.mood.reading.errors import BrokenExport, NotAnExport
from workers.mood.reading.kinds import Kind
from workers.mood.reading.moods import Mood, Rating, is_table, read_ratings
from workers.mood.reading.records import Collector
from workers.mood.reading.sources import Sources
from workers.mood.reading.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

HEAD_BYTES = 4096
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass
class Raw:
    """What of some files is kept, before nights and days are made of it."""

    spill: Spill
    collector: Collector
    sources: Sources = field(default_factory=Sources)
    moods: list[Mood] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    ignored_metrics: list[str] = field(default_factory=list)
    is_truncated: bool = False


@contextmanager
def read_files(
    paths: Sequence[Path],
    *,
    wanted: Collection[Kind] = tuple(Kind),
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Raw]:
    """Give what some files hold; `progress` is told how many bytes of how many are read.

    Raises:
        NotAnExport, BrokenExport: a file cannot be read.

    """
    with Spill() as spill:
        raw = Raw(spill, Collector(spill, latest=int(time())))
        reader = _Reader(raw, wanted, progress)
        sizes = [path.stat().st_size for path in paths]
        for number, path in enumerate(paths):
            reader.read(path, sum(sizes[:number]), sum(sizes))
        yield raw


def kind_of(head: bytes) -> str:
    """Return what a file's first bytes say it is: zip, xml, json or text."""
    if head.startswith(ZIP_MARKS):
        return "zip"
    plain = head
    for mark in TEXT_MARKS:
        plain = plain.removeprefix(mark)
    plain = plain.lstrip(b" \t\r\n\0")
    return "xml" if plain[:1] == b"<" else "json" if plain[:1] in (b"{", b"[") else "text"


class _Reader:
    """Reads one file after another into the same collection."""

    def __init__(
        self, raw: Raw, wanted: Collection[Kind], progress: Callable[[int, int], None] | None
    ) -> None:
        self._raw = raw
        self._wanted = wanted
        self._told = progress
        self._place = (0, 0, 0)  # bytes before the file, its own, and those of all files

    def _progress(self, done: int, total: int) -> None:
        """Tell how far all files are; what is read of an archive counts as much as it is packed."""
        before, own, all_bytes = self._place
        if self._told is not None:
            self._told(before + own * min(done, total) // max(total, 1), all_bytes)

    def read(self, path: Path, before: int, all_bytes: int) -> None:
        self._place = (before, path.stat().st_size, all_bytes)
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        kind = kind_of(head)
        if kind == "zip":
            self._read_archive(path)
        elif kind == "xml":
            with path.open("rb") as stream:
                self._read_xml(stream, path.stat().st_size)
        elif kind == "json":
            with path.open("rb") as first, path.open("rb") as second:
                self._read_json(first, second, path.stat().st_size, path.name)
        elif is_table(head):
            self._raw.ratings += read_ratings(path)
        else:
            raise NotAnExport(
                "not_a_health_export",
                f"{path.name} is no export: neither XML, JSON, an archive of them, nor a table with a date"
                " and low or high.",
            )

    def _read_archive(self, path: Path) -> None:
        with archive.opened(path) as opened:
            for info in archive.health_members(opened, path.name):
                with opened.open(info) as member:
                    start = member.read(HEAD_BYTES)
                if kind_of(start) == "json":
                    with opened.open(info) as first, opened.open(info) as second:
                        self._read_json(first, second, info.file_size, info.filename)
                    continue
                with opened.open(info) as member:
                    self._read_xml(archive.Guarded(member, info), info.file_size)

    def _read_xml(self, stream: IO[bytes] | archive.Guarded, size: int) -> None:
        raw = self._raw
        reader = XmlReader(raw.collector, raw.sources, self._wanted, raw.moods)
        reader.read(utf8_chunks(stream, CHUNK_BYTES), lambda done: self._progress(done, size))
        raw.is_truncated |= not reader.head.is_whole

    def _read_json(self, first: IO[bytes], second: IO[bytes], size: int, name: str) -> None:
        raw = self._raw
        try:
            seen = overview(_behind_mark(first))
            if not seen.is_export:
                raise NotAnExport(
                    "not_a_health_export",
                    f"{name} is JSON, but not of Health Auto Export: it has no object `data`.",
                )
            reader = AutoExportReader(raw.collector, raw.sources, self._wanted, raw.moods)
            names = reader.read(seen, _behind_mark(second), lambda done: self._progress(done, size))
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise BrokenExport("export_broken", f"{name} is no JSON: {error}") from error
        raw.ignored_metrics += [metric for metric in names if metric not in raw.ignored_metrics]
        raw.is_truncated |= not seen.is_whole


def _behind_mark(stream: IO[bytes]) -> IO[bytes]:
    """Return a stream behind its byte-order mark."""
    if stream.read(3) != TEXT_MARKS[0]:
        stream.seek(0)
    return stream
