"""Words of a page as lines in reading order: columns by their gutters, tables by their rules and rows."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.documents.reading.rules import Box
    from workers.documents.reading.words import Word
    from workers.documents.tree import Rect

SPLIT_EM = 1.15  # a gap wider than this parts two pieces of a row
GUTTER_EM = 0.8  # the least width of a gutter between columns
LEAST_SIDE = 0.2  # of a page's pieces, on either side of a gutter that a stretched line hides
MOST_CROSSING = 0.15  # lines across a gutter, as a share of those beside it
SAME_GAP = 0.2  # blanks of a stretched line differ by no more than this share
PROSE_WORDS = 4  # pieces of running text have at least so many words
LEADERS = re.compile(r"^[.…·_\s]{4,}$")
CELL_VALUE = re.compile(
    r"^(?:[–—-]|(?:(?:CHF|EUR|USD|GBP|Fr\.|SFr\.|[€£$])\s*)?(?:['’.,\u202f ]*\d)+['’.,]*\s*(?:%|CHF|EUR|USD|GBP|€|£|[.,][-–]+)?"
    r"|unbegrenzt|unlimited|unlimitiert|inbegriffen|included|versichert|nicht versichert|not covered|covered|nil"
    r"|ja|nein|yes|no|keine?|none|✓|✔|✗|x)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Line:
    """Words of one line, from left to right."""

    words: list[Word]
    rect: Rect
    size: float
    bold: bool
    column: int = 0  # counts the columns of the page, so that a jump between them is seen
    shown: Rect | None = None  # its place as shown, where `rect` is that of text laid level

    @property
    def text(self) -> str:
        """Return the words with blanks between."""
        return " ".join(word.text for word in self.words)


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


@dataclass(slots=True)
class Column:
    """What comes one below the other: lines and tables."""

    parts: list[Line | PageTable] = field(default_factory=list)


def arrange(words: Sequence[Word], grids: Sequence[Sequence[Box]]) -> list[Column]:
    """Return a page's lines and tables, column after column, in reading order."""
    free = [word for word in words if not LEADERS.match(word.text)]
    tables, free = _ruled_tables(free, grids)
    pieces = _pieces(free)
    if _gutter(pieces) is None:  # a line may be stretched by just as much as the gutter beside it is wide
        apart = _pieces(free, keep_stretched=False)
        pieces = apart if _has_columns(apart) else pieces
    columns = _regions(pieces, tables, depth=0)
    for number, column in enumerate(columns):
        for part in column.parts:
            if isinstance(part, Line):
                part.column = number
    return columns


def box_of(rects: Sequence[Rect]) -> Rect:
    """Return the box around boxes."""
    return (
        min(r[0] for r in rects),
        min(r[1] for r in rects),
        max(r[2] for r in rects),
        max(r[3] for r in rects),
    )


def _line(words: Sequence[Word]) -> Line:
    ordered = sorted(words, key=lambda word: word.rect[0])
    plain = [word for word in ordered if not word.mark] or ordered
    sizes = sorted((word.size for word in plain), reverse=True)
    bold = sum(len(w.text) for w in plain if w.bold) > 0.6 * sum(len(w.text) for w in plain)
    return Line(ordered, box_of([word.rect for word in plain]), median(sizes), bold)


def _ruled_tables(words: list[Word], grids: Sequence[Sequence[Box]]) -> tuple[list[PageTable], list[Word]]:
    """Return the tables that lines draw, and the words outside them."""
    tables = []
    for boxes in grids:
        inside: dict[int, list[Word]] = {}
        for word in words:
            middle = _middle(word.rect)
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
                _lines(inside[i]), b.row, b.column, b.row_span, b.column_span, _indent(inside[i], b.rect)
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


