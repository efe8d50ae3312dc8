"""Find the table in a file: title, notes and header above it, footnotes below, and its ragged rows.

Every record is a row, set apart or rejected: the three add up to the records of the file.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from workers.accidents.datasets import header
from workers.accidents.datasets.encoding import SHOWN, find_encoding, opener
from workers.accidents.datasets.faults import Collected, UnreadableTable, Warned
from workers.accidents.datasets.header import Header
from workers.tables.dialect import Dialect, filled_width, find_dialect
from workers.tables.records import BROKEN_QUOTE, Record, records, strict_records

MOST_COLUMNS = 2000
BLOCK_ROWS = 5000
MOST_NOTES = 50  # records at the end that may be notes
HEAD_RECORDS = 60  # that the header is looked for in
FOOTNOTE = re.compile(
    r"\s*(주\s*[:：)]|주\d|※|\*|자료|출처|비고\s*[:：]|source\b|note\b|notes\b|[①-⑳]|\d\)|#)", re.IGNORECASE
)


@dataclass
class Sheet:
    """A table as text: a list of cells a column, and where in the file each row stands.

    `pools` hold each column's different cells in the order in which they first come.
    """

    codec: str
    dialect: Dialect
    header: Header
    columns: list[list[str]]
    pools: list[dict[str, str]]
    lines: array[int]  # of each row
    numbers: array[int]  # of each row, from 1, rejected ones counted
    records: int = 0
    set_aside: list[tuple[int, list[str]]] = field(default_factory=list)
    rejected: int = 0
    blank_lines: int = 0
    warnings: list[Warned] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(self.lines)

    @property
    def encoding(self) -> str:
        """Return the encoding's usual name."""
        return SHOWN[self.codec]


def read_sheet(path: Path) -> Sheet:
    """Return the table of a file.

    Raises:
        UnreadableTable: its encoding is none of ours, it is empty, or it has too many columns.

    """
    codec = find_encoding(path)
    dialect = find_dialect(opener(path, codec))
    try:
        return _Reader(path, codec, dialect, strict=True).read()
    except csv.Error:
        return _Reader(path, codec, dialect, strict=False).read()


