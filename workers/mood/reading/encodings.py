"""Chunks of a file as UTF-8, whatever its mark or its declaration says."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 1 << 20  # numbers of its places take some twenty times as much memory
HEAD_BYTES = 1 << 16  # the first chunk, which is read token by token, is no larger
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
SAME = frozenset({"utf-8", "ascii"})


class Readable(Protocol):
    """Whatever gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


def utf8_chunks(stream: Readable, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Yield a stream's bytes in chunks, in UTF-8 and without a byte-order mark."""
    first = stream.read(min(size, HEAD_BYTES))
    mark, name = next(((mark, name) for mark, name in MARKS if first.startswith(mark)), (b"", None))
    first = first[len(mark) :]
    declared = DECLARED.match(first) if name is None else None
    encoding = name or (_canonical(declared[1].decode()) if declared else "utf-8")
    chunks = _chunks(first, stream, size)
    yield from chunks if encoding in SAME else _converted(chunks, encoding)


def _canonical(name: str) -> str:
    """Return an encoding's name, UTF-8 for one that does not exist."""
    try:
        b"".decode(name)  # a codec that makes no text is refused here
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"


def _chunks(first: bytes, stream: Readable, size: int) -> Iterator[bytes]:
    while first:
        yield first
        first = stream.read(size)


def _converted(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
