"""Headers and footers: lines in a page's margins that come again on other pages."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from workers.documents.reading.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.documents.reading.layout import Column

OUTER = 0.075  # share of the height: what comes again here is furniture
INNER = 0.105  # share of the height: what comes again here is furniture if it is set smaller than the text
SMALLER = 0.93
LEAST_PAGES = 3  # from which a line that comes again tells something
WIDE_EM = 1.2  # a blank that parts two pieces of a header
Key = tuple[str, bool, int]
PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:seite|page|p\.|s\.)\s*)?[\dIVXivx]{1,6}(?:\s*(?:/|von|of|-)\s*\d{1,5})?\W*$", re.IGNORECASE
)
PAGE_OF = re.compile(r"^\W*(?:seite|page)\s+\d{1,5}(?:\s*(?:/|von|of)\s*\d{1,5})?\W*$", re.IGNORECASE)


def without_furniture(pages: Sequence[list[Column]], heights: Sequence[float], body: float) -> None:
    """Take the headers and footers out of the pages' columns, in place."""
    seen = Counter(
        key
        for columns, height in zip(pages, heights, strict=True)
        for key in {key for line in _margin_lines(columns, height) for key in _keys(line, height)}
    )
    for columns, height in zip(pages, heights, strict=True):
        gone = {
            id(line)
            for line in _margin_lines(columns, height)
            if _is_furniture(line, height, seen, len(pages), body)
        }
        for column in columns:
            column.parts = [part for part in column.parts if id(part) not in gone]
        columns[:] = [column for column in columns if column.parts]


def standing_lines(pages: Sequence[list[Column]]) -> dict[int, list[Line]]:
    """Take out of the flow what stands word for word at one place of most pages; return it by page, once each.

    It is no furniture, for it stands within the text, but a sentence may go on around it.
    """
    if len(pages) < LEAST_PAGES:
        return {}
    places: dict[tuple[str, int], list[tuple[int, Column, Line]]] = {}
    for number, columns in enumerate(pages, start=1):
        for column, line in _last_lines(columns):
            places.setdefault((line.text, round(line.rect[1])), []).append((number, column, line))
    standing: dict[int, list[Line]] = {}
    for times in places.values():
        if len(times) < max(LEAST_PAGES, 0.6 * len(pages)):
            continue
        for _, column, line in times:
            column.parts.remove(line)
        standing.setdefault(times[0][0], []).append(times[0][2])
    return standing


def _last_lines(columns: Sequence[Column]) -> list[tuple[Column, Line]]:
    return [(c, c.parts[-1]) for c in columns if c.parts and isinstance(c.parts[-1], Line)]


def _margin_lines(columns: Iterable[Column], height: float) -> list[Line]:
    return [
        part
        for column in columns
        for part in column.parts
        if isinstance(part, Line) and _edge(part, height) <= INNER
    ]


def _edge(line: Line, height: float) -> float:
    """Return how far a line is from the nearer of top and bottom, as a share of the height."""
    middle = (line.rect[1] + line.rect[3]) / 2 / (height or 1)
    return min(middle, 1 - middle)


def _keys(line: Line, height: float) -> list[Key]:
    """Return what a line's parts have in common with their likes on other pages: words, varying numbers, place."""
    parts: list[list[str]] = [[]]
    for before, word in zip([None, *line.words], line.words, strict=False):
        if before is not None and word.rect[0] - before.rect[2] > WIDE_EM * line.size:
            parts.append([])
        parts[-1].append(word.text)
    place = (line.rect[1] > height / 2, round(line.rect[1] / 4))
    return [(re.sub(r"\d+", "#", " ".join(part)), *place) for part in parts]


def _is_number(words: str) -> bool:
    """Say whether a key is that of a number alone, whatever signs stand around."""
    return words.count("#") == 1 and not any(sign.isalnum() or sign == "_" for sign in words)


def _is_furniture(line: Line, height: float, seen: Counter[Key], pages: int, body: float) -> bool:
    edge = _edge(line, height)
    if edge <= OUTER and PAGE_OF.match(line.text):
        return True
    if edge <= OUTER and pages > 1 and PAGE_NUMBER.match(line.text):
        return True
    least = max(2, min(0.2 * pages, 8))
    if not all(seen[key] >= least or _is_number(key[0]) for key in _keys(line, height)):
        return False
    return edge <= OUTER or line.size < SMALLER * body
