"""Read the reviews of a CSV, JSON or JSON-lines file in blocks: each a text, or what is wrong with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from app.files.uploads.encodings import NAMED, damage_of, is_text, sniff_encoding, why_binary, why_implausible
from workers.reviews.reading import json_rows, objects, tables
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import Opened, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_ROWS = 256
BLOCK_BYTES = 1 << 16
SNIFFED_CHARACTERS = 1 << 16


@contextmanager
def opened(path: Path, wanted: Wanted | None = None) -> Iterator[Opened]:
    """Give a file's rows, and what of it is read; memory does not grow with the file.

    Args:
        path: CSV (comma, semicolon, tab or bar), one text a line, JSON, or JSON lines, in UTF-8,
            UTF-16, CP949 or Windows-1252.
        wanted: the column or field to read, an encoding of NAMED, the longest text.

    Raises:
        UnreadableFileError: the file is empty or binary, or has no column of text.

    """
    wanted = wanted or Wanted()
    written = wanted.encoding or sniff_encoding(lambda: _blocks(path))
    with path.open(encoding=written, errors=damage_of(written), newline="") as stream:
        head = _head(stream, path, None if wanted.encoding else written)
        cut = len(head) == SNIFFED_CHARACTERS
        if json_rows.is_json(head, cut=cut):
            file = objects.read(stream, head, wanted)
        else:
            file = tables.read(stream, head, cut=cut, wanted=wanted)
        reading = replace(file.reading, encoding=written)
        yield replace(file, reading=reading, bytes_read=cast("BinaryIO", stream.buffer).tell)


def _head(stream: TextIO, path: Path, guessed: str | None) -> str:
    """Return the beginning of a stream, and begin anew; raise UnreadableFileError if it is no text."""
    head = stream.read(SNIFFED_CHARACTERS)
    if not head.strip():
        raise UnreadableFileError("the file is empty")
    if not is_text(head):
        raise UnreadableFileError(f"the file is not text: {why_binary(next(_blocks(path)))}")
    if guessed and (reason := why_implausible(head, guessed)):
        raise UnreadableFileError(f"{reason}; name its encoding, one of {', '.join(NAMED)}")
    stream.seek(0)
    return head


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block
