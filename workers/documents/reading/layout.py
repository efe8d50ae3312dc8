"""Words of a page as lines in reading order: columns by their gutters, tables by their rules and rows."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.documents.reading.gutters import gutter_of, has_columns
from workers.documents.reading.lines import Line, is_justified, middle_of, piece_rows, pieces_of, whole_line
from workers.documents.reading.page_tables import PageTable, free_table, ruled_tables, table_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.rules import Box
    from workers.documents.reading.words import Word

LEADERS = re.compile(r"^[.…·_\s]{4,}$")


@dataclass(slots=True)
class Column:
    """What comes one below the other: lines and tables."""

    parts: list[Line | PageTable] = field(default_factory=list)


def arrange(words: Sequence[Word], grids: Sequence[Sequence[Box]]) -> list[Column]:
    """Return a page's lines and tables, column after column, in reading order."""
    free = [word for word in words if not LEADERS.match(word.text)]
    tables, free = ruled_tables(free, grids)
    pieces = pieces_of(free)
    if gutter_of(pieces) is None:  # a line may be stretched by just as much as the gutter beside it is wide
        apart = pieces_of(free, keep_stretched=False)
        pieces = apart if has_columns(apart) else pieces
    columns = _regions(pieces, tables, depth=0)
    for number, column in enumerate(columns):
        for part in column.parts:
            if isinstance(part, Line):
                part.column = number
    return columns


def _regions(pieces: list[Line], tables: list[PageTable], depth: int) -> list[Column]:
    """Cut a region into columns, where it has a gutter, else return it as one column."""
    gutter = gutter_of(pieces) if depth < 3 else None
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
            own = [p for p in rest if (middle_of(p.rect)[0] > middle) is side]
            own_tables = [t for t in rest_tables if (middle_of(t.rect)[0] > middle) is side]
            if own or own_tables:
                columns.extend(_regions(own, own_tables, depth + 1))
    return columns


def _one_column(pieces: list[Line], tables: list[PageTable]) -> list[Line | PageTable]:
    """Return rows as lines, runs of rows with cells as tables, all from the top."""
    rows = [[whole_line(row)] if is_justified(row) else row for row in piece_rows(pieces)]
    parts: list[Line | PageTable] = list(tables)
    index = 0
    while index < len(rows):
        end = table_end(rows, index)
        if end > index:
            parts.append(free_table(rows[index:end]))
            index = end
        else:
            parts.append(whole_line(rows[index]))
            index += 1
    return sorted(parts, key=_top)


def _top(part: Line | PageTable) -> float:
    return part.rect[1] if isinstance(part, PageTable) else (part.rect[1] + part.rect[3]) / 2