def _middle(rect: Rect) -> tuple[float, float]:
    return ((rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2)


def _holds(rect: Rect, point: tuple[float, float]) -> bool:
    return rect[0] - 1 <= point[0] <= rect[2] + 1 and rect[1] - 1 <= point[1] <= rect[3] + 1


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Return words by the row that they stand in, rows from the top."""
    rows: list[list[Word]] = []
    bottoms: list[float] = []
    called = {id(mark): host for mark in words if mark.mark and (host := _host(mark, words)) is not None}
    for word in sorted(
        (word for word in words if id(word) not in called),
        key=lambda w: (w.rect[3] if not w.mark else w.rect[3] + w.size * 0.4, w.rect[0]),
    ):
        middle = (word.rect[1] + word.rect[3]) / 2
        reach = 0.45 * word.size
        for index in range(len(rows) - 1, max(len(rows) - 4, -1), -1):
            own = 0.35 * rows[index][0].size
            if abs(bottoms[index] - middle) <= max(reach, own):
                rows[index].append(word)
                break
        else:
            rows.append([word])
            bottoms.append(middle)
    row_of = {id(word): row for row in rows for word in row}
    for mark in words:
        if id(mark) in called:
            row_of[id(called[id(mark)])].append(mark)
    return [sorted(row, key=lambda w: w.rect[0]) for row in rows]


def _host(mark: Word, words: Sequence[Word]) -> Word | None:
    """Return the word that a raised sign stands right behind, whatever lines other columns have there."""
    middle = (mark.rect[1] + mark.rect[3]) / 2
    beside = [
        word
        for word in words
        if not word.mark
        and abs(mark.rect[0] - word.rect[2]) <= 0.3 * word.size
        and word.rect[1] - 0.3 * word.size <= middle <= word.rect[3]
    ]
    return min(beside, key=lambda word: abs(mark.rect[0] - word.rect[2]), default=None)


def _lines(words: Sequence[Word]) -> list[Line]:
    return [_line(row) for row in _rows(words)]


def _pieces(words: Sequence[Word], *, keep_stretched: bool = True) -> list[Line]:
    """Return rows cut where wide gaps are."""
    pieces = []
    for row in _rows(words):
        if keep_stretched and _is_stretched(row):
            pieces.append(_line(row))
            continue
        start = 0
        for index in range(1, len(row)):
            gap = row[index].rect[0] - row[index - 1].rect[2]
            if gap > SPLIT_EM * max(row[index].size, row[index - 1].size) * 0.85 and not row[index].mark:
                pieces.append(_line(row[start:index]))
                start = index
        pieces.append(_line(row[start:]))
    return pieces


def _regions(pieces: list[Line], tables: list[PageTable], depth: int) -> list[Column]:
    """Cut a region into columns, where it has a gutter, else return it as one column."""
    gutter = _gutter(pieces) if depth < 3 else None
    if gutter is None:
        return [Column(_one_column(pieces, tables))]
    return _by_gutter(pieces, tables, gutter, depth)


def _by_gutter(
    pieces: list[Line], tables: list[PageTable], gutter: tuple[float, float], depth: int
) -> list[Column]:
    """Return what crosses the gutter and the columns between, from top to bottom."""
    crossing = [p for p in pieces if p.rect[0] < gutter[0] and p.rect[2] > gutter[1]]
    wide = [t for t in tables if t.rect[0] < gutter[0] and t.rect[2] > gutter[1]]
    bands = sorted([p.rect[1] for p in crossing] + [t.rect[1] for t in wide])
    edges = [float("-inf"), *bands, float("inf")]
    columns: list[Column] = []
    for top, bottom in itertools.pairwise(edges):
        here = [p for p in pieces if top <= p.rect[1] < bottom]
        here_tables = [t for t in tables if top <= t.rect[1] < bottom]
        across: list[Line | PageTable] = [p for p in here if p in crossing]
        across += [t for t in here_tables if t in wide]
        across_tops = {id(each) for each in across}
        rest = [p for p in here if id(p) not in across_tops]
        rest_tables = [t for t in here_tables if id(t) not in across_tops]
        if across and columns and columns[-1].parts and getattr(columns[-1], "across", False):
            columns[-1].parts.extend(across)
        elif across:
            columns.append(Column(across))
        middle = (gutter[0] + gutter[1]) / 2
        for side in (False, True):
            own = [p for p in rest if (_middle(p.rect)[0] > middle) is side]
            own_tables = [t for t in rest_tables if (_middle(t.rect)[0] > middle) is side]
            if own or own_tables:
                columns.extend(_regions(own, own_tables, depth + 1))
    return columns


def _gutter(pieces: list[Line]) -> tuple[float, float] | None:
    """Return the widest strip that parts two columns of running text, if there is one."""
    if len(pieces) < 4:
        return None
    left, _, right, _ = box_of([piece.rect for piece in pieces])
    width = right - left
    em = median(piece.size for piece in pieces) * 0.85
    narrow = [piece for piece in pieces if piece.rect[2] - piece.rect[0] < 0.62 * width]
    if len(narrow) < 4:
        return None
    best: tuple[float, float] | None = None
    reach = left
    for piece in sorted(narrow, key=lambda p: p.rect[0]):
        start = piece.rect[0]
        if start - reach >= GUTTER_EM * em and reach > left + 0.15 * width and start < right - 0.15 * width:
            strip = (reach, start)
            if _parts_prose(pieces, strip) and (best is None or strip[1] - strip[0] > best[1] - best[0]):
                best = strip
        reach = max(reach, piece.rect[2])
    return best


def _has_columns(pieces: list[Line]) -> bool:
    """Say whether a page has a gutter with a good share of its pieces on either side."""
    gutter = _gutter(pieces)
    if gutter is None:
        return False
    sides = (sum(p.rect[2] <= gutter[0] for p in pieces), sum(p.rect[0] >= gutter[1] for p in pieces))
    return min(sides) >= LEAST_SIDE * len(pieces)


def _parts_prose(pieces: list[Line], gutter: tuple[float, float]) -> bool:
    """Say whether both sides of a gutter are running text, and few lines cross it."""
    lefts = [p for p in pieces if p.rect[2] <= gutter[0] + 0.5]
    rights = [p for p in pieces if p.rect[0] >= gutter[1] - 0.5]
    if min(len(lefts), len(rights)) < 2:
        return False
    top = max(min(p.rect[1] for p in lefts), min(p.rect[1] for p in rights))
    bottom = min(max(p.rect[3] for p in lefts), max(p.rect[3] for p in rights))
    beside = [p for p in (*lefts, *rights) if p.rect[3] > top and p.rect[1] < bottom]
    crossing = [
        p
        for p in pieces
        if p.rect[0] < gutter[0] and p.rect[2] > gutter[1] and top < p.rect[3] and p.rect[1] < bottom
    ]
    if not beside or len(crossing) > MOST_CROSSING * len(beside):
        return False
    return all(_is_prose(_piece_rows(side)) for side in (lefts, rights))


def _is_prose(rows: list[list[Line]]) -> bool:
    """Say whether rows of one side are running text: justified lines may have wide blanks."""
    words = [sum(len(piece.words) for piece in row) for row in rows]
    running = sum(count for count in words if count >= PROSE_WORDS)
    values = sum(bool(CELL_VALUE.match(" ".join(piece.text for piece in row))) for row in rows)
    return running >= 0.6 * sum(words) and values <= 0.2 * len(rows)


def _one_column(pieces: list[Line], tables: list[PageTable]) -> list[Line | PageTable]:
    """Return rows as lines, runs of rows with cells as tables, all from the top."""
    rows = [[_whole(row)] if _is_justified(row) else row for row in _piece_rows(pieces)]
    parts: list[Line | PageTable] = list(tables)
    index = 0
    while index < len(rows):
        end = _table_end(rows, index)
        if end > index:
            parts.append(_free_table(rows[index:end]))
            index = end
        else:
            parts.append(_whole(rows[index]))
            index += 1
    return sorted(parts, key=_top)


def _whole(row: list[Line]) -> Line:
    return _line([word for piece in row for word in piece.words])


def _is_justified(row: list[Line]) -> bool:
    """Say whether pieces are one line that is stretched to its column."""
    return len(row) > 1 and _is_stretched([word for piece in row for word in piece.words])


def _is_stretched(row: list[Word]) -> bool:
    """Say whether a row's words all have the same blank between, and it is a wide one."""
    words = [word for word in row if not word.mark]
    if len(words) < 3:
        return False
    gaps = [after.rect[0] - before.rect[2] for before, after in pairwise(words)]
    return max(gaps) - min(gaps) <= max(SAME_GAP * max(gaps), 1.0)


def _top(part: Line | PageTable) -> float:
    return part.rect[1] if isinstance(part, PageTable) else (part.rect[1] + part.rect[3]) / 2


def _piece_rows(pieces: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda p: ((p.rect[1] + p.rect[3]) / 2, p.rect[0])):
        middle = (piece.rect[1] + piece.rect[3]) / 2
        last = rows[-1][0] if rows else None
        if last and abs((last.rect[1] + last.rect[3]) / 2 - middle) <= 0.4 * max(piece.size, last.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.rect[0]) for row in rows]


def _table_end(rows: list[list[Line]], start: int) -> int:
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


def _free_table(rows: list[list[Line]]) -> PageTable:
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
    parts = [_line(words) for _, words in sorted(groups.items())]
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
