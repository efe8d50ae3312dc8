"""The health data inside an archive: told by its first bytes, streamed, and never a bomb."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from time import monotonic
from typing import IO, TYPE_CHECKING

from workers.mood.reading.errors import BrokenExport, NotAnExport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SNIFFED_BYTES = 262_144  # the DTD before the root has some 10 kB
ROOT = b"<HealthData"
MOST_RATIO = 200  # exports shrink to a twentieth; what shrinks to less than a 200th is made to
LEAST_JUDGED_BYTES = 1_000_000
MOST_S = 1800.0
MOST_NAMED = 3
MOST_MEMBERS = 200_000  # a workout has a file of its own: ten years have some thousands
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give an archive.

    Raises:
        BrokenExport: it is damaged.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BROKEN as error:
        raise BrokenExport("archive_corrupt", f"{path.name} is a damaged archive: {error}") from error


def health_members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the members that are exports, found by their content.

    Raises:
        NotAnExport: there is none; the message says what there is.

    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise BrokenExport("archive_suspicious", f"{name} has {len(infos)} members; {MOST_MEMBERS} are read.")
    starts = [(info, _start_of(archive, info)) for info in infos if "__MACOSX/" not in info.filename]
    exports = [info for info, start in starts if ROOT in start]
    if not exports:
        exports = [info for info, start in starts if _is_auto_export(start)]
    if not exports:
        raise NotAnExport(
            "no_health_data",
            f"{name} holds no member that begins with {ROOT.decode()}; in it: {_described(infos)}.",
        )
    return exports


def _start_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        start = member.read(SNIFFED_BYTES)
    return start.decode("utf-16", "replace").encode() if start[:2] in (b"\xff\xfe", b"\xfe\xff") else start


def _is_auto_export(start: bytes) -> bool:
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return plain.startswith(b"{") and b'"data"' in plain


def _described(infos: list[zipfile.ZipInfo]) -> str:
    """Return what is in an archive, by the endings of its members."""
    if not infos:
        return "nothing"
    if len(infos) <= MOST_NAMED:
        return ", ".join(info.filename for info in infos)
    endings = Counter(info.filename.rpartition(".")[2].lower() for info in infos)
    return ", ".join(f"{amount} {ending}" for ending, amount in endings.most_common(5))


class Guarded:
    """A member's bytes, given up where they grow out of all proportion or take too long."""

    def __init__(self, member: IO[bytes], info: zipfile.ZipInfo) -> None:
        self._member = member
        self._info = info
        self._given = 0
        self._until = monotonic() + MOST_S

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            BrokenExport: it is a bomb.

        """
        data = self._member.read(size)
        self._given += len(data)
        if self._given > max(LEAST_JUDGED_BYTES, MOST_RATIO * self._info.compress_size):
            raise BrokenExport(
                "archive_suspicious",
                f"{self._info.filename} grows to more than {MOST_RATIO} times its packed size.",
            )
        if monotonic() > self._until:
            raise BrokenExport(
                "archive_suspicious", f"{self._info.filename} is not read through after {MOST_S:g} s."
            )
        return data
