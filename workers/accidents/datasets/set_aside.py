"""Rows that add up others, set apart from those that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workers.accidents.datasets import totals
from workers.accidents.datasets.faults import Collected, Warned
from workers.accidents.datasets.overrides import Overrides
from workers.accidents.datasets.sheet import Sheet
from workers.accidents.datasets.typed_columns import decide_all, numbers_of
from workers.accidents.datasets.typing_rules import Typed


def set_totals_aside(
    sheet: Sheet, names: Sequence[str], typed: list[Typed], overrides: Overrides
) -> tuple[list[Typed], list[Warned]]:
    """Take the rows that add up others out of the sheet; return the types without them, and warnings."""
    labelled = totals.labelled_rows(sheet.columns, sheet.pools)
    if not labelled or overrides.totals == "keep" or len(labelled) == sheet.rows:
        return typed, []
    without = decide_all(sheet, names, overrides, skip=list(labelled))
    judged = totals.judge(labelled, _additive(sheet, without))
    rows = [each.row for each in judged if each.is_total]
    warnings = _say_totals(sheet, judged)
    if not rows:
        return typed, warnings
    again = decide_all(sheet, names, overrides, skip=rows)
    _drop(sheet, rows)
    return again, warnings


def _additive(sheet: Sheet, typed: Sequence[Typed]) -> list[list[Any]]:
    """Return the numbers of the columns that can be added up, None where a cell is none."""
    return [
        numbers_of(cells, each)
        for cells, each in zip(sheet.columns, typed, strict=True)
        if each.type.is_numeric and each.role is None and each.unit != "%"
    ]


def _say_totals(sheet: Sheet, judged: Sequence[totals.Labelled]) -> list[Warned]:
    """Return what is to be said of labelled rows: those that are totals, and those that only look like it."""
    warnings = []
    messages = {
        True: ("totals_row", "Rows that add up others are set apart.", 'To keep them: {"totals": "keep"}.'),
        False: (
            "looks_like_total",
            "Rows are labelled as totals and are not the sums of others; they are kept.",
            "Look at them; remove them from the file if they are totals.",
        ),
    }
    for is_total, (code, message, fix) in messages.items():
        collected = Collected()
        for each in judged:
            if each.is_total is is_total:
                collected.add(sheet.numbers[each.row], sheet.lines[each.row], each.label)
        if collected.count:
            warnings.append(collected.warning(code, message, fix))
    return warnings


def _drop(sheet: Sheet, rows: Sequence[int]) -> None:
    """Move rows of a sheet to what is set apart."""
    for row in sorted(rows, reverse=True):
        sheet.set_aside.append((sheet.lines[row], [cells[row] for cells in sheet.columns]))
        for cells in sheet.columns:
            del cells[row]
        del sheet.lines[row], sheet.numbers[row]
