"""Find what separates the cells of a table: the character that gives all records as many."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from app.files.uploads.delimiters import DELIMITERS, is_prose, said_delimiter
from workers.tables.records import NO_DELIMITER, Record, records, strict_records

SAMPLE_RECORDS = 5_000  # of a long file; a short one is read whole
MOST_SHARE = 0.5  # of the records that must have as many cells as most, for a character to separate
ONE_COLUMN_SHARE = 0.9  # below it, a first record without the character speaks against it

Cells = Sequence[str]


@dataclass(frozen=True)
class Dialect:
    """How a file is cut into cells; `declared` if its first line says so, as Excel's `sep=;` does."""

    delimiter: str
    width: int
    declared: bool = False


@dataclass(frozen=True)
class Wanted:
    """What makes a character one that separates.

    Attributes:
        least: share of the records above which must have as many cells as most.
        is_heading: whether the cells of the first record name what is looked for; they settle it.

    """

    least: float = MOST_SHARE
    is_heading: Callable[[Cells], bool] = lambda _: False


@dataclass(frozen=True)
class _Candidate:
    delimiter: str
    width: int
    share: float
    named: bool


def find_dialect(opened: Callable[[], TextIO], wanted: Wanted = Wanted()) -> Dialect:
    """Return the dialect of a text, which `opened` opens anew."""
    with opened() as stream:
        declared = said_delimiter(stream.readline())
    if declared:
        return Dialect(declared, _mode(_sample(opened, declared, skip=1))[0], declared=True)
    judged = [_judge(_sample(opened, each), each, wanted) for each in DELIMITERS]
    candidates = [candidate for candidate in judged if candidate is not None]
    if not candidates:
        return Dialect(NO_DELIMITER, 1)
    best = max(candidates, key=lambda each: (each.named, round(each.share, 3), each.width))
    return Dialect(best.delimiter, best.width)


def _sample(opened: Callable[[], TextIO], delimiter: str, *, skip: int = 0) -> list[Record]:
    """Return a text's first records, without blank lines."""
    for read in (strict_records, records):
        with opened() as stream:
            for _ in range(skip):
                stream.readline()
            try:
                sample = list(islice(read(stream, delimiter), SAMPLE_RECORDS))
            except csv.Error:
                continue
        return [record for record in sample if any(cell.strip() for cell in record.cells)]
    return []


def filled_width(cells: Cells) -> int:
    """Return how many cells a record has, without empty ones at its end."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def _mode(sample: list[Record]) -> tuple[int, float]:
    """Return how many cells most records have, and the share of records that fit that."""
    widths = Counter(len(record.cells) for record in sample if record.fault is None)
    if not widths:
        return 1, 0.0
    width = max(widths, key=lambda each: (widths[each], each))
    first = len(sample[0].cells)
    if 1 < first < width and all(filled_width(record.cells) <= first for record in sample):
        width = first  # each row ends with a delimiter that the header does not have
    fitting = sum(
        len(record.cells) == width or len(record.cells) > width >= filled_width(record.cells)
        for record in sample
    )
    return width, fitting / len(sample)


def _judge(sample: list[Record], delimiter: str, wanted: Wanted) -> _Candidate | None:
    """Return how well a character separates, None where it does not."""
    if not sample:
        return None
    width, share = _mode(sample)
    first = len(sample[0].cells)
    named = first > 1 and wanted.is_heading(sample[0].cells)
    if named:
        return _Candidate(delimiter, width, share, named=True)
    if width == 1 or share <= wanted.least or is_prose([record.cells for record in sample], width):
        return None
    if first == 1 and share < ONE_COLUMN_SHARE and not _is_preamble(sample, width):
        return None
    return _Candidate(delimiter, width, share, named=False)


def _is_preamble(sample: list[Record], width: int) -> bool:
    """Say whether the records before the first full one are few: a title, not a column's name."""
    full = next((i for i, record in enumerate(sample) if len(record.cells) == width), len(sample))
    return full <= max(3, len(sample) // 3) and all(len(each.cells) == width for each in sample[full:])
