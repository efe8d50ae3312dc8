"""The straight lines that a PDF page draws, and the grids that they make."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.documents.reading.words import Frame
    from workers.documents.tree import Rect

THIN = 2.2  # points: a box no thicker than this is a line
NEAR = 2.5  # points: lines closer than this are one
LEAST = 8.0  # points: what is shorter is no rule of a table
MOST_PATHS = 4000


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line: where it lies, and from where to where it goes."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a grid, counted in rows and columns; it may cover several."""

    rect: Rect
    row: int
    column: int
    row_span: int
    column_span: int


def page_rules(page: Any, frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """Return the horizontal and the vertical lines of a page as shown."""
    across: list[Rule] = []
    down: list[Rule] = []
    for rect, outlined in _shapes(page, frame):
        left, top, right, bottom = rect
        wide, high = right - left, bottom - top
        if high <= THIN and wide >= LEAST:
            across.append(Rule((top + bottom) / 2, left, right))
        elif wide <= THIN and high >= LEAST:
            down.append(Rule((left + right) / 2, top, bottom))
        elif outlined and wide >= LEAST and high >= LEAST:
            across += [Rule(top, left, right), Rule(bottom, left, right)]
            down += [Rule(left, top, bottom), Rule(right, top, bottom)]
    return across, down


def _shapes(page: Any, frame: Frame) -> Iterable[tuple[Rect, bool]]:
    """Yield the boxes of what paths draw; each straight piece of a path with several on its own."""
    count = min(pdfium.FPDFPage_CountObjects(page), MOST_PATHS)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(count):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        segments = pdfium.FPDFPath_CountSegments(item)
        if segments > 5:
            yield from ((rect, False) for rect in _pieces(item, segments, frame))
            continue
        if pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            yield frame.shown(left.value, bottom.value, right.value, top.value), True


def _pieces(item: Any, segments: int, frame: Frame) -> Iterable[Rect]:
    """Yield each straight piece of a path."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    last = first = (0.0, 0.0)
    for index in range(min(segments, MOST_PATHS)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield _between(last, here, frame)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield _between(here, first, frame)
        last = here


def _between(one: tuple[float, float], other: tuple[float, float], frame: Frame) -> Rect:
    return frame.shown(
        min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
    )


def grids(across: Sequence[Rule], down: Sequence[Rule]) -> list[list[Box]]:
    """Return the cells of each grid that lines make; a grid has at least two rows and two columns."""
    tables = []
    for rows, columns in _joined(across, down):
        ys = _places([rule.at for rule in rows] + [end for rule in columns for end in (rule.low, rule.high)])
        xs = _places([rule.at for rule in columns] + [end for rule in rows for end in (rule.low, rule.high)])
        if len(ys) > 2 and len(xs) > 2:
            tables.append(_cells(xs, ys, rows, columns))
    return [cells for cells in tables if len(cells) > 3]


def _joined(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return groups of lines that touch each other, each with its lines across and down."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for rule in down:
        touching = [g for g in groups if any(_meet(each, rule) for each in g[0])]
        rows = [each for each in across if _meet(each, rule)]
        merged: tuple[list[Rule], list[Rule]] = ([], [rule])
        for group in touching:
            groups.remove(group)
            merged[0].extend(group[0])
            merged[1].extend(group[1])
        merged[0].extend(each for each in rows if each not in merged[0])
        groups.append(merged)
    return [group for group in groups if group[0]]


def _meet(row: Rule, column: Rule) -> bool:
    inside = row.low - NEAR <= column.at <= row.high + NEAR
    return inside and column.low - NEAR <= row.at <= column.high + NEAR


def _places(values: Iterable[float]) -> list[float]:
    """Return sorted places, those that are near each other as one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > NEAR:
            places.append(value)
    return places


def _cells(xs: list[float], ys: list[float], rows: list[Rule], columns: list[Rule]) -> list[Box]:
    """Return a grid's cells; where no line parts two, they are one."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    cells: list[Box] = []
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in owner:
                continue
            wide, high = 1, 1
            while column + wide < len(xs) - 1 and not _parts(
                columns, xs[column + wide], ys[row], ys[row + 1]
            ):
                wide += 1
            while row + high < len(ys) - 1 and not _parts(
                rows, ys[row + high], xs[column], xs[column + wide]
            ):
                high += 1
            for y in range(row, row + high):
                for x in range(column, column + wide):
                    owner[y, x] = (row, column)
            rect = (xs[column], ys[row], xs[column + wide], ys[row + high])
            cells.append(Box(rect, row, column, high, wide))
    return cells


def _parts(rules: list[Rule], at: float, low: float, high: float) -> bool:
    """Say whether a line at a place covers most of the way from `low` to `high`."""
    covered = [
        (max(rule.low, low), min(rule.high, high))
        for rule in rules
        if abs(rule.at - at) <= NEAR and rule.low < high and rule.high > low
    ]
    return sum(end - start for start, end in covered) >= 0.6 * (high - low)
