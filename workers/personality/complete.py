"""Say whether a file ends before its own format says that it does: an upload that broke off."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from app.files.uploads.media import AVI, GIF, JPEG, MATROSKA, PNG, WEBP, Kind

if TYPE_CHECKING:
    from pathlib import Path

TAIL_BYTES = 64 << 10  # further bytes may follow a picture's end, such as a phone's own
ENDS = {JPEG: b"\xff\xd9", PNG: b"IEND", GIF: b";"}
RIFFS = frozenset({WEBP, AVI})
ISO_READERS = frozenset({"mov", "HEIF", "AVIF"})
SEGMENT = bytes.fromhex("18538067")
BOX_HEAD, WIDE_HEAD = 8, 16
EBML_HEAD_BYTES = 4096


def is_cut(path: Path, kind: Kind) -> bool:
    """Say whether a file of a known format is shorter than it says, or lacks its end."""
    with path.open("rb") as stream:
        length = os.fstat(stream.fileno()).st_size
        if kind in ENDS:
            stream.seek(max(length - TAIL_BYTES, 0))
            return ENDS[kind] not in stream.read()
        if kind in RIFFS:
            head = stream.read(BOX_HEAD)
            return int.from_bytes(head[4:], "little") + BOX_HEAD > length
        if kind is MATROSKA:
            return _segment_end(stream.read(EBML_HEAD_BYTES)) > length
        return kind.reader in ISO_READERS and _boxes_end(stream, length) > length


def _boxes_end(stream: BinaryIO, length: int) -> int:
    """Return where the last of an ISO file's top boxes ends (ISO/IEC 14496-12, 4.2)."""
    start = 0
    while start + BOX_HEAD <= length:
        stream.seek(start)
        head = stream.read(WIDE_HEAD)
        size = int.from_bytes(head[:4])
        if size == 1:
            size = int.from_bytes(head[8:])
        if size < BOX_HEAD:  # 0 is "to the end of the file", less is damage
            return length
        start += size
    return start


def _segment_end(head: bytes) -> int:
    """Return where a Matroska file's segment ends, 0 where it does not say (RFC 8794, 4 and 5)."""
    start = head.find(SEGMENT)
    sizes = head[start + len(SEGMENT) :]
    if start < 0 or not sizes or not sizes[0]:
        return 0
    width = 9 - sizes[0].bit_length()
    value = int.from_bytes(sizes[:width]) & ((1 << 7 * width) - 1)
    unknown = (1 << 7 * width) - 1
    return 0 if value == unknown else start + len(SEGMENT) + width + value
