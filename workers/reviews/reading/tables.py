"""Read the reviews of a table, or of a list of one text a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

from app.files.uploads.delimiters import said_delimiter, sniff_delimiter
from workers.reviews.reading import columns, csv_rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading, checked, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def read(stream: TextIO, head: str, *, cut: bool, text_column: str | None) -> Opened:
    """Return the rows of a stream whose beginning is `head`.

    Raises:
        UnreadableFileError: there is no column of text.

    """
    delimiter = sniff_delimiter(head, cut=cut, is_heading=lambda cells: columns.name_text(cells, text_column))
    if said_delimiter(head):
        stream.readline()
    records = csv_rows.records(stream, delimiter or csv_rows.NO_DELIMITER)
    first = next(records, csv_rows.Record(()))
    if first.error and (delimiter or text_column):
        raise UnreadableFileError(f"the headings cannot be read: {first.error}")
    sample = list(islice(records, csv_rows.SAMPLE_RECORDS))
    table, headless = _table(first, [record.cells for record in sample], text_column)
    following = chain([first] if headless else [], sample, records)
    reading = Reading(
        format="csv" if delimiter else "text",
        column=None if headless and not delimiter else shown(table.names[table.text]),
        headings=not headless,
        note=None if headless else _note(first.cells, table.text),
    )
    return Opened(reading, table.rows(following))


def _table(
    first: csv_rows.Record, sample: Sequence[tuple[str, ...]], text_column: str | None
) -> tuple[_Table, bool]:
    """Return a table by its first record, and whether that one is a row too."""
    names = first.cells or ("",)
    text = columns.text_index(names, sample, text_column)
    language = columns.find(names, columns.LANGUAGE_NAMES)
    headless = text_column is None and (
        first.error is not None or columns.is_first_review(names, text, sample)
    )
    shown_names = tuple(f"column {n + 1}" for n in range(len(names))) if headless else names
    return _Table(shown_names, text, language), headless


def _note(names: tuple[str, ...], text: int) -> str | None:
    """Return what is to be said of headings that stand more than once."""
    amount = columns.doubles(names, text)
    if amount == 1:
        return None
    return (
        f"{amount} columns are called {names[text][: columns.SHOWN_CHARACTERS]!r}; column {text + 1} is read"
    )


@dataclass(frozen=True)
class _Table:
    """A table's headings, and which of its columns hold the text and its language."""

    names: tuple[str, ...]
    text: int
    language: int | None

    def rows(self, records: Iterable[csv_rows.Record]) -> Iterator[InputRow]:
        """Yield what records say."""
        for index, record in enumerate(records):
            yield self.row(index, record)

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
