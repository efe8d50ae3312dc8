"""Find what stands above the headings of a table: a title, a date, blank lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from app.files.uploads.delimiters import DELIMITERS, is_number
from workers.reviews.reading import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ABOVE = 20  # lines
LEAST_COLUMNS, LEAST_ROWS, LOOKED_AT = 2, 2, 20

Row = Sequence[str]


def lines_above(head: str, wanted: str | None) -> list[str]:
    """Return the lines above the headings of what is a table, or a list, that begins with `head`."""
    lines = list(islice(io.StringIO(head, newline=""), MOST_ABOVE + 1 + LOOKED_AT))
    for at, line in enumerate(lines[: MOST_ABOVE + 1]):
        if any(_are_headings(lines, at, cells, wanted) for cells in _cut(line)) or _is_name(lines, at):
            return lines[:at]
    return []


def _cut(line: str) -> Iterator[tuple[str, Row]]:
    """Yield the cells of a line, by each delimiter that it has."""
    for delimiter in DELIMITERS:
        if delimiter in line:
            yield delimiter, next(csv.reader([line], delimiter=delimiter), [])


def _are_headings(lines: Sequence[str], at: int, cut: tuple[str, Row], wanted: str | None) -> bool:
    """Say whether a line has headings, and those above it nothing but a title."""
    delimiter, cells = cut
    width = len(cells)
    if _filled(cells) < LEAST_COLUMNS or any(columns.is_prose(cell) for cell in cells):
        return False
    above = [next(csv.reader([line], delimiter=delimiter), []) for line in lines[:at]]
    if any(_filled(row) > 1 for row in above):
        return False
    below = list(islice(csv.reader(lines[at + 1 :], delimiter=delimiter), LOOKED_AT))
    rows = [row for row in below if len(row) == width]
    if columns.name_text(cells, wanted):
        return at == 0 or bool(rows)
    return len(rows) >= LEAST_ROWS and len(rows) == len(below) and _has_numbers(cells, rows)


def _has_numbers(names: Row, rows: Sequence[Row]) -> bool:
    """Say whether a column has a name above numbers, as no prose does."""
    return not any(map(is_number, names)) and any(
        all(map(is_number, cells)) for cells in zip(*rows, strict=True)
    )


def _is_name(lines: Sequence[str], at: int) -> bool:
    """Say whether a line is the one heading of a list, below a title and a blank line."""
    is_parted = at > 1 and not lines[at - 1].strip()
    return is_parted and columns.plain(lines[at]) in columns.TEXT_NAMES


def _filled(cells: Row) -> int:
    return sum(1 for cell in cells if cell.strip())
