"""Pictures and clips made for the tests: no face is copied into this repository."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 180, 40), (40, 60, 200), (128, 128, 128)


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Return a picture whose four quarters have four colours, so that every turn shows."""
    image = Image.new("RGB", (width, height))
    for place, colour in (((0, 0), RED), ((1, 0), GREEN), ((0, 1), BLUE), ((1, 1), GREY)):
        box = (place[0] * width // 2, place[1] * height // 2)
        image.paste(colour, (*box, box[0] + width // 2, box[1] + height // 2))
    return image


def corners(pixels: np.ndarray) -> list[tuple[int, int, int]]:
    """Return the colours in the middles of the four quarters."""
    height, width = pixels.shape[:2]
    places = [(height // 4, width // 4), (height // 4, width * 3 // 4)]
    places += [(height * 3 // 4, width // 4), (height * 3 // 4, width * 3 // 4)]
    return [tuple(int(value) for value in pixels[place]) for place in places]


def alike(pixels, expected, within: int = 12) -> bool:
    """Say whether colours are the expected ones, but for a codec's rounding."""
    return bool(np.abs(np.array(pixels, dtype=int) - np.array(expected, dtype=int)).max() <= within)


def saved(path: Path, image: Image.Image, kind: str, **how) -> Path:
    """Write a picture and return its path."""
    image.save(path, kind, **how)
    return path


def encoded(image: Image.Image, kind: str, **how) -> bytes:
    """Return a picture's file."""
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *, more: bytes = b"") -> bytes:
    """Return a PNG of raw rows, each with its filter's byte."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + head + more + body + png_chunk(b"IEND", b"")


def clip(
    path: Path,
    images: list[Image.Image],
    *,
    codec: str = "libx264",
    rate: int = 25,
    pix_fmt: str = "yuv420p",
    pts: list[int] | None = None,
    tick: Fraction | None = None,
    gop: int = 25,
    setup=None,
    container_options: dict[str, str] | None = None,
    muxer: str | None = None,
) -> Path:
    """Write a clip and return its path; `pts` are in ticks."""
    with av.open(str(path), "w", format=muxer, options=container_options or {}) as container:
        options = (
            {"preset": "ultrafast", "crf": "12", "x264-params": "threads=1"}
            if codec == "libx264"
            else {"q": "2"}
        )
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = images[0].size
        stream.pix_fmt = pix_fmt
        stream.codec_context.gop_size = gop
        stream.codec_context.thread_count = 1
        if tick is not None:
            stream.codec_context.time_base = stream.time_base = tick
        if setup is not None:
            setup(stream)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_image(image).reformat(format=pix_fmt)
            frame.pts = pts[number] if pts else number
            frame.time_base = tick or Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def box_of(data: bytes, *path: bytes) -> int:
    """Return where the body of a box of an ISO file begins."""
    start, end = 0, len(data)
    for kind in path:
        while start < end:
            size = int.from_bytes(data[start : start + 4])
            if data[start + 4 : start + 8] == kind:
                start, end = start + 8, start + size
                break
            start += size
        else:
            raise AssertionError(f"no box {kind!r}")
    return start


def with_matrix(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write a display matrix into a clip's first track."""
    data = bytearray(path.read_bytes())
    place = box_of(data, b"moov", b"trak", b"tkhd") + 4 + 20 + 16
    a, b, c, d = (value * 65536 for value in matrix)
    struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
