"""Tell what separates the cells of a table, and whether a text is one; for whoever receives or reads it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from itertools import islice

DELIMITERS = ",\t;|"
ROWS = 50  # of a table that are looked at
MOST = 0.8  # share of a table's rows with as many cells as the first, and empty ones; the rest are damaged
MOST_SPACED = 0.5  # share of rows with a space behind each delimiter from which on it is one of prose
MIN_ROWS = MIN_COLUMNS = 2  # one row, or one column, is no table

_SAID = re.compile(r'"?sep=([^\w\s"]|\t)"?(?:\r?\n|\Z)', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:\s*%)?")  # of a cell without the blanks around it

Row = Sequence[str]


def said_delimiter(text: str) -> str | None:
    """Return what a first line such as Excel's `sep=;` says, None where there is none."""
    declared = _SAID.match(text)
    return declared[1] if declared else None


def sniff_delimiter(
    text: str, *, cut: bool, is_heading: Callable[[Row], bool] = lambda _: False
) -> str | None:
    """Return what separates the cells of a text, None where it is no table.

    Args:
        text: the beginning of the text.
        cut: whether the text goes on; its last line is left out then.
        is_heading: whether the cells of a first row name what is looked for; they settle it.

    """
    if declared := said_delimiter(text):
        return declared
    scores = {delimiter: _score(_rows(text, delimiter, cut=cut), is_heading) for delimiter in DELIMITERS}
    best = max(scores, key=scores.__getitem__)  # of equals, the first
    return best if scores[best] > 0 else None


def is_number(cell: str) -> bool:
    """Say whether a cell is a number and nothing else."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def _rows(text: str, delimiter: str, *, cut: bool) -> list[Row]:
    """Return the first rows of a text, without blank ones."""
    lines = list(io.StringIO(text, newline=""))
    rows = csv.reader(lines[:-1] if cut and len(lines) > 1 else lines, delimiter=delimiter)
    return list(islice((row for row in rows if any(cell.strip() for cell in row)), ROWS))


def _score(rows: Sequence[Row], is_heading: Callable[[Row], bool]) -> float:
    """Return how sure it is that rows are those of a table; 0 where they are not."""
    if not rows or len(rows[0]) < MIN_COLUMNS:
        return 0.0
    width = len(rows[0])
    even = sum(len(row) >= width and not any(row[width:]) for row in rows) / len(rows)
    if is_heading(rows[0]):
        return 1 + even
    return even if len(rows) >= MIN_ROWS and even >= MOST and not is_prose(rows, width) else 0.0


def is_prose(rows: Sequence[Row], width: int) -> bool:
    """Say whether rows are sentences, in which a space follows each comma, and no column has numbers.

    Args:
        rows: the first rows, headings included.
        width: of the rows that are looked at for numbers.

    """
    spaced = sum(len(row) > 1 and all(cell.startswith(" ") for cell in row[1:]) for row in rows)
    below = [row for row in rows if len(row) == width][1:]
    numbers = any(all(map(is_number, cells)) for cells in zip(*below, strict=True))
    return spaced > MOST_SPACED * len(rows) and not numbers
