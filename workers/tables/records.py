"""Read delimited text record by record (RFC 4180), each with the line it begins on."""

from __future__ import annotations

import csv
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TextIO

from workers.tables.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES, MOST_CHARACTERS = 200, 1 << 16  # of one record; more is a quote that is never closed
MOST_LINE = 1 << 20  # characters; of a longer line nothing is read
MOST_IN_VAIN = 4  # characters read for the ends of such quotes, to one of the file: its time stays linear
NO_DELIMITER = "\x1f"  # a table of one column: commas in it are its text's
BROKEN_QUOTE = "a quote is opened and not closed"


class Record(NamedTuple):
    """The cells of a record, or what is wrong with it; `line` counts from 1."""

    line: int
    cells: list[str]
    fault: str | None = None


def strict_records(stream: TextIO, delimiter: str, line: int = 1) -> Iterator[Record]:
    """Yield the records of a stream whose next line is number `line`; blank lines come without cells.

    Raises:
        csv.Error: a quote is not as RFC 4180 has it; read again by `records`.

    """
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    before = 0
    for cells in reader:
        yield Record(line + before, cells)
        before = reader.line_num


def records(stream: TextIO, delimiter: str, line: int = 1, *, most_line: int = MOST_LINE) -> Iterator[Record]:
    """Yield the records of a stream, of which a broken quote costs its own line and not the rest.

    A line of `most_line` characters or more is a record with a fault and without cells.
    """
    lines, spare = Lines(stream, most_line), MOST_CHARACTERS
    while (first := lines.take()) is not None:
        spare += MOST_IN_VAIN * len(first)
        if fault := lines.fault_of(first):
            yield Record(line, [], fault)
            line += 1
            continue
        taken: list[str] = []
        cells = _whole(first, _following(lines, taken, min(spare, MOST_CHARACTERS)), delimiter)
        if cells is None:
            lines.put_back(taken)
            spare -= sum(map(len, taken))
            taken = []
        yield _alone(line, first.rstrip("\r\n"), delimiter) if cells is None else Record(line, cells)
        line += 1 + len(taken)


def _following(lines: Lines, taken: list[str], most: int) -> Iterator[str]:
    """Yield the lines that may belong to a record, and note them in `taken`."""
    while len(taken) < MOST_LINES and most > 0 and (line := lines.take()) is not None:
        taken.append(line)
        most -= len(line)
        yield line


def _whole(first: str, following: Iterator[str], delimiter: str) -> list[str] | None:
    """Return the cells of a record that may go on over the lines that follow; None if it is broken."""
    if '"' not in first:  # what csv.reader says too, in a tenth of its time
        text = first.rstrip("\r\n")
        return text.split(delimiter) if text else []
    try:
        return next(csv.reader(chain([first], following), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _alone(line: int, text: str, delimiter: str) -> Record:
    """Return a line with a stray quote as a record of its own, unless the quote is still open at its end."""
    probe = "probe"  # a cell is still open if one more line would be added to it
    cells = next(csv.reader([f"{text}\n", probe], delimiter=delimiter, strict=False))
    if cells and cells[-1].endswith(f"\n{probe}"):
        return Record(line, text.split(delimiter), BROKEN_QUOTE)
    return Record(line, cells)
