"""Find what separates the cells of a table: the character that gives all records as many."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from workers.accidents.datasets.records import NO_DELIMITER, Record, open_text, records

DELIMITERS = ",;\t|"
SAMPLE_RECORDS = 5_000  # of a long file; a short one is read whole
MOST_SHARE = 0.5  # of the records that must have as many cells as most, for a character to separate
ONE_COLUMN_SHARE = 0.9  # below it, a first record without the character speaks against it
MOST_SPACED = 0.5  # share of records with a space behind each delimiter from which on it is one of prose

_SAID = re.compile(r'"?sep=([^\w\s"]|\t)"?\r?\n?$', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:\s*%)?")  # of a cell without the blanks around it


@dataclass(frozen=True)
class Dialect:
    """How a file is cut into cells; `said` if its first line says so, as Excel's `sep=;` does."""

    delimiter: str
    width: int
    declared: bool = False


@dataclass(frozen=True)
class _Candidate:
    delimiter: str
    width: int
    share: float


def find_dialect(path: Path, codec: str) -> Dialect:
    """Return the dialect of a file."""
    with open_text(path, codec) as stream:
        declared = _SAID.match(stream.readline())
    if declared:
        sample = _sample(path, codec, declared[1], skip=1)
        return Dialect(declared[1], _mode(sample)[0], declared=True)
    candidates = [candidate for each in DELIMITERS if (candidate := _judge(path, codec, each)) is not None]
    if not candidates:
        return Dialect(NO_DELIMITER, 1)
    best = max(candidates, key=lambda each: (round(each.share, 3), each.width))
    return Dialect(best.delimiter, best.width)


def _sample(path: Path, codec: str, delimiter: str, *, skip: int = 0) -> list[Record]:
    """Return a file's first records, without blank lines."""
    with open_text(path, codec) as stream:
        for _ in range(skip):
            stream.readline()
        try:
            sample = list(islice(records(stream, delimiter, strict=True), SAMPLE_RECORDS))
        except csv.Error:
            stream.seek(0)
            for _ in range(skip):
                stream.readline()
            sample = list(islice(records(stream, delimiter, strict=False), SAMPLE_RECORDS))
    return [record for record in sample if any(cell.strip() for cell in record.cells)]


def filled_width(cells: list[str]) -> int:
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
    fitting = sum(
        len(record.cells) == width or len(record.cells) > width >= filled_width(record.cells)
        for record in sample
    )
    return width, fitting / len(sample)


def _judge(path: Path, codec: str, delimiter: str) -> _Candidate | None:
    """Return how well a character separates, None where it does not."""
    sample = _sample(path, codec, delimiter)
    if not sample:
        return None
    width, share = _mode(sample)
    first = len(sample[0].cells)
    if width == 1 or share <= MOST_SHARE or _is_prose(sample, width):
        return None
    if first == 1 and share < ONE_COLUMN_SHARE and not _is_preamble(sample, width):
        return None
    return _Candidate(delimiter, width, share)


def _is_preamble(sample: list[Record], width: int) -> bool:
    """Say whether the records before the first full one are few: a title, not a column's name."""
    full = next((i for i, record in enumerate(sample) if len(record.cells) == width), len(sample))
    return full <= max(3, len(sample) // 3) and all(len(each.cells) == width for each in sample[full:])


def _is_prose(sample: list[Record], width: int) -> bool:
    """Say whether records are sentences, in which a space follows each comma, and no column has numbers."""
    rows = [record.cells for record in sample if len(record.cells) > 1]
    spaced = sum(all(cell.startswith(" ") for cell in row[1:]) for row in rows)
    below = [row for row in rows if len(row) == width][1:]
    numbers = any(
        all(_NUMBER.fullmatch(cell.strip()) for cell in cells) for cells in zip(*below, strict=True)
    )
    return spaced > MOST_SPACED * len(sample) and not numbers
