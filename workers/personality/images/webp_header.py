"""A WebP's size from its header: Pillow's decoder takes memory for the whole picture when it opens one.

Source: https://developers.google.com/speed/webp/docs/riff_container and RFC 9649.
"""

from __future__ import annotations

CHUNK, BODY = slice(12, 16), 20
SIDE_BITS = 14


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height as the first chunk of a WebP says them, None where it says none."""
    body = head[BODY:]
    reader = {b"VP8X": _extended, b"VP8L": _lossless, b"VP8 ": _lossy}.get(head[CHUNK])
    return reader(body) if reader is not None and len(body) >= 10 else None  # noqa: PLR2004 - all three fit


def _extended(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


def _lossless(body: bytes) -> tuple[int, int]:
    bits = int.from_bytes(body[1:5], "little")
    side = (1 << SIDE_BITS) - 1
    return (bits & side) + 1, (bits >> SIDE_BITS & side) + 1


def _lossy(body: bytes) -> tuple[int, int]:
    side = (1 << SIDE_BITS) - 1
    return int.from_bytes(body[6:8], "little") & side, int.from_bytes(body[8:10], "little") & side