@dataclass
class _Reader:
    """One pass over a file."""

    path: Path
    codec: str
    dialect: Dialect
    strict: bool
    faults: dict[str, Collected] = field(default_factory=dict)
    number: int = 0  # of the last record below the header

    def read(self) -> Sheet:
        """Return the sheet."""
        with opener(self.path, self.codec)() as stream:
            if self.dialect.declared:
                stream.readline()
            reader = strict_records if self.strict else records
            read = reader(stream, self.dialect.delimiter, 2 if self.dialect.declared else 1)
            head = list(islice(read, HEAD_RECORDS))
            heading = header.find_header(head, self.dialect.width)
            if heading is None:
                raise UnreadableTable(
                    "The file has no record; a table has at least a header.", code="empty_table"
                )
            if len(heading.names) > MOST_COLUMNS:
                raise UnreadableTable(
                    f"The table has {len(heading.names):,} columns; it may have {MOST_COLUMNS:,}.",
                    code="too_many_columns",
                )
            sheet = self._new_sheet(heading)
            self._fill(sheet, chain(head[heading.first_row :], read))
        self._finish(sheet)
        return sheet

    def _new_sheet(self, heading: Header) -> Sheet:
        width = len(heading.names)
        sheet = Sheet(
            self.codec,
            self.dialect,
            heading,
            [[] for _ in range(width)],
            [{} for _ in range(width)],
            array("Q"),
            array("Q"),
        )
        sheet.set_aside += [(record.line, record.cells) for record in heading.above]
        sheet.blank_lines = len(heading.blank)
        sheet.records = len(heading.above)
        for record in heading.blank:
            self._fault("blank_line").add(None, record.line)
        return sheet

    def _fault(self, code: str) -> Collected:
        return self.faults.setdefault(code, Collected())

    def _fill(self, sheet: Sheet, read: Iterator[Record]) -> None:
        """Add the rows block by block; the last ones wait, for they may turn out to be notes."""
        waiting: list[list[str]] = []
        while block := list(islice(read, BLOCK_ROWS)):
            _add(sheet, waiting[:-MOST_NOTES])
            waiting = waiting[-MOST_NOTES:] + self._rows_of(sheet, block)
        _add(sheet, self._without_footnotes(sheet, waiting))

    def _rows_of(self, sheet: Sheet, block: list[Record]) -> list[list[str]]:
        """Return the cells of the rows among records, and note where they stand."""
        lines, rows, faults = zip(*block, strict=True)
        if set(map(len, rows)) == {len(sheet.columns)} and all(map(any, rows)) and not any(faults):
            sheet.lines.extend(lines)
            sheet.numbers.extend(range(self.number + 1, self.number + len(rows) + 1))
            self.number += len(rows)
            sheet.records += len(rows)
            return list(rows)
        return [cells for record in block if (cells := self._row_of(sheet, record)) is not None]

    def _row_of(self, sheet: Sheet, record: Record) -> list[str] | None:
        """Return the cells of one row, None where a record is blank or rejected."""
        if record.fault is None and not any(map(str.strip, record.cells)):
            sheet.blank_lines += 1
            self._fault("blank_line").add(None, record.line)
            return None
        self.number += 1
        sheet.records += 1
        width = len(sheet.columns)
        is_plain = len(record.cells) == width and record.fault is None
        cells = record.cells if is_plain else self._fit(record, self.number, width)
        if cells is None:
            sheet.rejected += 1
            return None
        sheet.lines.append(record.line)
        sheet.numbers.append(self.number)
        return cells

    def _fit(self, record: Record, number: int, width: int) -> list[str] | None:
        """Return a record's cells in the table's width, None where it is rejected."""
        cells = record.cells
        if record.fault:
            code = "broken_quote" if record.fault == BROKEN_QUOTE else "line_too_long"
            self._fault(code).add(number, record.line, self.dialect.delimiter.join(cells))
            return None
        if filled_width(cells) > width:
            self._fault("row_too_long").add(number, record.line, cells[filled_width(cells) - 1])
            return None
        if len(cells) > width:
            self._fault("row_too_long_empty").add(number, record.line)
            return cells[:width]
        if len(cells) < width:
            self._fault("row_too_short").add(number, record.line)
        return cells + [""] * (width - len(cells))

    def _without_footnotes(self, sheet: Sheet, block: list[list[str]]) -> list[list[str]]:
        """Set apart the records at the end of which only the first cell is filled, if they are notes."""
        while len(block) > 1 and _is_footnote(block[-1], len(sheet.columns)):
            line = sheet.lines.pop()
            number = sheet.numbers.pop()
            cells = block.pop()
            sheet.set_aside.append((line, cells))
            self._fault("footnote").add(number, line, cells[0])
            short = self.faults.get("row_too_short")
            if short and line in short.lines:
                short.lines.remove(line)
                short.rows.remove(number)
                short.count -= 1
        return block

    def _finish(self, sheet: Sheet) -> None:
        for code, (message, fix) in MESSAGES.items():
            fault = self.faults.get(code)
            if fault and fault.count:
                sheet.warnings.append(fault.warning(code, message, fix))
        if sheet.header.above:
            sheet.warnings.append(_preamble(sheet.header.above))
        sheet.warnings += sheet.header.warnings
        if sheet.records != sheet.rows + len(sheet.set_aside) + sheet.rejected:
            raise AssertionError("records are lost")  # a fault of ours: no figure of such a table is right


MESSAGES = {
    "row_too_long": (
        "Rows have more cells than the header has names; they are rejected.",
        "Quote the cells that have the delimiter in them, or name the further columns.",
    ),
    "broken_quote": (
        "Rows have a quote that is opened and not closed; they are rejected.",
        "Close the quote, or write it twice.",
    ),
    "line_too_long": (
        "Lines have 1,048,576 characters or more; they are rejected.",
        "Break them into records; a quote that is never closed joins lines.",
    ),
    "row_too_long_empty": (
        "Rows have empty cells beyond the last column; these cells are left out.",
        "Nothing has to be done.",
    ),
    "row_too_short": (
        "Rows have fewer cells than the header has names; the last ones count as missing.",
        "Add the missing cells.",
    ),
    "blank_line": ("Lines without any value are skipped.", "Nothing has to be done."),
    "footnote": (
        "Notes below the table are set apart.",
        "Nothing has to be done, unless it is a row: fill its other cells then.",
    ),
}


def _preamble(above: Sequence[Record]) -> Warned:
    return Warned(
        "preamble",
        "Lines above the header are set apart: a title, a unit, a note.",
        "Nothing has to be done.",
        lines=tuple(record.line for record in above),
        value=next((cell for record in above for cell in record.cells if cell.strip()), None),
    )


def _is_footnote(cells: list[str], width: int) -> bool:
    """Say whether only the first cell of a record is filled, and begins as notes do."""
    return width > 1 and filled_width(cells) == 1 and FOOTNOTE.match(cells[0]) is not None


def _add(sheet: Sheet, block: list[list[str]]) -> None:
    """Add rows to the columns; equal cells of a column are one string in memory."""
    for cells, pool, added in zip(sheet.columns, sheet.pools, zip(*block, strict=True), strict=block != []):
        cells.extend(map(pool.setdefault, added, added))
