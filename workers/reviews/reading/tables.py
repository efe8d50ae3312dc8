"""Read the reviews of a table, or of a list of one text a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

import msgspec

from app.files.uploads.delimiters import said_delimiter, sniff_delimiter
from workers.reviews.reading import columns, csv_rows, titles
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading, Wanted, checked, shown, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def read(stream: TextIO, head: str, *, cut: bool, wanted: Wanted) -> Opened:
    """Return the rows of a stream whose beginning is `head`.

    Raises:
        UnreadableFileError: there is no column of text, or none that names the rows as was asked.

    """
    text_column = wanted.text_column
    above = titles.lines_above(head, text_column)
    for line in above:
        stream.readline()
        head = head[len(line) :]
    delimiter = sniff_delimiter(head, cut=cut, is_heading=lambda cells: columns.name_text(cells, text_column))
    if said_delimiter(head):
        stream.readline()
    records = csv_rows.records(stream, delimiter or csv_rows.NO_DELIMITER)
    first = next(records, csv_rows.Record(()))
    if first.error and (delimiter or text_column):
        raise UnreadableFileError(f"the headings cannot be read: {first.error}")
    sample = list(islice(records, csv_rows.SAMPLE_RECORDS))
    cells = [record.cells for record in sample]
    table, headless = _table(first, cells, wanted)
    following = chain([first] if headless else [], sample, records)
    is_list = headless and not delimiter
    names = () if is_list else columns.unique([storable(name) for name in table.names])
    notes = [*_note_above(above), *([] if headless else _notes(table, cells, text_column))]
    reading = Reading(
        format="csv" if delimiter else "text",
        column=None if is_list else shown(table.names[table.text]),
        headings=not headless,
        note="; ".join(notes) or None,
        columns=names,
        text_column=None if is_list else names[table.text],
    )
    return Opened(reading, table.rows(following))


def _table(first: csv_rows.Record, sample: Sequence[tuple[str, ...]], wanted: Wanted) -> tuple[_Table, bool]:
    """Return a table by its first record, and whether that one is a row too."""
    text_column, names = wanted.text_column, first.cells or ("",)
    if wanted.id_column is not None:
        columns.wanted_index(names, wanted.id_column)
    text = columns.text_index(names, sample, text_column)
    language = columns.find(names, columns.LANGUAGE_NAMES)
    headless = (text_column, wanted.id_column) == (None, None) and (
        first.error is not None or columns.is_first_review(names, text, sample)
    )
    shown_names = tuple(f"column {n + 1}" for n in range(len(names))) if headless else names
    return _Table(shown_names, text, language, wanted.most), headless


def _note_above(lines: Sequence[str]) -> list[str]:
    """Return what is to be said of lines above the headings."""
    told = next((line.strip() for line in lines if line.strip()), None)
    if told is None:
        return []
    what = "1 line above the headings is" if len(lines) == 1 else f"{len(lines)} lines above the headings are"
    return [f"{what} left out: {shown(told)!r}"]


def _notes(table: _Table, sample: Sequence[tuple[str, ...]], text_column: str | None) -> list[str]:
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

    def rows(self, records: Iterable[csv_rows.Record]) -> Iterator[InputRow]:
        """Yield what records say."""
        for index, record in enumerate(records):
            yield self.row(index, record)

    def row(self, index: int, record: csv_rows.Record) -> InputRow:
        """Return what a record says, and its cells as they were sent."""
        row = self._judgeable(index, record)
        return row if row.text is not None else msgspec.structs.replace(row, sent=record.cells or None)

    def _judgeable(self, index: int, record: csv_rows.Record) -> InputRow:
        cells, width = record.cells, len(self.names)
        if record.error:
            return InputRow(index, None, record.error)
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
