"""Words as lines: by the row that they stand in, cut where wide gaps are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.words import Word
    from workers.documents.tree import Rect

SPLIT_EM = 1.15  # a gap wider than this parts two pieces of a row
SAME_GAP = 0.2  # blanks of a stretched line differ by no more than this share


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


def box_of(rects: Sequence[Rect]) -> Rect:
    """Return the box around boxes."""
    return (
        min(r[0] for r in rects),
        min(r[1] for r in rects),
        max(r[2] for r in rects),
        max(r[3] for r in rects),
    )


def line_of(words: Sequence[Word]) -> Line:
    """Return words as one line, from left to right."""
    ordered = sorted(words, key=lambda word: word.rect[0])
    plain = [word for word in ordered if not word.mark] or ordered
    sizes = sorted((word.size for word in plain), reverse=True)
    bold = sum(len(w.text) for w in plain if w.bold) > 0.6 * sum(len(w.text) for w in plain)
    return Line(ordered, box_of([word.rect for word in plain]), median(sizes), bold)


def middle_of(rect: Rect) -> tuple[float, float]:
    """Return the middle of a box."""
    return ((rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2)


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


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Return words as lines, from the top."""
    return [line_of(row) for row in _rows(words)]


def pieces_of(words: Sequence[Word], *, keep_stretched: bool = True) -> list[Line]:
    """Return rows cut where wide gaps are."""
    pieces = []
    for row in _rows(words):
        if keep_stretched and _is_stretched(row):
            pieces.append(line_of(row))
            continue
        start = 0
        for index in range(1, len(row)):
            gap = row[index].rect[0] - row[index - 1].rect[2]
            if gap > SPLIT_EM * max(row[index].size, row[index - 1].size) * 0.85 and not row[index].mark:
                pieces.append(line_of(row[start:index]))
                start = index
        pieces.append(line_of(row[start:]))
    return pieces


def whole_line(row: list[Line]) -> Line:
    """Return the pieces of a row as one line."""
    return line_of([word for piece in row for word in piece.words])


def is_justified(row: list[Line]) -> bool:
    """Say whether pieces are one line that is stretched to its column."""
    return len(row) > 1 and _is_stretched([word for piece in row for word in piece.words])


def _is_stretched(row: list[Word]) -> bool:
    """Say whether a row's words all have the same blank between, and it is a wide one."""
    words = [word for word in row if not word.mark]
    if len(words) < 3:
        return False
    gaps = [after.rect[0] - before.rect[2] for before, after in pairwise(words)]
    return max(gaps) - min(gaps) <= max(SAME_GAP * max(gaps), 1.0)


def piece_rows(pieces: list[Line]) -> list[list[Line]]:
    """Return pieces by the row that they stand in, rows from the top."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda p: ((p.rect[1] + p.rect[3]) / 2, p.rect[0])):
        middle = (piece.rect[1] + piece.rect[3]) / 2
        last = rows[-1][0] if rows else None
        if last and abs((last.rect[1] + last.rect[3]) / 2 - middle) <= 0.4 * max(piece.size, last.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.rect[0]) for row in rows]
