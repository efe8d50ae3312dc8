"""Lines as paragraphs: by their distance, edges, sizes and signs."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from workers.documents.reading.footnotes import NOTE_SIZE, note_mark, without_notes
from workers.documents.reading.lines import Line
from workers.documents.reading.page_tables import PageTable
from workers.documents.reading.paragraph import Paragraph
from workers.documents.reading.signs import (
    BULLET,
    CITED,
    CONNECTORS,
    ENDS,
    LABELLED,
    LETTERED,
    PLAIN,
    UNFINISHED,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.layout import Column

WIDEST, WIDEST_OCR = 1.5, 2.1  # distances of lines, as shares of their size, from which paragraphs part
OUTDENT = 5.0  # points: a line so far left of a list item's sign is no part of the item
SAME_LEFT = 2.0  # points within which lines begin at one place
LEAST_SET = 4  # lines that begin at one place, from which they tell their own right edge
ROOM = 0.14  # of a column's width, beside a word that would have gone on the line before
ROOM_AFTER_COMMA = 0.25
SHORT_WORD = 4  # signs: a blank behind so short a word may be one that does not break


@dataclass(frozen=True, slots=True)
class _Reach:
    """From where to where a column goes, and the usual distance of its lines as a share of their size."""

    left: float
    right: float
    step: float


def body_size(pages: Sequence[Sequence[Column]]) -> float:
    """Return the size that most characters are set in."""
    sizes: Counter[float] = Counter()
    for columns in pages:
        for column in columns:
            for part in column.parts:
                if isinstance(part, Line):
                    sizes[round(part.size * 2) / 2] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def paragraphs(
    pages: Sequence[Sequence[Column]], body: float, standing: dict[int, list[Line]]
) -> list[Paragraph]:
    """Return the paragraphs and tables of all pages in reading order; notes come last.

    `standing` lines come again on every page: each is a paragraph of its own behind the text.
    """
    grouping = _Grouping(body)
    for number, columns in enumerate(pages, start=1):
        grouping.page(number, columns)
    again = [
        Paragraph("text", [(line, page)], page=page) for page, lines in standing.items() for line in lines
    ]
    return grouping.texts + again + grouping.notes


class _Grouping:
    def __init__(self, body: float) -> None:
        self.body = body
        self.texts: list[Paragraph] = []
        self.notes: list[Paragraph] = []
        self.note_number = 0
        self.open: Paragraph | None = None
        self.numbers: set[int] = {1}
        self.letter = "a"  # the next of a list
        self.rights: dict[int, float] = {}

    def page(self, number: int, columns: Sequence[Column]) -> None:
        """Take a page's columns in reading order."""
        for column in columns:
            parts, notes = without_notes(column.parts, self.body)
            reach = _Reach(
                min((part.rect[0] for part in parts), default=0.0),
                max((part.rect[2] for part in parts), default=0.0),
                _common_step(parts),
            )
            self.rights = _right_edges(parts, reach)
            previous: Line | None = None
            for part in parts:
                if isinstance(part, PageTable):
                    self.texts.append(Paragraph("table", table=part, page=number))
                    self.open = previous = None
                else:
                    self._line(part, number, previous, reach)
                    previous = part
            self._notes(notes, number)

    def _line(self, line: Line, page: int, previous: Line | None, reach: _Reach) -> None:
        fits = self.open is not None and self._goes_on(line, previous, reach)
        if not fits:
            small = line.size < NOTE_SIZE * self.body and bool(note_mark(line))
            indent = line.rect[0] - reach.left
            self.open = Paragraph("note" if small else "text", page=page, indent=indent)
            self.texts.append(self.open)
            number = PLAIN.match(line.text)
            if number:
                self.numbers.add(int(number[1]) + 1)
            lettered = LETTERED.match(line.text)
            if lettered:
                self.letter = chr(ord(lettered[1]) + 1)
        assert self.open is not None
        self.open.lines.append((line, page))

    def _goes_on(self, line: Line, previous: Line | None, reach: _Reach) -> bool:
        """Say whether a line goes on with the open paragraph."""
        assert self.open is not None
        last = self.open.last
        if _is_parted(line, previous):
            return True
        if abs(line.size - last.size) > 0.08 * last.size or line.bold != last.bold:
            return False
        first = line.text[0]
        if previous is None:
            starts = bool(LABELLED.match(line.text) or PLAIN.match(line.text))
            called = last.text.rsplit(None, 1)[-1].lower() in CONNECTORS
            unfinished = not ENDS.search(last.text)
            heading = last.bold or last.size > 1.08 * self.body
            return not heading and (first.islower() or unfinished) and (called or not starts)
        distance = line.rect[3] - previous.rect[3]
        widest = WIDEST_OCR if line.words[0].source == "ocr" else WIDEST
        if distance > min(1.25 * reach.step, widest) * line.size + 0.8 or distance < 0:
            return False
        labelled = self.open.lines[0][0]
        if line.rect[0] < labelled.rect[0] - OUTDENT and LABELLED.match(labelled.text):
            return False
        return not self._begins(line, previous, reach)

    def _begins(self, line: Line, previous: Line, reach: _Reach) -> bool:
        """Say whether a line that follows closely begins a paragraph of its own all the same."""
        text = line.text
        if BULLET.match(text):
            return True
        left, right = reach.left, reach.right
        ended = bool(ENDS.search(previous.text))
        short = previous.rect[2] < right - 0.15 * (right - left)
        plain = PLAIN.match(text)
        if (LABELLED.match(text) or (plain and int(plain[1]) in self.numbers)) and (ended or short):
            return previous.text.rsplit(None, 1)[-1].lower() not in CONNECTORS
        if self._is_next_item(text, previous):
            return True
        if previous.text.endswith(";") and (
            previous.rect[2] < right - 0.04 * (right - left) or self._in_list()
        ):
            return True
        if self._had_room(line, previous):
            return True
        return ended and short and not text[0].islower() and previous.rect[2] < right - 0.3 * (right - left)

    def _is_next_item(self, text: str, previous: Line) -> bool:
        """Say whether a line has the letter that a list begins or goes on with, and does not cite it."""
        lettered = LETTERED.match(text)
        if lettered is None or lettered[1] not in ("a", self.letter) or CITED.search(previous.text):
            return False
        return previous.text.rsplit(None, 1)[-1].lower() not in CONNECTORS

    def _had_room(self, line: Line, previous: Line) -> bool:
        """Say whether the line before had room for this one's first word: then it ended on purpose."""
        if line.bold or line.size > 1.08 * self.body or line.words[0].source == "ocr":
            return False
        if previous.text.endswith(("-", "\u00ad")) or UNFINISHED.search(previous.text):
            return False
        first = line.words[0]
        if len(first.text) <= SHORT_WORD and len(line.words) > 1:
            first = line.words[1]
        right = self.rights[id(previous)]
        share = ROOM_AFTER_COMMA if previous.text.endswith(",") and not self._in_list(",") else ROOM
        needed = first.rect[2] - line.rect[0] + max(share * (right - previous.rect[0]), 1.5 * line.size)
        return right - previous.rect[2] > needed

    def _in_list(self, sign: str = ";") -> bool:
        """Say whether the paragraph before the open one ended as an item does, and began at the same place."""
        if len(self.texts) < 2 or not self.texts[-2].lines:
            return False
        before, here = self.texts[-2], self.texts[-1]
        same = abs(before.lines[0][0].rect[0] - here.lines[0][0].rect[0]) < 3
        return same and before.last.text.endswith(sign)

    def _notes(self, lines: Sequence[Line], page: int) -> None:
        for line in lines:
            mark = note_mark(line)
            if mark.isdigit() and int(mark) not in (1, self.note_number + 1):
                mark = ""
            if self.notes and not mark:
                self.notes[-1].lines.append((line, page))
            else:
                self.note_number = int(mark) if mark.isdigit() else self.note_number
                self.notes.append(Paragraph("note", [(line, page)], page=page))


