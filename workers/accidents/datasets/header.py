"""Find the header of a table: behind a title, of one row or of two, perhaps with a row of units, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.accidents.datasets import units
from workers.accidents.datasets.faults import Warned
from workers.tables.dialect import filled_width
from workers.tables.records import Record

MOST_ABOVE = 20  # records before a header
LOOKED_AT = 20  # rows below it

_NUMBER = re.compile(r"[\s(△▲▼$€£¥₩+-]*+(\d[\d,.' ]*+|\.\d++)\s*+(%|원|명|건)?[)\s-]*+")
_MOMENT = re.compile(r"\d{4}\s*[-./년]\s*\d{1,2}\s*[-./월].*|\d{1,2}[-./]\d{1,2}[-./]\d{4}.*")
_YEAR = re.compile(r"(19|20)\d\d\s*년?")


@dataclass(frozen=True)
class Header:
    """A table's headings, and the records before its first row, which is number `first_row` of all.

    `names` are joined of `lines`' records; `above` stands apart, `units` are those of a row of its own.
    """

    names: tuple[str, ...]
    first_row: int
    lines: tuple[int, ...] = ()
    above: tuple[Record, ...] = ()
    blank: tuple[Record, ...] = ()
    units: tuple[str | None, ...] = ()
    note_unit: str | None = None
    warnings: tuple[Warned, ...] = field(default=())


def find_header(head: Sequence[Record], width: int) -> Header | None:
    """Return the header in the first records of a file, None where there is no record."""
    first = _first_full(head, width)
    if first is None:
        return None
    before = head[:first]
    above = tuple(record for record in before if any(cell.strip() for cell in record.cells))
    blank = tuple(record for record in before if not any(cell.strip() for cell in record.cells))
    following = [record.cells for record in head[first + 1 :] if any(record.cells)]
    wide = max(width, len(head[first].cells)) if width > 1 else len(head[first].cells)
    top = _padded(head[first].cells, max(wide, 1))
    note = next(
        (unit for record in above for cell in record.cells if (unit := units.unit_of_note(cell))), None
    )
    if _is_row(top, following):
        names = tuple("" for _ in top)
        warning = Warned(
            "no_header",
            "The first record looks like a row, so that the columns have no names.",
            "Give the columns names in a first line.",
            lines=(head[first].line,),
        )
        return Header(names, first, (), above, blank, note_unit=note, warnings=(warning,))
    return _joined(head, first, top, above=above, blank=blank, note=note)


def _joined(
    head: Sequence[Record],
    first: int,
    top: list[str],
    *,
    above: tuple[Record, ...],
    blank: tuple[Record, ...],
    note: str | None,
) -> Header:
    """Return a header with the rows below it that belong to it."""
    names, lines, end = list(top), [head[first].line], first + 1
    while end < len(head) and end - first < 3 and _continues(names, head, end):  # noqa: PLR2004 - three levels
        names = _join(names, _padded(head[end].cells, len(names)))
        lines.append(head[end].line)
        end += 1
    found_units: tuple[str | None, ...] = ()
    if end < len(head) and _is_unit_row(head[end].cells):
        cells = _padded(head[end].cells, len(names))
        found_units = tuple(
            units.standard(cell.strip().strip("()[]")) if cell.strip() else None for cell in cells
        )
        lines.append(head[end].line)
        end += 1
    return Header(tuple(names), end, tuple(lines), above, blank, found_units, note)


def _first_full(head: Sequence[Record], width: int) -> int | None:
    """Return the first record that fills as many cells as a header does."""
    filled = [sum(1 for cell in record.cells if cell.strip()) for record in head]
    if width == 1:
        return next((i for i, count in enumerate(filled) if count), None)
    least = max(2, (width + 1) // 2)
    for i, count in enumerate(filled[:MOST_ABOVE]):
        if count >= least or (count >= 2 and _is_merged(head, i, width)):  # noqa: PLR2004 - one cell is a title
            return i
    return next((i for i, count in enumerate(filled) if count), None)


def _is_merged(head: Sequence[Record], i: int, width: int) -> bool:
    """Say whether a sparse record is the upper row of a header: the next one fills its gaps with words."""
    if i + 1 >= len(head) or len(head[i].cells) != width:
        return False
    below = _padded(head[i + 1].cells, width)
    top = head[i].cells
    return all(bool(t.strip()) or bool(b.strip()) for t, b in zip(top, below, strict=True)) and not any(
        _is_value(cell) for cell in below
    )


def _padded(cells: Sequence[str], width: int) -> list[str]:
    """Return cells in a width; what is empty beyond it is left out."""
    kept = list(cells[: max(width, filled_width(list(cells)))])
    return kept + [""] * (width - len(kept))


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip()) or _MOMENT.fullmatch(cell.strip()))


def _values_below(head: Sequence[Record], start: int, column: int) -> int:
    """Return how many of the next rows have a number or a date in a column."""
    rows = [record.cells for record in head[start : start + LOOKED_AT] if any(record.cells)]
    return sum(_is_value(row[column]) for row in rows if column < len(row))


def _continues(names: list[str], head: Sequence[Record], at: int) -> bool:
    """Say whether a record goes on with the header: words above numbers, under merged headings."""
    cells = _padded(head[at].cells, len(names))
    if len(cells) != len(names) or not any(map(str.strip, cells)) or any(map(_is_value, cells)):
        return False
    gaps = any(not name.strip() and cell.strip() for name, cell in zip(names, cells, strict=True))
    twice = len({name for name in names if name.strip()}) < sum(bool(name.strip()) for name in names)
    if not gaps and not (twice and _fills_twins(names, cells)):
        return False
    if _is_unit_row(cells):
        return False
    return any(cell.strip() and _values_below(head, at + 1, i) for i, cell in enumerate(cells))


def _fills_twins(names: list[str], cells: list[str]) -> bool:
    """Say whether the cells under equal headings differ."""
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=True) if names.count(name) > 1]
    return len(set(pairs)) == len(pairs) and all(cell.strip() for _, cell in pairs)


def _join(names: list[str], cells: list[str]) -> list[str]:
    """Return names of two levels; an empty cell of the upper one continues the merged one to its left."""
    joined, merged = [], ""
    for name, cell in zip(names, cells, strict=True):
        if name.strip():
            merged = name.strip()
        upper = merged if cell.strip() else name.strip()
        joined.append(" ".join(part for part in (upper, cell.strip()) if part))
    return joined


def _is_unit_row(cells: Sequence[str]) -> bool:
    """Say whether a record gives the units of the columns."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 0 and len(cells) > 1 and all(map(units.is_unit, filled))


def _is_row(top: list[str], following: list[list[str]]) -> bool:
    """Say whether the first record is a row: its values are like those below it in every column."""
    if not following or not all(cell.strip() for cell in top) or len({*top}) < len(top):
        return False
    if _are_years(top):
        return False
    sample = [row for row in following[:LOOKED_AT] if len(row) == len(top)]
    columns = list(zip(*sample, strict=True))
    valued = [
        i for i, cells in enumerate(columns) if all(_is_value(c) for c in cells if c.strip()) and any(cells)
    ]
    if not valued or not all(_is_value(top[i]) for i in valued):
        return False
    return (
        len(valued) == len(top)
        or any(top[i] in columns[i] for i in range(len(top)) if i not in valued)
        or all(_MOMENT.fullmatch(top[i].strip()) for i in valued)
    )


def _are_years(top: list[str]) -> bool:
    """Say whether the numbers of a record are years in a row, as headings may be."""
    values = [cell.strip() for cell in top if _is_value(cell)]
    return len(values) > 1 and all(map(_YEAR.fullmatch, values)) and values == sorted(values)
