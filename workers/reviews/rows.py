"""Read the reviews of a CSV, JSON or JSON-lines file in blocks: each a text, or what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from app.reviews.texts import MAX_TEXT, is_blank
from app.uploads.encodings import ESCAPED, damage_of, is_text, sniff_encoding, why_binary
from workers.reviews import columns, csv_rows, json_rows
from workers.reviews.columns import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BLOCK_ROWS = 256
BLOCK_BYTES = 1 << 16
SNIFFED_CHARACTERS = 1 << 16
SHOWN_CHARACTERS = 40  # of a cell or heading that is shown beside what is wrong with it
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps neither


@dataclass(frozen=True, slots=True)
class InputRow:
    """Row `index` (from 0, headings not counted) of a file: a text to judge, or an error.

    An error has the `column` and the shortened `value` that it is about, where there is one.
    """

    index: int
    text: str | None
    error: str | None = None
    language: str | None = None
    column: str | None = None
    value: str | None = None


def shown(value: object) -> str:
    """Return a value short enough to be shown, with what cannot be stored replaced."""
    text = value if isinstance(value, str) else str(value)
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", short)


def read_blocks(
    path: Path, *, text_column: str | None = None, size: int = BLOCK_ROWS
) -> Iterator[list[InputRow]]:
    """Yield a file's rows in lists of at most `size`; memory does not grow with the file.

    Args:
        path: CSV (comma, semicolon, tab or bar), a JSON array or JSON lines, in UTF-8,
            UTF-16, CP949 or Windows-1252.
        text_column: the column or field to read; guessed where None.
        size: rows in a list.

    Raises:
        UnreadableFileError: the file is empty or binary, or has no column of text.

    """
    rows = read_rows(path, text_column=text_column)
    while block := list(islice(rows, size)):
        yield block


def read_rows(path: Path, *, text_column: str | None = None) -> Iterator[InputRow]:
    """Yield a file's rows one by one; see `read_blocks`."""
    encoding = sniff_encoding(lambda: _blocks(path))
    with path.open(encoding=encoding, errors=damage_of(encoding), newline="") as stream:
        head = stream.read(SNIFFED_CHARACTERS)
        if not head.strip():
            raise UnreadableFileError("the file is empty")
        if not is_text(head):
            raise UnreadableFileError(f"the file is not text: {why_binary(next(_blocks(path)))}")
        stream.seek(0)
        if head.lstrip()[0] in "[{":
            yield from _json_rows(stream, head, text_column)
        else:
            yield from _csv_rows(stream, head, text_column)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _csv_rows(stream: TextIO, head: str, text_column: str | None) -> Iterator[InputRow]:
    whole_lines = head[: head.rfind("\n") + 1] or head
    delimiter = csv_rows.sniff_delimiter(whole_lines)
    if delimiter == "," and columns.is_prose_line(whole_lines.lstrip().splitlines()[0]):
        delimiter = csv_rows.NO_DELIMITER
    records = csv_rows.records(stream, delimiter)
    names = next(records, csv_rows.Record(()))
    if names.error:
        raise UnreadableFileError(f"the headings cannot be read: {names.error}")
    sample = list(islice(records, csv_rows.SAMPLE_RECORDS))
    column = columns.text_index(names.cells, [record.cells for record in sample], text_column)
    following = chain(sample, records)
    table = _Table(names.cells, column, columns.find(names.cells, columns.LANGUAGE_NAMES))
    if text_column is None and table.is_headless(sample):
        following = chain([names], following)
        table = _Table(tuple(f"column {n + 1}" for n in range(len(names.cells))), column, table.language)
    for index, record in enumerate(following):
        yield table.row(index, record)


