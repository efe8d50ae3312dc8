"""Markdown with HTML: what a browser would show of it, as blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from workers.documents.reading.model import Block, Cell, NoteCall, Reading
from workers.documents.tree import PageState, Warned

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = re.compile(
    r"^#{1,6}\s|^```|^[ \t]*\|.+\|[ \t]*$|<(?:table|br|p|div|span|h[1-6]|ul|ol|del|b|strong|script)\b|\*\*\S|<!--|^>\s|^\[\^\w+\]:",
    re.MULTILINE,
)
SILENT = frozenset(
    ("script", "style", "del", "s", "strike", "template", "head", "pre", "noscript", "svg", "object")
)
BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "main",
        "hr",
        "body",
        "aside",
    )
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "col", "wbr"))
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:[;\s]|$)|font-size\s*:\s*0(?:[a-z;\s]|$)",
    re.IGNORECASE,
)
SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
MOST_SPAN = 50  # rows or columns that a cell may cover
MOST_DEPTH = 200


def looks_like_markup(text: str) -> bool:
    """Say whether a text has the signs of Markdown or HTML."""
    return bool(SIGNS.search(text))


def read_markup(text: str, encoding: str) -> Reading:
    """Return the blocks of Markdown, its HTML read as a browser does; what is not shown is warned of."""
    renderer = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    html = renderer.use(front_matter_plugin).use(footnote_plugin).render(text)
    page = _Page()
    page.feed(html)
    page.close()
    page.finish()
    return Reading(
        "".join(page.parts),
        tuple(page.blocks),
        (PageState(1, chars=page.length),),
        calls=tuple(page.calls),
        warnings=tuple(page.warnings),
        encoding=encoding,
    )


@dataclass(slots=True)
class _OpenTable:
    start: int
    rows: int = -1
    cells: list[Cell] = field(default_factory=list)
    taken: set[tuple[int, int]] = field(default_factory=set)
    span: tuple[int, int] = (1, 1)
    column: int = 0
    bold: bool = False


class _Page(HTMLParser):
    """Writes the text that is shown, and closes a block wherever a browser begins a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []
        self.calls: list[NoteCall] = []
        self.warnings: list[Warned] = []
        self.stack: list[tuple[str, bool]] = []  # tag, and whether it hides what is in it
        self.pending: list[str] = []
        self.kind, self.level, self.mark = "text", 0, ""
        self.notes = False
        self.tables: list[_OpenTable] = []
        self.hidden_words: list[str] = []
        self.in_call = False

    @property
    def silent(self) -> bool:
        """Say whether what comes is not shown."""
        return any(hides for _, hides in self.stack)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Open a tag: blocks end the line before, hidden tags silence what is in them."""
        attributes = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.pending.append(" ")
            return
        if tag in BLOCKS or tag in HEADINGS or tag == "li":
            self._close_block()
        if tag in VOID or len(self.stack) > MOST_DEPTH:
            return
        hides = tag in SILENT or bool(HIDDEN.search(attributes.get("style", ""))) or "hidden" in attributes
        self.stack.append((tag, hides))
        if self.silent:
            return
        self._opened(tag, attributes)

    def _opened(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in HEADINGS:
            self.kind, self.level = "heading", HEADINGS[tag]
        elif tag == "li":
            self.kind = "note" if self.notes else "item"
            self.mark = str(len([b for b in self.blocks if b.kind == "note"]) + 1) if self.notes else ""
        elif "footnotes" in attributes.get("class", ""):
            self.notes = True
        elif "footnote-ref" in attributes.get("class", ""):
            self.in_call = True
        elif tag == "table":
            self._close_block()
            self._gap()
            self.tables.append(_OpenTable(self.length))
        elif tag == "tr" and self.tables:
            self.tables[-1].rows += 1
            self.tables[-1].column = 0
        elif tag in ("td", "th") and self.tables:
            self._open_cell(self.tables[-1], attributes, bold=tag == "th")

    def _open_cell(self, table: _OpenTable, attributes: dict[str, str], *, bold: bool) -> None:
        table.span = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))
        table.bold = bold
        while (max(table.rows, 0), table.column) in table.taken:
            table.column += 1

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and those left open inside it."""
        if tag in VOID or not any(name == tag for name, _ in self.stack):
            return
        if tag in ("td", "th") and self.tables and not self.silent:
            self._close_cell(self.tables[-1])
        elif tag in BLOCKS or tag in HEADINGS or tag == "li":
            self._close_block()
        while self.stack and self.stack.pop()[0] != tag:
            pass
        if tag == "table" and self.tables:
            table = self.tables.pop()
            if table.cells:
                self.blocks.append(Block("table", table.start, self.length, 1, cells=tuple(table.cells)))
        if tag == "sup":
            self.in_call = False

    def handle_data(self, data: str) -> None:
        """Take text; what is not shown is kept for the warning."""
        if self.silent:
            if any(name not in SILENT for name, hides in self.stack if hides):
                self.hidden_words.append(data)
            return
        if self.in_call:
            mark = data.strip("[] \n")
            if mark:
                self.calls.append(NoteCall(self.length + len(_squeezed(self.pending)), mark, 1))
            return
        self.pending.append("" if data == "↩︎" else data.replace("\u00ad", ""))

    def handle_comment(self, data: str) -> None:
        """Keep a comment for the warning: no viewer shows it."""
        self.hidden_words.append(data)

    def finish(self) -> None:
        """Close what is open and warn of what is not shown."""
        self._close_block()
        hidden = _squeezed(self.hidden_words)
        if hidden:
            self.warnings.append(
                Warned(
                    "hidden_text",
                    "comments or hidden markup, which no viewer shows, were not read",
                    1,
                    hidden[:2000],
                )
            )

    def _close_cell(self, table: _OpenTable) -> None:
        text = _squeezed(self.pending)
        self.pending = []
        high, wide = table.span
        row = max(table.rows, 0)
        if self.length > table.start:
            self._write("\n" if table.column == 0 or not table.cells or table.cells[-1].row != row else "\t")
        start = self.length
        self._write(text)
        table.cells.append(Cell(start, self.length, row, table.column, high, wide, bold=table.bold))
        table.taken |= {(row + y, table.column + x) for y in range(high) for x in range(wide)}
        table.column += wide

    def _close_block(self) -> None:
        if self.tables:
            self.pending.append(" ")
            return
        text = _squeezed(self.pending)
        self.pending = []
        if text:
            self._gap()
            start = self.length
            self._write(text)
            level = self.level if self.kind == "heading" else None
            self.blocks.append(Block(self.kind, start, self.length, 1, level=level, mark=self.mark))
            self._move_calls(start)
        inside = next((name for name, _ in reversed(self.stack) if name == "li"), None)
        if self.kind != "note" or text:
            self.kind = "item" if inside and self.kind == "item" and not text else "text"

    def _move_calls(self, start: int) -> None:
        """Move the calls of a block into it: they were counted without the line's end before it."""
        self.calls = [
            replace(c, offset=max(c.offset, start)) if c.offset >= start - 1 else c for c in self.calls
        ]

    def _gap(self) -> None:
        if self.length:
            self._write("\n")

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


def _squeezed(parts: Sequence[str]) -> str:
    return SPACES.sub(" ", "".join(parts)).strip()


def _span(text: str | None) -> int:
    return min(int(text), MOST_SPAN) if text and text.isdigit() and int(text) else 1
