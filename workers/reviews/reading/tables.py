"""Read the reviews of a table, or of a list of one text a line."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

import msgspec

from workers.reviews.reading import columns, titles
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading, Wanted, checked, shown, storable
from workers.tables import dialect
from workers.tables.dialect import Dialect, find_dialect
from workers.tables.records import MOST_CHARACTERS, NO_DELIMITER, Record, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SAMPLE_RECORDS = 50
LEAST = 0.8  # share of records as wide as most: reviews, one a line, have commas too


def read(stream: TextIO, head: str, *, cut: bool, wanted: Wanted) -> Opened:
    """Return the rows of a stream whose beginning is `head`.

    Raises:
        UnreadableFileError: there is no column of text, or none that names the rows as was asked.

    """
    text_column = wanted.text_column
    above = titles.lines_above(head, text_column)
    cut_by = _dialect(head[sum(map(len, above)) :], cut=cut, text_column=text_column)
    for _ in range(len(above) + cut_by.declared):
        stream.readline()
    is_table = cut_by.delimiter != NO_DELIMITER
    read_records = _records(stream, cut_by.delimiter)
    first = next(read_records, Record(1, []))
    if first.fault and (is_table or text_column):
        raise UnreadableFileError(f"the headings cannot be read: {first.fault}")
    sample = list(islice(read_records, SAMPLE_RECORDS))
    cells = [record.cells for record in sample]
    table, headless = _table(first, cells, wanted)
    following = chain([first] if headless else [], sample, read_records)
    is_list = headless and not is_table
    names = () if is_list else columns.unique([storable(name) for name in table.names])
    notes = [*_note_above(above), *([] if headless else _notes(table, cells, text_column))]
    reading = Reading(
        format="csv" if is_table else "text",
        column=None if is_list else shown(table.names[table.text]),
        headings=not headless,
        note="; ".join(notes) or None,
        columns=names,
        text_column=None if is_list else names[table.text],
    )
    return Opened(reading, table.rows(following))


def _dialect(head: str, *, cut: bool, text_column: str | None) -> Dialect:
    """Return how a text is cut into cells, by its beginning without what stands above the headings."""
    lines = head if not cut else head[: head.rfind("\n") + 1] or head
    wanted = dialect.Wanted(LEAST, lambda cells: columns.name_text(cells, text_column))
    return find_dialect(lambda: StringIO(lines, newline=""), wanted)


def _records(stream: TextIO, delimiter: str) -> Iterator[Record]:
    """Yield the records of a stream that are not blank."""
    for record in records(stream, delimiter, most_line=MOST_CHARACTERS):
        cells = record.cells
        is_blank = len(cells) < 2 or delimiter.isspace()  # noqa: PLR2004 - `,,` is a row without a text
        if record.fault or not is_blank or any(map(str.strip, cells)):
            yield record


def _table(first: Record, sample: Sequence[Sequence[str]], wanted: Wanted) -> tuple[_Table, bool]:
    """Return a table by its first record, and whether that one is a row too."""
    text_column, names = wanted.text_column, tuple(first.cells) or ("",)
    if wanted.id_column is not None:
        columns.wanted_index(names, wanted.id_column)
    text = columns.text_index(names, sample, text_column)
    language = columns.find(names, columns.LANGUAGE_NAMES)
    headless = (text_column, wanted.id_column) == (None, None) and (
        first.fault is not None or columns.is_first_review(names, text, sample)
    )
    shown_names = tuple(f"column {n + 1}" for n in range(len(names))) if headless else names
    return _Table(shown_names, text, language, wanted.most), headless


def _note_above(lines: Sequence[str]) -> list[str]:
    """Return what is to be said of lines above the headings."""
    first = next((line.strip() for line in lines if line.strip()), None)
    if first is None:
        return []
    what = "1 line above the headings is" if len(lines) == 1 else f"{len(lines)} lines above the headings are"
    return [f"{what} left out: {shown(first)!r}"]


def _notes(table: _Table, sample: Sequence[Sequence[str]], text_column: str | None) -> list[str]:
    """Return what is not clear of headings: one that stands twice, a column as good as the one read."""
    names, text = table.names, table.text
    chosen = names[text][: columns.SHOWN_CHARACTERS]
    amount = columns.doubles(names, text)
    notes = [f"{amount} columns are called {chosen!r}; column {text + 1} is read"] if amount > 1 else []
    others = [] if text_column else columns.rivals(names, sample, text)
    if others:
        listed = ", ".join(repr(names[i][: columns.SHOWN_CHARACTERS]) for i in others[: columns.SHOWN_NAMES])
        notes.append(f"{listed} may hold reviews as well; {chosen!r} is read, `text_column` names another")
    return notes


@dataclass(frozen=True)
class _Table:
    """A table's headings, which of its columns hold the text and its language, and the longest text."""

    names: tuple[str, ...]
    text: int
    language: int | None
    most: int

    def rows(self, records: Iterable[Record]) -> Iterator[InputRow]:
        """Yield what records say."""
        for index, record in enumerate(records):
            yield self.row(index, record)

    def row(self, index: int, record: Record) -> InputRow:
        """Return what a record says, and its cells as they were sent."""
        row = self._judgeable(index, record)
        return (
            row
            if row.text is not None
            else msgspec.structs.replace(row, sent=None if record.fault else tuple(record.cells))
        )

    def _judgeable(self, index: int, record: Record) -> InputRow:
        cells, width = record.cells, len(self.names)
        if record.fault:
            return InputRow(index, None, record.fault)
        if any(cells[width:]):
            reason = f"{len(cells)} columns where the headings have {width}"
            return InputRow(index, None, reason, value=shown(",".join(cells)))
        column = self.names[self.text]
        if self.text >= len(cells):
            reason = f"{len(cells)} columns, the text is in column {self.text + 1}"
            return InputRow(index, None, reason, column=shown(column), value=shown(",".join(cells)))
        has_language = self.language is not None and self.language < len(cells)
        code = cells[self.language or 0] if has_language else None
        sent = (*cells[: self.text], None, *cells[self.text + 1 :]) if width > 1 else None
        return checked(index, cells[self.text], code, column, most=self.most, sent=sent)
