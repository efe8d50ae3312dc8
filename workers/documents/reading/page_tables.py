"""Tables of a page: those that lines draw, and runs of rows with cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.documents.reading.lines import box_of, line_of, lines_of, middle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.documents.reading.lines import Line
    from workers.documents.reading.rules import Box
    from workers.documents.reading.words import Word
    from workers.documents.tree import Rect

CELL_VALUE = re.compile(
    r"^(?:[–—-]|(?:(?:CHF|EUR|USD|GBP|Fr\.|SFr\.|[€£$])\s*)?(?:['’.,\u202f ]*\d)+['’.,]*\s*(?:%|CHF|EUR|USD|GBP|€|£|[.,][-–]+)?"
    r"|unbegrenzt|unlimited|unlimitiert|inbegriffen|included|versichert|nicht versichert|not covered|covered|nil"
    r"|ja|nein|yes|no|keine?|none|✓|✔|✗|x)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class TableCell:
    """A cell: its lines, and the rows and columns that it covers."""

    lines: list[Line]
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    indent: float = 0.0


@dataclass(slots=True)
class PageTable:
    """A table: its cells row by row."""

    cells: list[TableCell]
    rect: Rect


def ruled_tables(words: list[Word], grids: Sequence[Sequence[Box]]) -> tuple[list[PageTable], list[Word]]:
    """Return the tables that lines draw, and the words outside them."""
    tables = []
    for boxes in grids:
        inside: dict[int, list[Word]] = {}
        for word in words:
            middle = middle_of(word.rect)
            for index, box in enumerate(boxes):
                if _holds(box.rect, middle):
                    inside.setdefault(index, []).append(word)
                    break
        if len(inside) < 2:
            continue
        taken = {id(word) for cell in inside.values() for word in cell}
        words = [word for word in words if id(word) not in taken]
        cells = [
            TableCell(
                lines_of(inside[i]), b.row, b.column, b.row_span, b.column_span, _indent(inside[i], b.rect)
            )
            for i, b in enumerate(boxes)
            if i in inside
        ]
        tables.append(PageTable(_split_rows(cells), box_of([box.rect for box in boxes])))
    return tables, words


def _split_rows(cells: list[TableCell]) -> list[TableCell]:
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _indent(words: Sequence[Word], rect: Rect) -> float:
    return min(word.rect[0] for word in words) - rect[0]


def _holds(rect: Rect, point: tuple[float, float]) -> bool:
    return rect[0] - 1 <= point[0] <= rect[2] + 1 and rect[1] - 1 <= point[1] <= rect[3] + 1


def table_end(rows: list[list[Line]], start: int) -> int:
    """Return where a table without rules ends that begins at a row; `start` if there is none."""
    if len(rows[start]) < 2:
        return start
    end, cells, values = start, 0, 0
    while end < len(rows) and _near(rows, end, start):
        row = rows[end]
        if len(row) < 2 and not _hangs(rows, end):
            break
        cells += len(row) > 1
        values += sum(bool(CELL_VALUE.match(piece.text)) for piece in row[1:])
        end += 1
    while end > start and len(rows[end - 1]) < 2:
        end -= 1
    if cells < 2:
        return start
    if values >= 0.5 * cells and _aligned(rows[start:end]):
        return end
    return end if _all_aligned(rows[start:end]) else start


def _near(rows: list[list[Line]], index: int, start: int) -> bool:
    if index == start:
        return True
    gap = rows[index][0].rect[1] - rows[index - 1][0].rect[3]
    return gap <= 1.6 * rows[index - 1][0].size


def _hangs(rows: list[list[Line]], index: int) -> bool:
    """Say whether a row of one piece stands between rows of cells: a group's name or a wrapped label."""
    return index + 1 < len(rows) and len(rows[index + 1]) > 1 and len(rows[index][0].words) < 12


def _aligned(rows: list[list[Line]]) -> bool:
    """Say whether the second cells begin, end or centre at one place."""
    cells = [row[-1].rect for row in rows if len(row) > 1]
    return len(cells) > 1 and _in_line(cells)


def _in_line(cells: list[Rect]) -> bool:
    sides: tuple[Callable[[Rect], float], ...] = (
        lambda r: r[0],
        lambda r: r[2],
        lambda r: (r[0] + r[2]) / 2,
    )
    return any(max(map(side, cells)) - min(map(side, cells)) <= 6.0 for side in sides)


def _all_aligned(rows: list[list[Line]]) -> bool:
    """Say whether three or more rows of as many pieces have all their pieces one below the other.

    The wide blanks of justified lines stand anywhere.
    """
    most = max(len(row) for row in rows)
    full = [row for row in rows if len(row) == most]
    if len(full) < 3 or len(full) < 0.5 * sum(len(row) > 1 for row in rows):
        return False
    return all(_in_line([row[place].rect for row in full]) for place in range(most))


def free_table(rows: list[list[Line]]) -> PageTable:
    """Return rows of pieces as a table; columns are where most rows have a piece."""
    edges = _column_edges(rows)
    left = min(row[0].rect[0] for row in rows)
    cells: list[TableCell] = []
    for number, row in enumerate(rows):
        for piece in (part for whole in row for part in _by_columns(whole, edges)):
            first, last = _covered(piece.rect, edges)
            indent = piece.rect[0] - left if first == 0 else 0
            cells.append(TableCell([piece], number, first, 1, last - first + 1, indent))
    return PageTable(cells, box_of([piece.rect for row in rows for piece in row]))


def _by_columns(piece: Line, edges: list[tuple[float, float]]) -> list[Line]:
    """Cut a piece whose words are values of several columns, parted by narrow blanks."""
    groups: dict[int, list[Word]] = {}
    for word in piece.words:
        first, _ = _covered(word.rect, edges)
        groups.setdefault(first, []).append(word)
    parts = [line_of(words) for _, words in sorted(groups.items())]
    return parts if len(parts) > 1 and all(CELL_VALUE.match(part.text) for part in parts) else [piece]


def _column_edges(rows: list[list[Line]]) -> list[tuple[float, float]]:
    """Return each column's reach, from the rows with most pieces."""
    most = max(len(row) for row in rows)
    edges: list[tuple[float, float]] = []
    for place in range(most):
        pieces = [row[place].rect for row in rows if len(row) == most]
        edges.append((min(r[0] for r in pieces), max(r[2] for r in pieces)))
    return edges


def _covered(rect: Rect, edges: list[tuple[float, float]]) -> tuple[int, int]:
    """Return the first and last column that a piece lies over."""
    over = [i for i, (low, high) in enumerate(edges) if rect[0] < high and rect[2] > low]
    if over:
        return over[0], over[-1]
    middle = (rect[0] + rect[2]) / 2
    nearest = min(range(len(edges)), key=lambda i: abs((edges[i][0] + edges[i][1]) / 2 - middle))
    return nearest, nearest
