"""Read delimited text record by record (RFC 4180), each with the line it begins on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

MOST_LINES, MOST_CHARACTERS = 200, 1 << 16  # of one record; more is a quote that is never closed
NO_DELIMITER = "\x1f"  # a table of one column
BROKEN_QUOTE = "a quote is opened and not closed"


class Record(NamedTuple):
    """The cells of a record, or what is wrong with it; `line` counts from 1."""

    line: int
    cells: list[str]
    fault: str | None = None


def open_text(path: Path, codec: str) -> TextIO:
    """Open a file whose every byte is known to fit."""
    return path.open(encoding=codec, newline="")


def records(stream: TextIO, delimiter: str, *, strict: bool, line: int = 1) -> Iterator[Record]:
    """Yield the records of a stream whose next line is number `line`; blank lines come without cells.

    Raises:
        csv.Error: `strict`, and a quote is not as RFC 4180 has it; read again without.

    """
    return _strict(stream, delimiter, line) if strict else _lenient(stream, delimiter, line)


def _strict(stream: TextIO, delimiter: str, line: int) -> Iterator[Record]:
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    first = line - 1
    before = 0
    for cells in reader:
        yield Record(first + before + 1, cells)
        before = reader.line_num


def _lenient(stream: TextIO, delimiter: str, line: int) -> Iterator[Record]:
    """Yield records where a broken quote costs its own line and not the rest of the file."""
    waiting: list[str] = []
    while text := (waiting.pop() if waiting else stream.readline()):
        taken = [text]
        cells = _whole(taken, waiting, stream, delimiter)
        if cells is None:
            waiting += reversed(taken[1:])
            taken = taken[:1]
            yield _alone(line, text.rstrip("\r\n"), delimiter)
        else:
            yield Record(line, cells)
        line += len(taken)


def _whole(taken: list[str], waiting: list[str], stream: TextIO, delimiter: str) -> list[str] | None:
    """Return the cells of a record that may go on over lines, which are added to `taken`; None if broken."""
    if '"' not in taken[0]:
        text = taken[0].rstrip("\r\n")
        return text.split(delimiter) if text else []

    def following() -> Iterator[str]:
        yield taken[0]
        size = len(taken[0])
        while len(taken) < MOST_LINES and size < MOST_CHARACTERS:
            text = waiting.pop() if waiting else stream.readline()
            if not text:
                return
            taken.append(text)
            size += len(text)
            yield text

    try:
        return next(csv.reader(following(), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _alone(line: int, text: str, delimiter: str) -> Record:
    """Return a line with a stray quote as a record of its own, unless the quote is still open at its end."""
    probe = "probe"  # a cell is still open if one more line would be added to it
    cells = next(csv.reader([f"{text}\n", probe], delimiter=delimiter, strict=False))
    if cells and cells[-1].endswith(f"\n{probe}"):
        return Record(line, text.split(delimiter), BROKEN_QUOTE)
    return Record(line, cells)
