"""Find the column of a table, or the field of an object, that holds the reviews."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.files.uploads.delimiters import is_number
from app.reviews.languages import is_code
from app.text.plain import plain_word

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_NAMES = (
    *("text", "review", "review_text", "review_body", "reviewtext", "comment", "comments", "content", "body"),
    *("message", "sentence", "feedback", "document"),
    *("리뷰", "리뷰내용", "내용", "텍스트", "본문", "문장", "댓글", "후기"),
)
LANGUAGE_NAMES = ("language", "lang", "locale", "언어")
PROSE_WORDS = 4  # a heading has fewer
MOST_CODE = 60  # characters that are looked at for a language's code
SHOWN_NAMES, SHOWN_CHARACTERS = 20, 40  # of headings in a message
MOST_NAME = 200  # characters of a heading that comes back
LEAST_LETTERS = 12  # on average, of a cell that may be a review
NEARLY = 0.6  # share of the letters of the column that is read, from which another is as good
_END = re.compile(r"[.!?。！？…]\s*$")  # noqa: RUF001 - those of East Asian texts too


class UnreadableFileError(ValueError):
    """Raised when a file as a whole cannot be read as rows of reviews."""


def plain(name: str) -> str:
    """Return a heading without case, spaces and signs at its ends."""
    return re.sub(r"[\s-]+", "_", plain_word(name).lower()).strip("_")


def find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the first of the wanted names stands, or None."""
    there = [plain(name) for name in names]
    return next((there.index(name) for name in wanted if name in there), None)


def text_index(names: Sequence[str], samples: Sequence[Sequence[str]], wanted: str | None) -> int:
    """Return which column holds the text: the one asked for, a usual name, or the longest prose.

    Raises:
        UnreadableFileError: the column asked for is not there, or is there twice, or none looks like text.

    """
    if wanted is not None:
        return wanted_index(names, wanted)
    usual = find(names, TEXT_NAMES)
    if usual is not None:
        return usual
    if len(names) == 1:
        return 0
    lengths = [_letters([row[i] for row in samples if i < len(row)]) for i in range(len(names))]
    best = max(range(len(names)), key=lengths.__getitem__, default=0)
    if not lengths or lengths[best] < 2 * PROSE_WORDS:
        raise UnreadableFileError(
            f"no column looks like text; there are {_listed(names)}: name the one to read"
        )
    return best


def wanted_index(names: Sequence[str], wanted: str) -> int:
    """Return which column the caller asks for.

    Raises:
        UnreadableFileError: it is not there, or is there twice.

    """
    if names.count(wanted) == 1:
        return names.index(wanted)
    near = find(names, [plain(wanted)])
    if near is None:
        raise UnreadableFileError(f"no column {wanted!r}; there are {_listed(names)}")
    if doubles(names, near) > 1:
        raise UnreadableFileError(
            f"{doubles(names, near)} columns are called {wanted!r}; rename the one to read"
        )
    return near


def rivals(names: Sequence[str], samples: Sequence[Sequence[str]], text: int) -> list[int]:
    """Return the columns that hold reviews as well as the one that was found, for all that can be told."""
    lengths = [_letters([row[i] for row in samples if i < len(row)]) for i in range(len(names))]
    usual = [plain(name) in TEXT_NAMES for name in names]
    least = max(LEAST_LETTERS, lengths[text] * NEARLY)
    return [
        i
        for i, length in enumerate(lengths)
        if i != text and length >= least and usual[i] >= usual[text] and plain(names[i]) != plain(names[text])
    ]


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns, each once: one without a name has its number, a second one is counted."""
    made: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        wanted = plain_word(name)[:MOST_NAME] or f"column {number}"
        free, again = wanted, 1
        while free in made:
            again += 1
            free = f"{wanted} ({again})"
        made[free] = None
    return tuple(made)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:SHOWN_CHARACTERS]) for name in names[:SHOWN_NAMES]) or "none"


def doubles(names: Sequence[str], index: int) -> int:
    """Return how many columns have the heading of one of them."""
    return [plain(name) for name in names].count(plain(names[index]))


def name_text(cells: Sequence[str], wanted: str | None) -> bool:
    """Say whether cells are headings of which one names the reviews."""
    if wanted is not None:
        return find(cells, [plain(wanted)]) is not None
    return find(cells, TEXT_NAMES) is not None and not any(_is_sentence(cell) for cell in cells)


def is_prose(cell: str) -> bool:
    """Return whether a first cell is a review rather than a heading."""
    return len(cell.split()) >= PROSE_WORDS


def is_first_review(names: Sequence[str], text: int, sample: Sequence[Sequence[str]]) -> bool:
    """Say whether the first line of a table is a review, for all that can be told, and not the headings.

    A heading that is judged like a review is less harm than a review that is lost.
    """
    first = names[text]
    if plain(first) in TEXT_NAMES:
        return False
    if _is_sentence(first) or any(is_number(name) for name in names):
        return True
    if len(names) > 1:
        return False
    cells = [cell for row in sample for cell in row]
    return len(first.split()) > 1 or not any(map(is_prose, cells)) or any(len(c.split()) == 1 for c in cells)


def _is_sentence(cell: str) -> bool:
    return is_prose(cell) or _END.search(cell) is not None


def language_code(value: object) -> str | None:
    """Return a language code, or None for whatever is not one."""
    code = plain_word(value[:MOST_CODE]) if isinstance(value, str) else ""
    return code if is_code(code) else None


def _letters(cells: Sequence[str]) -> float:
    return sum(sum(map(str.isalpha, cell)) for cell in cells) / max(1, len(cells))