@dataclass(frozen=True)
class _Table:
    """A table's headings, and which of its columns hold the text and its language."""

    names: tuple[str, ...]
    text: int
    language: int | None

    def is_headless(self, sample: Sequence[csv_rows.Record]) -> bool:
        """Say whether the first record is a review and not the headings."""
        first = self.names[self.text]
        if columns.is_prose(first):
            return True
        if len(self.names) > 1 or columns.find(self.names, columns.TEXT_NAMES) is not None:
            return False
        # in a list of short lines the first is as good a review as the others
        return not any(columns.is_prose(cell) for record in sample for cell in record.cells)

    def row(self, index: int, record: csv_rows.Record) -> InputRow:
        """Return what a record says."""
        cells, width = record.cells, len(self.names)
        if record.error:
            return InputRow(index, None, record.error)
        if any(cells[width:]):
            reason = f"{len(cells)} columns where the headings have {width}"
            return InputRow(index, None, reason, value=shown(",".join(cells)))
        column = shown(self.names[self.text])
        if self.text >= len(cells):
            reason = f"{len(cells)} columns, the text is in column {self.text + 1}"
            return InputRow(index, None, reason, column=column, value=shown(",".join(cells)))
        has_language = self.language is not None and self.language < len(cells)
        code = cells[self.language or 0] if has_language else None
        return checked(index, cells[self.text], code, column)


def _json_rows(stream: TextIO, head: str, text_column: str | None) -> Iterator[InputRow]:
    start = json_rows.array_start(head)
    values = json_rows.lines(stream) if start is None else json_rows.elements(stream, start)
    sample = list(islice(values, csv_rows.SAMPLE_RECORDS))
    field = _text_field(sample, text_column)
    for index, value in enumerate(chain(sample, values)):
        yield _from_value(index, value, field)


def _text_field(sample: Sequence[json_rows.Value], text_column: str | None) -> str:
    objects = [value.content for value in sample if isinstance(value.content, dict)]
    if not objects:
        if any(isinstance(value.content, str) for value in sample):
            return text_column or "text"
        detail = next((value.error for value in sample if value.error), "it holds neither texts nor objects")
        raise UnreadableFileError(f"the file is not JSON with reviews: {detail}")
    names = list(dict.fromkeys(name for value in objects for name in value))
    cells = [[value[n] if isinstance(value.get(n), str) else "" for n in names] for value in objects]
    found: str = names[columns.text_index(names, cells, text_column)]
    return found


def _from_value(index: int, value: json_rows.Value, field: str) -> InputRow:
    if value.error:
        return InputRow(index, None, value.error)
    content: Any = value.content
    if isinstance(content, str):
        return checked(index, content, None, None)
    if not isinstance(content, dict):
        reason = f"neither an object nor a text but {type(content).__name__}"
        return InputRow(index, None, reason, value=shown(content))
    column = shown(field)
    if not isinstance(content.get(field), str):
        found = type(content[field]).__name__ if field in content else "missing"
        reason = f"the field {column!r} should be a text and is {found}"
        return InputRow(index, None, reason, column=column, value=shown(content.get(field)))
    named = {columns.plain(name): item for name, item in content.items()}
    code = next((named[name] for name in columns.LANGUAGE_NAMES if name in named), None)
    return checked(index, content[field], code, column)


def checked(index: int, text: str, language: object, column: str | None = None) -> InputRow:
    """Return a row whose text is neither empty, nor too long, nor broken; else its error."""
    reason = _fault(text)
    if reason:
        return InputRow(index, None, reason, column=column, value=shown(text))
    return InputRow(index, text, None, columns.language_code(language))


def _fault(text: str) -> str | None:
    """Return what is wrong with a text, and what would be right; None where nothing is."""
    if is_blank(text):
        return f"the text is empty, 1 to {MAX_TEXT} characters are right"
    if len(text) > MAX_TEXT:
        return f"the text has {len(text)} characters, at most {MAX_TEXT} are allowed"
    if ESCAPED.search(text):
        return "the text has bytes that do not fit the file's encoding"
    if _UNSTORABLE.search(text):
        return "the text has the character U+0000 or half a surrogate pair, which cannot be stored"
    return None
