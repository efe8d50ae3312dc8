"""Tell what a file is from its first bytes; its name and what its sender calls it say nothing.

Clean text comes first: the signatures of binaries are short, and a table may begin with `BM`. Of what
is left, a text with a few damaged bytes is still a text.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from xml.parsers.expat import ExpatError, ParserCreate  # what it is given declares no entity

import filetype

from app.files.uploads.delimiters import MOST, ROWS, sniff_delimiter
from app.files.uploads.encodings import decode, is_clean, is_text
from app.files.uploads.media import find_kind

HEAD_BYTES = 64 << 10
UNKNOWN = "application/octet-stream"
XML = "application/xml"
HEALTH = "application/vnd.health-auto-export+json"  # not registered; no other name is
CSV, JSON, JSON_LINES, PLAIN = "text/csv", "application/json", "application/x-ndjson", "text/plain"

CUT = 12  # characters before the end of a cut document in which its last token may begin
TAG = re.compile(r"\s*<[A-Za-z_][\w.:-]*[\s/>]")  # a review may begin with one too
SIGNS = (
    (re.compile(r"%PDF-"), "application/pdf"),
    (re.compile(r"\s*<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE), "text/html"),
    (re.compile(r"\s*<svg\b", re.IGNORECASE), "image/svg+xml"),
    (re.compile(r"\s*<(\?xml\b|!DOCTYPE\b|!--)"), XML),
    (re.compile(r'\s*\{\s*"data"\s*:\s*\{\s*("metrics"|"workouts"|"stateOfMind")\s*:'), HEALTH),
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
    if not is_clean(text):
        media = find_kind(head)
        media_type = media.media_type if media else filetype.guess_mime(head)
        if media_type or not is_text(text):
            return str(media_type or UNKNOWN)
    for sign, kind in SIGNS:
        if sign.match(text):
            return kind
    return _kind_of_text(text, cut=cut)


def settle(detected: str, kinds: Collection[str]) -> str | None:
    """Return the one of some kinds that a file is, None when it is none of them.

    A table of one column has no delimiter: it is plain text, and both.
    """
    if detected in kinds:
        return detected
    return CSV if detected == PLAIN and CSV in kinds else None


def _kind_of_text(text: str, *, cut: bool) -> str:
    if TAG.match(text) and _is_xml(text, cut=cut):
        return XML
    start = text.lstrip()[:1]
    if start and start in "{[":
        if _is_json(text, cut=cut):
            return JSON
        if _is_json_lines(text, cut=cut):
            return JSON_LINES
    return PLAIN if sniff_delimiter(text, cut=cut) is None else CSV


def _is_xml(text: str, *, cut: bool) -> bool:
    """Say whether a text without a document type is one element, or may be the beginning of one."""
    parser = ParserCreate()
    try:
        parser.Parse(text.lstrip().encode("utf-8", "replace"), not cut)
    except ExpatError:
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return not cut or sum(line.lstrip().startswith("<") for line in lines) >= MOST * len(lines)


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
