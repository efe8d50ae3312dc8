"""Lines as paragraphs, and all of them as one normal text with the place of each word."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from workers.documents.reading.layout import Line, PageTable
from workers.documents.reading.model import Block, Cell, NoteCall, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.documents.reading.layout import Column, TableCell

WIDEST, WIDEST_OCR = 1.5, 2.1  # distances of lines, as shares of their size, from which paragraphs part
OUTDENT = 5.0  # points: a line so far left of a list item's sign is no part of the item
SAME_LEFT = 2.0  # points within which lines begin at one place
LEAST_SET = 4  # lines that begin at one place, from which they tell their own right edge
ROOM = 0.14  # of a column's width, beside a word that would have gone on the line before
ROOM_AFTER_COMMA = 0.25
SHORT_WORD = 4  # signs: a blank behind so short a word may be one that does not break
NOTE_SIZE = 0.87  # a note is set smaller than this share of the text's size
BULLETS = "·•–▪◦‣●○■□✓✗➢►*"
UNITS = (
    r"Tag|Monat|Jahr|Woche|Stunde|Minute|Prozent|Person|Januar|Februar|März|April|Mai|Juni|Juli|August|"
    r"September|Oktober|November|Dezember|January|February|March|May|June|July|October|December|"
    r"EUR|CHF|GBP|USD|Euro|Franken|Mio|Uhr|Mal\b|Nächte|Kilometer"
)
LABELLED = re.compile(
    r"^(?:(?:Art\.|Artikel|Article|§{1,2}|Abs\.|Absatz|lit\.|Ziff\.|Ziffer|Section|Abschnitt|Part|Teil|Clause|Kapitel|Chapter)\s*[\dA-Za-z]"
    rf"|[{BULLETS}]\s+\S|-\s+\S"
    r"|\(?[a-z]{1,2}\)\s|\(?\d{1,2}\)\s|\([ivx]{1,4}\)\s|[ivx]{1,4}\)\s"
    r"|[A-Z][\s.]?\d{1,2}(?:\.\d{1,2})*\.?\s+\S"
    rf"|\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}\.?\s+(?!(?:{UNITS}|%|km|m²|kg))[A-ZÄÖÜa-z„\"«])"
)
PLAIN = re.compile(rf"^(\d{{1,2}})\.?\s+(?!(?:{UNITS}))[A-ZÄÖÜ„\"«]")
CONNECTORS = frozenset(
    [
        "von",
        "nach",
        "gemäss",
        "gemäß",
        "in",
        "und",
        "oder",
        "zu",
        "siehe",
        "art.",
        "abs.",
        "lit.",
        "ziff.",
        "to",
        "under",
        "see",
        "of",
        "and",
        "or",
        "section",
        "article",
        "bis",
        "ziffer",
        "absatz",
        "entgegen",
        "bei",
        "the",
        "im",
    ]
)
BULLET = re.compile(r"^[·•▪◦‣●○■□✓✗➢►]\s*\S")
THOUSANDS = re.compile(r"\d[,.']$")  # a number that a narrow cell breaks
STAR = re.compile(r"(?<=[\w.%)])[*†‡]{1,3}(?=[.,;:)]?$)")
SUSPENDED = frozenset(
    ["und", "oder", "bzw.", "and", "or", "sowie", "resp.", "u.", "noch", "als", "bis", "wie", "to"]
)
SUFFIX = re.compile(r"(?:ung|heit|keit|schaft|lich|tion|sion|ität|ierung|ments?\b|ness\b)")  # begins no word
UNFINISHED = re.compile(  # no item of a list ends in such a word
    r"\b(?:a|an|the|your|our|their|its|his|her|any|each|every|this|these|of|in|to|for|by|with|from|on|at|and|or|is|are|was|be|if|that|which|who|we|you|not|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|ihr|ihre|ihren|ihrem|ihrer|unser|unsere|und|oder|von|vom|in|im|zu|zum|zur|für|mit|bei|nach|auf|an|am|aus|"
    r"durch|wenn|dass|ist|sind|wird|werden|wir|sie|nicht|kein|keine|sowie|bis|CHF|EUR|GBP)$"
)
ENDS = re.compile(r"[.;:!?…][\"“”»)]*$")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, each with its page."""

    kind: str
    lines: list[tuple[Line, int]] = field(default_factory=list)
    table: PageTable | None = None
    page: int = 0
    indent: float = 0.0  # points from the column's left

    @property
    def last(self) -> Line:
        """Return the line that came last."""
        return self.lines[-1][0]


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
        self.rights: dict[int, float] = {}

    def page(self, number: int, columns: Sequence[Column]) -> None:
        """Take a page's columns in reading order."""
        for column in columns:
            parts, notes = _without_notes(column.parts, self.body)
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
            small = line.size < NOTE_SIZE * self.body and bool(_note_mark(line))
            indent = line.rect[0] - reach.left
            self.open = Paragraph("note" if small else "text", page=page, indent=indent)
            self.texts.append(self.open)
            number = PLAIN.match(line.text)
            if number:
                self.numbers.add(int(number[1]) + 1)
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
        if previous.text.endswith(";") and (
            previous.rect[2] < right - 0.04 * (right - left) or self._in_list()
        ):
            return True
        if self._had_room(line, previous):
            return True
        return ended and short and not text[0].islower() and previous.rect[2] < right - 0.3 * (right - left)

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
            mark = _note_mark(line)
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


