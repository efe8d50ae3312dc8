"""Tell what a file is from its first bytes; its name and what its sender calls it say nothing.

Text comes first: the signatures of binaries are short, and a table may begin with `BM`.
"""

from __future__ import annotations

import codecs
import csv
import json
import os
import re
from collections import Counter
from collections.abc import Collection
from itertools import islice

import filetype

HEAD_BYTES = 64 << 10
UNKNOWN = "application/octet-stream"
CSV, JSON, JSON_LINES, PLAIN = "text/csv", "application/json", "application/x-ndjson", "text/plain"

ENCODINGS = ("utf-8", "cp949", "cp1252")  # the first in which every byte means something
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MIN_ZEROS = 0.3  # share of zero bytes at every second place that only UTF-16 has
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
DELIMITERS = ",;\t|"
ROWS = 50  # of a table that are looked at
MOST = 0.8  # share of a file's rows that must be alike; the rest are damaged
CUT = 12  # characters before the end of a cut document in which its last token may begin
SIGNS = (
    (re.compile(r"%PDF-"), "application/pdf"),
    (re.compile(r"\s*<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE), "text/html"),
    (re.compile(r"\s*<svg\b", re.IGNORECASE), "image/svg+xml"),
    (re.compile(r"\s*<(\?xml\b|!DOCTYPE\b|!--|[A-Za-z_][\w.:-]*[\s/>])"), "application/xml"),
    (re.compile(r"\{\\rtf"), "application/rtf"),
    (re.compile(r"%!PS"), "application/postscript"),
)


def head_of(handle: int) -> bytes:
    """Return what `detect` needs of an open file."""
    return os.pread(handle, HEAD_BYTES + 1, 0)


def detect(start: bytes) -> str:
    """Return the media type of a file from its first 64 KB; one byte more says that it goes on."""
    head, cut = start[:HEAD_BYTES], len(start) > HEAD_BYTES
    text = decode(head, cut=cut)
    if text is None:
        return str(filetype.guess_mime(head) or UNKNOWN)
    for sign, kind in SIGNS:
        if sign.match(text):
            return kind
    return _kind_of_text(text, cut=cut)


def settle(found: str, kinds: Collection[str]) -> str | None:
    """Return the one of some kinds that a file is, None when it is none of them.

    A table of one column has no delimiter: it is plain text, and both.
    """
    if found in kinds:
        return found
    return CSV if found == PLAIN and CSV in kinds else None


def decode(head: bytes, *, cut: bool) -> str | None:
    """Return the beginning of a text, None where it is none."""
    for encoding in _encodings(head):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            text = decoder.decode(head, final=not cut)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def _encodings(head: bytes) -> tuple[str, ...]:
    """Return the encodings that a text with this beginning may have, likeliest first."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return (encoding,)
    half = len(head) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if half and head[first::2].count(0) > MIN_ZEROS * half:
            return (encoding,)
    return ENCODINGS


def _kind_of_text(text: str, *, cut: bool) -> str:
    start = text.lstrip()[:1]
    if start and start in "{[":
        if _is_json(text, cut=cut):
            return JSON
        if _is_json_lines(text, cut=cut):
            return JSON_LINES
    return CSV if _is_table(text, cut=cut) else PLAIN


def _is_json(text: str, *, cut: bool) -> bool:
    """Say whether a text is one JSON document, or may be the beginning of one."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return cut and (error.pos >= len(text) - CUT or error.msg.startswith("Unterminated string"))
    except (RecursionError, ValueError):
        return False
    return True


def _is_json_lines(text: str, *, cut: bool) -> bool:
    """Say whether the lines of a text are JSON documents, but for some damaged ones; the last may be cut."""
    lines = [line for line in text.split("\n") if line.strip()]
    whole = (lines[:-1] if cut else lines)[:ROWS]
    good = sum(_is_json(line, cut=False) for line in whole)
    return bool(whole) and good >= MOST * len(whole)


def _is_table(text: str, *, cut: bool) -> bool:
    """Say whether a text has rows of equally many cells."""
    return any(_has_equal_rows(text, delimiter, cut=cut) for delimiter in DELIMITERS)


def _has_equal_rows(text: str, delimiter: str, *, cut: bool) -> bool:
    lines = text.splitlines(keepends=True)
    rows = csv.reader(lines[:-1] if cut else lines, delimiter=delimiter)
    try:
        widths = [len(row) for row in islice((row for row in rows if row), ROWS)]
    except csv.Error:
        return False
    if len(widths) < 2 or widths[0] < 2:  # noqa: PLR2004 - one row, or one column, is no table
        return False
    return Counter(widths)[widths[0]] >= MOST * len(widths)
