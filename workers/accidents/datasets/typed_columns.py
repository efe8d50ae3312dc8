"""The type of each column, and the numbers of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workers.accidents.datasets.overrides import ColumnOverride, Overrides
from workers.accidents.datasets.sheet import Sheet
from workers.accidents.datasets.typing_rules import Typed, decide


def _override(overrides: Overrides, name: str) -> ColumnOverride | None:
    return overrides.columns.get(name)


def decide_all(
    sheet: Sheet, names: Sequence[str], overrides: Overrides, *, skip: Sequence[int] = ()
) -> list[Typed]:
    """Return each column's type; a decimal comma in one speaks for it in the others.

    Args:
        sheet: the table.
        names: its columns' names.
        overrides: what the owner says.
        skip: rows that do not count.

    """
    pools = [_pool(cells, pool, skip) for cells, pool in zip(sheet.columns, sheet.pools, strict=True)]
    typed = [decide(name, pool, _override(overrides, name)) for name, pool in zip(names, pools, strict=True)]
    if any(each.decimal_comma for each in typed):
        typed = [
            decide(name, pool, _override(overrides, name), prefers_comma=True)
            if each.type.is_numeric and not each.decimal_comma
            else each
            for name, pool, each in zip(names, pools, typed, strict=True)
        ]
    noted = sheet.header.note_unit
    units = sheet.header.units or (None,) * len(typed)
    return [
        replace(each, unit=each.unit or below or noted)
        if each.type.is_numeric and each.role is None
        else each
        for each, below in zip(typed, units, strict=True)
    ]


def _pool(cells: Sequence[str], pool: Mapping[str, str], skip: Sequence[int]) -> list[str]:
    """Return a column's different cells in their order, without those that only skipped rows have."""
    if not skip:
        return list(pool)
    removed = Counter(cells[row] for row in skip)
    gone = {text for text, count in removed.items() if cells.count(text) == count}
    return [text for text in pool if text not in gone]


def numbers_of(cells: Sequence[str], typed: Typed) -> list[Any]:
    """Return the numbers of cells; those of set-apart rows may be written as no other row's are."""
    unseen = {text for text in set(cells) if text not in typed.values}
    read = {text: decide("", [text]).values[text] for text in unseen}
    numbers = {
        **typed.values,
        **{text: value for text, value in read.items() if isinstance(value, int | float)},
    }
    return [numbers.get(text) for text in cells]