def _without_notes(
    parts: Sequence[Line | PageTable], body: float
) -> tuple[list[Line | PageTable], list[Line]]:
    """Part a column into text and the small lines at its foot, if one of them begins with a sign."""
    cut = len(parts)
    last = parts[-1] if parts else None
    size = last.size if isinstance(last, Line) else 0.0
    while cut and _is_as_small(parts[cut - 1], size):
        cut -= 1
    above = parts[cut - 1] if cut else None
    larger = max(body, above.size if isinstance(above, Line) and not above.bold else 0.0)
    if size >= NOTE_SIZE * larger:
        return list(parts), []
    notes = [part for part in parts[cut:] if isinstance(part, Line)]
    if not any(_note_mark(line) for line in notes):
        return list(parts), []
    return list(parts[:cut]), notes


def _is_as_small(part: Line | PageTable, size: float) -> bool:
    return isinstance(part, Line) and part.size <= 1.04 * size


def _note_mark(line: Line) -> str:
    """Return the sign that a note's line begins with."""
    match = re.match(r"^\(?(\d{1,2}|[*†‡§]{1,3})\)?$", line.words[0].text)
    return match[1] if match and len(line.words) > 1 else ""


def _common_step(parts: Sequence[Line | PageTable]) -> float:
    """Return the usual distance of lines in a paragraph, as a share of their size."""
    steps = [
        (below.rect[3] - above.rect[3]) / below.size
        for above, below in itertools.pairwise(parts)
        if isinstance(above, Line) and isinstance(below, Line) and abs(above.size - below.size) < 0.5
    ]
    close = sorted(step for step in steps if step > 0)
    return median(close[: max(len(close) // 2, 1)]) if close else 9.0


class TextBuilder:
    """Writes the normal text and notes each word's place."""

    def __init__(self, vocabulary: Counter[str]) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self.blocks: list[Block] = []
        self.calls: list[NoteCall] = []
        self.vocabulary = vocabulary
        self.line_number = 0

    def add(self, paragraph: Paragraph) -> None:
        """Write a paragraph or table as a block."""
        if self.length:
            self._write("\n")
        if paragraph.table is not None:
            self._table(paragraph.table, paragraph.page)
        else:
            self._text(paragraph)

    def text(self) -> str:
        """Return what was written."""
        return "".join(self.parts)

    def _text(self, paragraph: Paragraph) -> None:
        start = self.length
        mark = ""
        if paragraph.kind == "note":
            mark = _note_mark(paragraph.lines[0][0])
        for line, page in paragraph.lines:
            self._line(line, page, first=self.length == start, skip=bool(mark) and self.length == start)
        lines = [line for line, _ in paragraph.lines]
        self.blocks.append(
            Block(
                paragraph.kind,
                start,
                self.length,
                paragraph.page or paragraph.lines[0][1],
                size=median(line.size for line in lines),
                bold=all(line.bold for line in lines),
                indent=paragraph.indent,
                mark=mark,
                source=lines[0].words[0].source,
            )
        )

    def _table(self, table: PageTable, page: int) -> None:
        start = self.length
        cells: list[Cell] = []
        row = table.cells[0].row if table.cells else 0
        for number, cell in enumerate(table.cells):
            if number:
                self._write("\n" if cell.row != row else "\t")
            row = cell.row
            cells.append(self._cell(cell, page))
        source = next(
            (word.source for cell in table.cells for line in cell.lines for word in line.words), "text"
        )
        self.blocks.append(Block("table", start, self.length, page, cells=tuple(cells), source=source))

    def _cell(self, cell: TableCell, page: int) -> Cell:
        start = self.length
        for line in cell.lines:
            self._line(line, page, first=self.length == start)
        bold = all(line.bold for line in cell.lines)
        return Cell(
            start, self.length, cell.row, cell.column, cell.row_span, cell.column_span, cell.indent, bold
        )

    def _line(self, line: Line, page: int, *, first: bool, skip: bool = False) -> None:
        self.line_number += 1
        words = line.words[1:] if skip else line.words
        for number, word in enumerate(words):
            if word.mark and not (first and number == 0):
                self.calls.append(NoteCall(self.length, word.text.strip("()"), page))
                continue
            glue = "" if first and number == 0 else self._glue(word.text, new_line=number == 0)
            self._write(glue)
            start = self.length
            self._write(self._called(word.text.replace("\u00ad", ""), page))
            self.spans.append(Span(start, self.length, page, self.line_number, word.rect, word.source))
            self._soft = word.text.endswith("\u00ad")

    _soft = False

    def _called(self, word: str, page: int) -> str:
        """Return a word without the star behind it that calls a note."""
        star = STAR.search(word)
        if star is None:
            return word
        self.calls.append(NoteCall(self.length + star.start(), star[0], page))
        return word[: star.start()] + word[star.end() :]

    def _glue(self, word: str, *, new_line: bool) -> str:
        """Return what stands between the text so far and a word; a hyphen that goes is taken back."""
        if not new_line or not self.parts:
            return " "
        last = self.parts[-1]
        figures = THOUSANDS.search(last) and re.match(r"\d{3}(?!\d)", word)
        if self._soft or figures or self._is_cut(last, word):
            return ""
        if len(last) < 2 or not last.endswith("-") or not (last[-2].isalnum()):
            return " "
        if not word[0].islower():
            return ""
        if word.lower().rstrip(",;") in SUSPENDED:
            return " "
        if not self._keeps_hyphen(last, word):
            self.parts[-1] = last[:-1]
            self.length -= 1
            span = self.spans[-1]
            self.spans[-1] = Span(span.start, span.end - 1, span.page, span.line, span.rect, span.source)
        return ""

    def _is_cut(self, last: str, word: str) -> bool:
        """Say whether a narrow cell cut a word without a hyphen: the whole is a word of the text, its end none."""
        tail = _bare(word)
        if not last.isalpha() or not tail[:1].islower() or self.vocabulary[tail]:
            return False
        return bool(self.vocabulary[last + tail] or SUFFIX.match(tail))

    def _keeps_hyphen(self, last: str, word: str) -> bool:
        """Say whether a word that a line's end parts has a hyphen of its own, by the other words."""
        tail = _bare(word)
        if last[:-1].isdigit() or self.vocabulary[_bare(last) + "-" + tail]:
            return True
        head = _bare(last)
        if self.vocabulary[head + tail]:
            return False
        return bool(self.vocabulary[head] and self.vocabulary[tail] and head.islower())

    def _write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)


def _bare(word: str) -> str:
    return word.strip(".,;:()-„“\"'").replace("\u00ad", "")


def vocabulary(pages: Iterable[Sequence[Column]]) -> Counter[str]:
    """Return how often each word stands inside a line."""
    words: Counter[str] = Counter()
    for columns in pages:
        for column in columns:
            for part in column.parts:
                if isinstance(part, Line):
                    words.update(_bare(word.text) for word in part.words[:-1])
    return words
