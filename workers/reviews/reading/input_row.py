"""One row of a file of reviews: a text to judge, or what is wrong with it and what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.files.uploads.encodings import ESCAPED
from app.reviews.texts import MAX_LONG_TEXT, MAX_TEXT, is_blank
from workers.reviews.reading import columns

SHOWN_CHARACTERS = 40  # of a cell or heading that is shown beside what is wrong with it
NO_TEXT = frozenset(
    {"nan", "none", "null", "n/a", "#n/a", "na", "-", "--"}
)  # what programs write for nothing
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps neither


Sent = tuple[str | None, ...] | Mapping[str, Any] | None  # the cells of a row, or its fields


class InputRow(msgspec.Struct, frozen=True):
    """Row `index` (from 0, headings not counted) of a file: a text to judge, or an error.

    An error has the `column` and the shortened `value` that it is about, where there is one. `sent` are
    the cells or the fields as they were sent, with None for the text, where there are others or an error.
    """

    index: int
    text: str | None
    error: str | None = None
    language: str | None = None
    column: str | None = None
    value: str | None = None
    sent: Sent = None


@dataclass(frozen=True)
class Wanted:
    """How the caller wants a file read: columns and encoding are found where None.

    `most` is how many characters a text may have.
    """

    text_column: str | None = None
    encoding: str | None = None
    id_column: str | None = None
    most: int = MAX_TEXT

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wanted:
        """Return what the options of a job or of a command say."""
        names = ("text_column", "encoding", "id_column")
        is_long = options.get("truncate") or options.get("by_sentence")
        return cls(**{n: options.get(n) for n in names}, most=MAX_LONG_TEXT if is_long else MAX_TEXT)


@dataclass(frozen=True)
class Reading:
    """What of a file is read as its reviews.

    `format` is one of app.reviews.figures.FORMATS, `column` the heading or field that is read, None
    where there is none; `headings` says that the first line was taken for headings, and so is no row.
    A file with an `error` cannot be read. `encoding` is Python's name of the one it is read in.
    `columns` are the names of all columns or fields, each once, and `text_column` that of the text's.
    """

    format: str | None
    column: str | None = None
    headings: bool = False
    note: str | None = None
    error: str | None = None
    encoding: str | None = None
    columns: tuple[str, ...] = ()
    text_column: str | None = None


@dataclass(frozen=True)
class Opened:
    """A file that is read: what of it, its rows, and how many of its bytes were taken for them so far."""

    reading: Reading
    rows: Iterator[InputRow]
    bytes_read: Callable[[], int] = int


def shown(value: object) -> str | None:
    """Return a value short enough to be shown, as JSON has it, with what cannot be stored replaced."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return storable(short)


def checked(
    index: int, text: str, language: object, column: str | None, *, most: int, sent: Sent = None
) -> InputRow:
    """Return a row whose text is neither empty, nor too long, nor broken; else its error."""
    reason = _fault(text, most)
    if reason:
        return InputRow(index, None, reason, column=shown(column), value=shown(text))
    code = columns.language_code(language) if language else None
    return InputRow(index, text, None, code, sent=sent)


def as_json(sent: tuple[str | None, ...] | Mapping[str, Any]) -> str:
    """Return a row as it was sent as it is stored."""
    try:
        return msgspec.json.encode(sent).decode()
    except UnicodeEncodeError:  # half a surrogate pair, or a byte outside the encoding
        return storable(json.dumps(sent, ensure_ascii=False))


def restorable(sent: Sent) -> Any:
    """Return a row as it was sent, with what no file in UTF-8 can hold replaced."""
    try:
        msgspec.json.encode(sent)
    except UnicodeEncodeError:
        return None if sent is None else json.loads(as_json(sent))
    return sent


def storable(text: str) -> str:
    """Return a text with what cannot be stored replaced."""
    return _UNSTORABLE.sub("\ufffd", text)


def _fault(text: str, most: int) -> str | None:
    """Return what is wrong with a text, and what would be right; None where nothing is."""
    if is_blank(text) or text.strip().lower() in NO_TEXT:
        return f"the text is empty, 1 to {most} characters are right"
    if len(text) > most:
        more = "" if most > MAX_TEXT else f"; with `truncate` or `by_sentence`, {MAX_LONG_TEXT}"
        return f"the text has {len(text)} characters, at most {most} are allowed{more}"
    if text.isascii() and "\0" not in text:
        return None
    if ESCAPED.search(text):
        return "the text has bytes that do not fit the file's encoding"
    if _UNSTORABLE.search(text):
        return "the text has the character U+0000 or half a surrogate pair, which cannot be stored"
    return None
