"""Gutters: the strips that part two columns of running text."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from workers.documents.reading.lines import box_of, piece_rows
from workers.documents.reading.page_tables import CELL_VALUE

if TYPE_CHECKING:
    from workers.documents.reading.lines import Line

GUTTER_EM = 0.8  # the least width of a gutter between columns
LEAST_SIDE = 0.2  # of a page's pieces, on either side of a gutter that a stretched line hides
MOST_CROSSING = 0.15  # lines across a gutter, as a share of those beside it
PROSE_WORDS = 4  # pieces of running text have at least so many words


def gutter_of(pieces: list[Line]) -> tuple[float, float] | None:
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


def has_columns(pieces: list[Line]) -> bool:
    """Say whether a page has a gutter with a good share of its pieces on either side."""
    gutter = gutter_of(pieces)
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
    return all(_is_prose(piece_rows(side)) for side in (lefts, rights))


def _is_prose(rows: list[list[Line]]) -> bool:
    """Say whether rows of one side are running text: justified lines may have wide blanks."""
    words = [sum(len(piece.words) for piece in row) for row in rows]
    running = sum(count for count in words if count >= PROSE_WORDS)
    values = sum(bool(CELL_VALUE.match(" ".join(piece.text for piece in row))) for row in rows)
    return running >= 0.6 * sum(words) and values <= 0.2 * len(rows)
