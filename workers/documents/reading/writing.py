"""Paragraphs written as one normal text with the place of each word."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from workers.documents.reading.footnotes import note_mark
from workers.documents.reading.lines import Line
from workers.documents.reading.model import Block, Cell, NoteCall, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.documents.reading.layout import Column
    from workers.documents.reading.page_tables import PageTable, TableCell
    from workers.documents.reading.paragraph import Paragraph

THOUSANDS = re.compile(r"\d[,.']$")  # a number that a narrow cell breaks
STAR = re.compile(r"(?<=[\w.%)])[*†‡]{1,3}(?=[.,;:)]?$)")
SUSPENDED = frozenset(
    ["und", "oder", "bzw.", "and", "or", "sowie", "resp.", "u.", "noch", "als", "bis", "wie", "to"]
)
SUFFIX = re.compile(r"(?:ung|heit|keit|schaft|lich|tion|sion|ität|ierung|ments?\b|ness\b)")  # begins no word


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
            mark = note_mark(paragraph.lines[0][0])
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
