"""What every reader makes of a file: one normal text, its blocks, and where each word is shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from workers.documents.tree import PageState, Rect, Warned


@dataclass(frozen=True, slots=True)
class Span:
    """A word of the text and where a viewer shows it; words of one shown line have the same `line`."""

    start: int
    end: int
    page: int
    line: int
    rect: Rect
    source: str = "text"  # or ocr, form


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and the rows and columns that it covers."""

    start: int
    end: int
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    indent: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, note or table of the normal text.

    `level` is a heading's level where the file's markup says it; `size` in points; `mark` is a note's sign.
    """

    kind: str  # text, heading, item, note, table
    start: int
    end: int
    page: int
    size: float = 0.0
    bold: bool = False
    indent: float = 0.0
    level: int | None = None
    mark: str = ""
    cells: tuple[Cell, ...] = ()
    source: str = "text"


@dataclass(frozen=True, slots=True)
class NoteCall:
    """A sign in the text that calls a note; `offset` is where it stood."""

    offset: int
    mark: str
    page: int


@dataclass(frozen=True)
class Reading:
    """A document as a person would read it."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[PageState, ...]
    spans: tuple[Span, ...] = ()
    calls: tuple[NoteCall, ...] = ()
    warnings: tuple[Warned, ...] = ()
    encoding: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.spans]

    def spans_of(self, start: int, end: int) -> tuple[Span, ...]:
        """Return the words that share a character with `text[start:end]`."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_left(self._starts, end)
        return tuple(span for span in self.spans[first:last] if span.end > start)
