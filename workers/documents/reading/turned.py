"""Words whose baseline is not level: laid out upright for reading, kept in their places as shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workers.documents.reading.layout import Column, arrange
from workers.documents.reading.lines import Line, box_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.words import Frame, Word
    from workers.documents.tree import Rect


def aside(words: Sequence[Word], frame: Frame) -> list[Column]:
    """Return the columns of sideways and upside-down words; each direction is read on its own."""
    columns: list[Column] = []
    for turn in (1, 3, 2):
        own = [word for word in words if word.turn == turn]
        if not own:
            continue
        back: dict[int, Word] = {}
        upright = []
        for word in own:
            laid = replace(word, rect=_upright(word.rect, turn, frame.size), turn=0)
            back[id(laid)] = word
            upright.append(laid)
        for column in arrange(upright, []):
            _put_back(column, back)
            columns.append(column)
    return columns


def _upright(rect: Rect, turn: int, size: tuple[float, float]) -> Rect:
    """Return a box as if the page were turned so that the text is level."""
    width, height = size
    left, top, right, bottom = rect
    if turn == 1:  # read from the top down
        return (top, width - right, bottom, width - left)
    if turn == 3:
        return (height - bottom, left, height - top, right)
    return (width - right, height - bottom, width - left, height - top)


def _put_back(column: Column, back: dict[int, Word]) -> None:
    """Give a column's words their places as shown; lines keep theirs, by which paragraphs are told."""
    for part in column.parts:
        lines = [part] if isinstance(part, Line) else [line for cell in part.cells for line in cell.lines]
        for line in lines:
            line.words = [back[id(word)] for word in line.words]
            line.shown = box_of([word.rect for word in line.words])