def _is_parted(line: Line, previous: Line | None) -> bool:
    """Say whether a scanned line goes on with a word that a hyphen parts; its size is no more than guessed."""
    if previous is None or line.words[0].source != "ocr" or not previous.text.endswith("-"):
        return False
    distance = line.rect[3] - previous.rect[3]
    return line.text[0].islower() and 0 <= distance <= WIDEST_OCR * max(line.size, previous.size)


def _right_edges(parts: Sequence[Line | PageTable], reach: _Reach) -> dict[int, float]:
    """Return up to where each line of a column may go: lines of a box of their own have an edge of their own."""
    lines = [part for part in parts if isinstance(part, Line)]
    right = max((line.rect[2] for line in lines), default=reach.right)
    edges = {}
    for line in lines:
        alike = sorted(each.rect[2] for each in lines if abs(each.rect[0] - line.rect[0]) <= SAME_LEFT)
        own = len(alike) >= LEAST_SET and alike[-1] - alike[-3] < 0.1 * (right - reach.left)
        edges[id(line)] = alike[-1] if own else right
    return edges


def _common_step(parts: Sequence[Line | PageTable]) -> float:
    """Return the usual distance of lines in a paragraph, as a share of their size."""
    steps = [
        (below.rect[3] - above.rect[3]) / below.size
        for above, below in itertools.pairwise(parts)
        if isinstance(above, Line) and isinstance(below, Line) and abs(above.size - below.size) < 0.5
    ]
    close = sorted(step for step in steps if step > 0)
    return median(close[: max(len(close) // 2, 1)]) if close else 9.0
