"""Tell a file's encoding: UTF-8, UTF-16, Korean or Western Windows."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_BYTES = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MIN_ZEROS = 0.3  # share of zero bytes at every second place that only UTF-16 has

_HANGUL = re.compile("[\uac00-\ud7a3]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
ESCAPED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte it cannot decode


@dataclass(frozen=True)
class _Counts:
    """Characters of a decoded file: outside ASCII, Hangul, and bytes that did not decode."""

    other: int
    hangul: int
    escaped: int


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _counts(path: Path, encoding: str) -> _Counts:
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    other = hangul = escaped = 0
    for block in _blocks(path):
        text = decoder.decode(block)
        other += len(_NOT_ASCII.findall(text))
        hangul += len(_HANGUL.findall(text))
        escaped += len(ESCAPED.findall(text))
    return _Counts(other - escaped, hangul, escaped)


def _utf16_without_mark(head: bytes) -> str | None:
    half = len(head) // 2
    if half and head[1::2].count(0) > _MIN_ZEROS * half:
        return "utf-16-le"
    if half and head[::2].count(0) > _MIN_ZEROS * half:
        return "utf-16-be"
    return None


def sniff_encoding(path: Path) -> str:
    """Return the encoding a file is written in; the file is read once or twice, in blocks.

    A UTF-8 file with a few broken bytes is UTF-8 still: open it with `surrogateescape`
    and the rows that hold them can be told by ESCAPED.
    """
    head = next(_blocks(path), b"")
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if found := _utf16_without_mark(head):
        return found
    utf8 = _counts(path, "utf-8")
    if not utf8.escaped:
        return "utf-8"
    korean = _counts(path, "cp949")
    if korean.hangul > korean.other / 2 and korean.hangul > 20 * korean.escaped:
        return "cp949"
    return "utf-8" if utf8.other > utf8.escaped else "cp1252"
