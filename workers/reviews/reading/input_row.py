"""One row of a file of reviews: a text to judge, or what is wrong with it and what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from app.files.uploads.encodings import ESCAPED
from app.reviews.texts import MAX_TEXT, is_blank
from workers.reviews.reading import columns

SHOWN_CHARACTERS = 40  # of a cell or heading that is shown beside what is wrong with it
NO_TEXT = frozenset(
    {"nan", "none", "null", "n/a", "#n/a", "na", "-", "--"}
)  # what programs write for nothing
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps neither


class InputRow(msgspec.Struct, frozen=True):
    """Row `index` (from 0, headings not counted) of a file: a text to judge, or an error.

    An error has the `column` and the shortened `value` that it is about, where there is one.
    """

    index: int
    text: str | None
    error: str | None = None
    language: str | None = None
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Reading:
    """What of a file is read as its reviews.

    `format` is one of app.reviews.figures.FORMATS, `column` the heading or field that is read, None
    where there is none; `headings` says that the first line was taken for headings, and so is no row.
    A file with an `error` cannot be read. `encoding` is Python's name of the one it is read in.
    """

    format: str | None
    column: str | None = None
    headings: bool = False
    note: str | None = None
    error: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Opened:
    """A file that is read: what of it, and its rows."""

    reading: Reading
    rows: Iterator[InputRow]


def shown(value: object) -> str | None:
    """Return a value short enough to be shown, as JSON has it, with what cannot be stored replaced."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", short)


def checked(index: int, text: str, language: object, column: str | None = None) -> InputRow:
    """Return a row whose text is neither empty, nor too long, nor broken; else its error."""
    reason = _fault(text)
    if reason:
        return InputRow(index, None, reason, column=column, value=shown(text))
    return InputRow(index, text, None, columns.language_code(language))


def _fault(text: str) -> str | None:
    """Return what is wrong with a text, and what would be right; None where nothing is."""
    if is_blank(text) or text.strip().lower() in NO_TEXT:
        return f"the text is empty, 1 to {MAX_TEXT} characters are right"
    if len(text) > MAX_TEXT:
        return f"the text has {len(text)} characters, at most {MAX_TEXT} are allowed"
    if ESCAPED.search(text):
        return "the text has bytes that do not fit the file's encoding"
    if _UNSTORABLE.search(text):
        return "the text has the character U+0000 or half a surrogate pair, which cannot be stored"
    return None
