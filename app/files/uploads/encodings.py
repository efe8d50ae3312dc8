"""Tell in which encoding a text is written, and whether it is one; for whoever receives or reads it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MIN_ZEROS = 0.3  # share of zero bytes at every second place that only UTF-16 has
MAX_CONTROLS = 0.01  # share of control characters that a text may hold; random bytes have a tenth
SHORT_CHARACTERS = 32  # a text of so many may hold one, though it is a larger share
MAX_DAMAGED = 0.1  # share of bytes outside the encoding that a text may hold

ESCAPED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte it cannot decode
_HANGUL = re.compile("[\uac00-\ud7a3]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

Blocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class _Counts:
    """Characters of a decoded text: outside ASCII, Hangul, and bytes that did not decode."""

    other: int
    hangul: int
    escaped: int


def sniff_encoding(blocks: Blocks) -> str:
    """Return the encoding that bytes are written in; they are read at most three times, in blocks.

    UTF-8 with a few broken bytes is UTF-8 still: decode it with `damage_of` its encoding, and
    ESCAPED tells where they stand.
    """
    head = next(iter(blocks()), b"")
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if without_mark := _utf16_without_mark(head):
        return without_mark
    utf8 = _counts(blocks(), "utf-8")
    if not utf8.escaped:
        return "utf-8"
    korean = _counts(blocks(), "cp949")
    if korean.hangul > korean.other / 2 and korean.hangul > 20 * korean.escaped:
        return "cp949"
    return "utf-8" if utf8.other > utf8.escaped else "cp1252"


def damage_of(encoding: str) -> str:
    """Return how bytes outside an encoding are decoded; half a UTF-16 unit cannot be escaped as a byte."""
    return "replace" if encoding.startswith("utf-16") else "surrogateescape"


def decode(head: bytes, *, cut: bool) -> str:
    """Return the beginning of what may be a text, damaged bytes escaped; a cut last character is left out."""
    encoding = sniff_encoding(lambda: (head,))
    return codecs.getincrementaldecoder(encoding)(damage_of(encoding)).decode(head, final=not cut)


def is_clean(text: str) -> bool:
    """Say whether every byte of a decoded text means something in a text."""
    return not (_CONTROL.search(text) or ESCAPED.search(text))


def is_text(text: str) -> bool:
    """Say whether what was decoded is a text, if perhaps a damaged one."""
    damaged, controls = len(ESCAPED.findall(text)), len(_CONTROL.findall(text))
    one = 1 if len(text) >= SHORT_CHARACTERS else 0
    return controls <= max(one, MAX_CONTROLS * len(text)) and damaged <= MAX_DAMAGED * len(text)


def why_binary(head: bytes) -> str:
    """Return what in the beginning of a file is not of a text, and where; bytes count from 0."""
    controls = _CONTROL_BYTE.findall(head)
    if not controls:
        return "too many of its bytes fit none of UTF-8, UTF-16, CP949 and Windows-1252"
    first = f"the first is {controls[0][0]:#04x} at byte {head.index(controls[0])}"
    return f"{len(controls)} of its first {len(head)} bytes are control characters, {first}"


def _counts(blocks: Iterable[bytes], encoding: str) -> _Counts:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    other = hangul = escaped = 0
    for block in blocks:
        text = decoder.decode(block)
        other += len(_NOT_ASCII.findall(text))
        hangul += len(_HANGUL.findall(text))
        escaped += len(ESCAPED.findall(text))
    return _Counts(other - escaped, hangul, escaped)


def _utf16_without_mark(head: bytes) -> str | None:
    half = len(head) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if half and head[first::2].count(0) > MIN_ZEROS * half:
            return encoding
    return None
