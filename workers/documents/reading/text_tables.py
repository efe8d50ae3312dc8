"""Tables of plain text, whose columns are parted by blanks or tabs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.documents.reading.model import Block, Cell
from workers.documents.reading.page_tables import CELL_VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

PIECE = re.compile(r"\S+(?: \S+)*")  # what two blanks or a tab part from the next
ITEM = re.compile(
    r"^(?:[-*•·–]|\(?\w{1,2}[.)]|\d{1,2}(?:\.\d{1,2}){0,4}[.)]?)$"
)  # a sign with wide blanks behind it
LEAST_ROWS, LEAST_COLUMNS = 2, 2
LEAST_ALIGNED = 3  # rows whose cells hold no figures
VALUE_WORDS = 5  # of a cell with a figure: `bis 120 EUR`
LEAST_VALUES = 0.4  # of the cells behind the first column


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: its words, and from where to where it stands."""

    start: int
    end: int
    words: str


def pieces_of(line: str) -> list[Piece]:
    """Return the pieces of a line that wide blanks part."""
    return [Piece(m.start(), m.end(), m[0]) for m in PIECE.finditer(line.replace("\t", "    ").rstrip())]


def table_end(lines: Sequence[str], start: int) -> int:
    """Return where a table ends that begins at a line; `start` if there is none."""
    end = start
    while end < len(lines) and _is_row(pieces_of(lines[end])):
        end += 1
    if end - start < LEAST_ROWS:
        return start
    rows = [pieces_of(line) for line in lines[start:end]]
    if _are_cells(rows):
        return end
    values = [piece for row in rows for piece in row[1:]]
    counted = sum(_is_value(piece.words) for piece in values)
    return end if counted >= LEAST_VALUES * len(values) else start


def _are_cells(rows: Sequence[Sequence[Piece]]) -> bool:
    """Say whether pieces of words are cells: each column begins at one place, and each with a capital or a figure."""
    if len(rows) < LEAST_ALIGNED or len({tuple(piece.start for piece in row) for row in rows}) > 1:
        return False
    return all(piece.words[0].isupper() or not piece.words[0].isalpha() for row in rows for piece in row)


def _is_value(words: str) -> bool:
    return bool(CELL_VALUE.match(words)) or (
        len(words.split()) <= VALUE_WORDS and bool(re.search(r"\d", words))
    )


def _is_row(pieces: Sequence[Piece]) -> bool:
    return len(pieces) >= LEAST_COLUMNS and not ITEM.match(pieces[0].words)


def write_table(lines: Sequence[str], start: int, page: int) -> tuple[str, Block]:
    """Return a table's text, cells parted by tabs, and its block, whose offsets count from `start`."""
    rows = [pieces_of(line) for line in lines]
    edges = _edges(rows)
    parts: list[str] = []
    cells: list[Cell] = []
    at = start
    for number, row in enumerate(rows):
        for place, piece in enumerate(row):
            glue = "" if not parts else ("\t" if place else "\n")
            parts.append(glue + piece.words)
            at += len(glue)
            cells.append(Cell(at, at + len(piece.words), number, _column(piece, edges)))
            at += len(piece.words)
    return "".join(parts), Block("table", start, at, page, cells=tuple(cells))


def _edges(rows: Sequence[Sequence[Piece]]) -> list[tuple[int, int]]:
    """Return each column's reach, from the rows with most pieces."""
    most = max(map(len, rows))
    full = [row for row in rows if len(row) == most]
    return [(min(row[n].start for row in full), max(row[n].end for row in full)) for n in range(most)]


def _column(piece: Piece, edges: Sequence[tuple[int, int]]) -> int:
    """Return the column that most of a piece stands in, the nearest where it stands in none."""
    middle = (piece.start + piece.end) / 2
    over = [(min(piece.end, high) - max(piece.start, low), -n) for n, (low, high) in enumerate(edges)]
    shared, number = max(over)
    return -number if shared > 0 else min(range(len(edges)), key=lambda n: abs(sum(edges[n]) / 2 - middle))
