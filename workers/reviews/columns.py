"""Find the column of a table, or the field of an object, that holds the reviews."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.reviews.texts import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_NAMES = (
    *("text", "review", "review_text", "review_body", "reviewtext", "comment", "comments", "content", "body"),
    *("message", "sentence", "feedback", "document"),
    *("리뷰", "리뷰내용", "내용", "텍스트", "본문", "문장", "댓글", "후기"),
)
LANGUAGE_NAMES = ("language", "lang", "locale", "언어")
PROSE_WORDS = 4  # a heading has fewer
SHOWN_NAMES, SHOWN_CHARACTERS = 20, 40  # of headings in a message


class UnreadableFileError(ValueError):
    """Raised when a file as a whole cannot be read as rows of reviews."""


def plain(name: str) -> str:
    """Return a heading without case, spaces and signs at its ends."""
    return re.sub(r"[\s-]+", "_", name.strip().lower()).strip("_")


def find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the first of the wanted names stands, or None."""
    known = [plain(name) for name in names]
    return next((known.index(name) for name in wanted if name in known), None)


def text_index(names: Sequence[str], samples: Sequence[Sequence[str]], wanted: str | None) -> int:
    """Return which column holds the text: the one asked for, a usual name, or the longest prose.

    Raises:
        UnreadableFileError: the column asked for is not there, or none looks like text.

    """
    listed = ", ".join(repr(name[:SHOWN_CHARACTERS]) for name in names[:SHOWN_NAMES])
    if wanted is not None:
        found = find(names, [plain(wanted)])
        if found is None:
            raise UnreadableFileError(f"no column {wanted!r}; there are {listed}")
        return found
    found = find(names, TEXT_NAMES)
    if found is not None:
        return found
    if len(names) == 1:
        return 0
    lengths = [_letters([row[i] for row in samples if i < len(row)]) for i in range(len(names))]
    best = max(range(len(names)), key=lengths.__getitem__, default=0)
    if not lengths or lengths[best] < 2 * PROSE_WORDS:
        raise UnreadableFileError(f"no column looks like text; there are {listed}: name the one to read")
    return best


def is_prose(cell: str) -> bool:
    """Return whether a first cell is a review rather than a heading."""
    return len(cell.split()) >= PROSE_WORDS


def is_prose_line(line: str) -> bool:
    """Return whether a first line is a review with commas rather than headings or cells."""
    spaced = re.search(r",(?! )", line) is None
    return spaced and line.rstrip().endswith((".", "!", "?")) and is_prose(line)


def language_code(value: object) -> str | None:
    """Return a language code, or None for whatever is not one."""
    return value if isinstance(value, str) and LANGUAGE.match(value) else None


def _letters(cells: Sequence[str]) -> float:
    return sum(sum(map(str.isalpha, cell)) for cell in cells) / max(1, len(cells))
