"""Tell in which encoding a whole file is written: strictly, to its last byte."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from workers.accidents.datasets.faults import UnreadableTable

BLOCK_BYTES = 1 << 20
SHOWN = {"utf-8-sig": "utf-8", "utf-8": "utf-8", "cp949": "cp949", "utf-16": "utf-16"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNDECODABLE = "unsupported_encoding"


def find_encoding(path: Path) -> str:
    """Return the codec that reads every byte of a file.

    A mark decides first; then strict UTF-8, then strict CP949. Latin-1 is never tried: it fits any
    bytes, and is always wrong for Korean ones.

    Raises:
        UnreadableTable: none does; the message names the line.

    """
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = next((codec for mark, codec in MARKS if head.startswith(mark)), None)
    if marked:
        _check(path, marked)
        return marked
    _refuse_zeros(path)
    try:
        _check(path, "utf-8")
    except UnreadableTable as fault:
        try:
            _check(path, "cp949")
        except UnreadableTable:
            raise fault from None
        return "cp949"
    return "utf-8"


def opener(path: Path, codec: str) -> Callable[[], TextIO]:
    """Return what opens a file whose every byte fits a codec."""
    return partial(path.open, encoding=codec, newline="")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _check(path: Path, codec: str) -> None:
    """Decode a file; raise UnreadableTable with the line of the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    for block in _blocks(path):
        try:
            line += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            # lines before the fault: of what of this block still fits; a carried byte shifts by less than 4
            line += block[: max(error.start, 0)].count(b"\n")
            raise _undecodable(line, SHOWN[codec]) from None
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _undecodable(line, SHOWN[codec]) from None


def _undecodable(line: int, shown: str) -> UnreadableTable:
    return UnreadableTable(
        f"Line {line} has bytes that are neither UTF-8 nor CP949 (tried last: {shown}); "
        "save the file as UTF-8, CP949 or, with its mark, UTF-16.",
        code=UNDECODABLE,
    )


def _refuse_zeros(path: Path) -> None:
    line = 1
    for block in _blocks(path):
        if (at := block.find(b"\0")) >= 0:
            line += block[:at].count(b"\n")
            raise UnreadableTable(
                f"Line {line} has zero bytes, which no text has; this is a binary file, or UTF-16 "
                "without its mark. Save it as UTF-8.",
                code=UNDECODABLE,
            )
        line += block.count(b"\n")
