"""Read a file into a typed table with its profile; the same bytes always give the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.accidents.datasets.profile import Type
from workers.accidents.datasets import figures
from workers.accidents.datasets.faults import Collected, Warned
from workers.accidents.datasets.names import unique_names
from workers.accidents.datasets.outcome import Reading
from workers.accidents.datasets.overrides import Overrides
from workers.accidents.datasets.place_columns import find_places, mark_roles
from workers.accidents.datasets.set_aside import set_totals_aside
from workers.accidents.datasets.sheet import Sheet, read_sheet
from workers.accidents.datasets.typed_columns import decide_all
from workers.accidents.datasets.typing_rules import Typed

MOST_WARNINGS = 500
MERGED_SHARE = 0.3  # of a first column's cells that are empty, behind filled ones
Progress = Callable[[str, float], None]


def read(
    path: Path, overrides: Overrides | None = None, progress: Progress = lambda _stage, _share: None
) -> Reading:
    """Return a file's table.

    Raises:
        UnreadableTable: it is none, is in no encoding of ours, or has too many columns.

    """
    overrides = overrides or Overrides()
    progress("read", 0.0)
    sheet = read_sheet(path)
    names = unique_names(sheet.header.names)
    warnings = list(sheet.warnings)
    warnings += _fill_down(sheet, names, overrides)
    progress("types", 0.4)
    typed = decide_all(sheet, names, overrides)
    typed, warned = set_totals_aside(sheet, names, typed, overrides)
    warnings += warned
    reading = Reading(sheet, names, typed, {})
    progress("figures", 0.6)
    schema, more = _describe_all(reading)
    warnings += more
    warnings += find_places(reading, overrides)
    mark_roles(reading, schema)
    reading.profile = _document(path, reading, schema, warnings)
    return reading


def _fill_down(sheet: Sheet, names: Sequence[str], overrides: Overrides) -> list[Warned]:
    """Repeat the cells of merged ones where the owner says so; else say that a column looks like it."""
    warnings = []
    for name, cells in zip(names, sheet.columns, strict=True):
        if name in overrides.fill_down:
            last = ""
            for row, text in enumerate(cells):
                last = text if text.strip() else last
                cells[row] = last
    if sheet.rows > 3 and _looks_merged(sheet):  # noqa: PLR2004 - fewer show nothing
        warnings.append(
            Warned(
                "looks_merged",
                f"Empty cells of {names[0]!r} may continue the one above, as merged cells do.",
                f'If so, say it: {{"fill_down": ["{names[0]}"]}}.',
                column=names[0],
            )
        )
    return warnings


def _looks_merged(sheet: Sheet) -> bool:
    """Say whether the first column has values only where a group begins, and the second always."""
    if len(sheet.columns) < 2:  # noqa: PLR2004 - a group needs members
        return False
    first, second = sheet.columns[0], sheet.columns[1]
    empty = sum(not text.strip() for text in first)
    filled = [text for text in first if text.strip()]
    return (
        bool(first[0].strip())
        and empty >= MERGED_SHARE * len(first)
        and len(set(filled)) == len(filled)
        and all(text.strip() for text in second)
    )


def _describe_all(reading: Reading) -> tuple[list[dict[str, Any]], list[Warned]]:
    """Return the schema, and the columns' warnings with the rows that they are about."""
    schema, warnings = [], []
    sheet = reading.sheet
    for i, (name, typed) in enumerate(zip(reading.names, reading.typed, strict=True)):
        counts = figures.count_values(sheet.columns[i], typed)
        schema.append(figures.describe(name, sheet.header.names[i], typed, counts))
        warnings += [_with_rows(each, sheet, i, typed) for each in typed.warnings]
        for each in figures.sentinels(name, typed, counts):
            texts = {text for text, value in typed.values.items() if value == each.value}
            warnings.append(_on_rows(each, sheet, i, texts))
    return schema, warnings


def _with_rows(each: Warned, sheet: Sheet, column: int, typed: Typed) -> Warned:
    """Return a warning with its rows, where it is about some."""
    return _on_rows(each, sheet, column, set(typed.wrong)) if each.code.startswith("not_all") else each


def _on_rows(each: Warned, sheet: Sheet, column: int, texts: set[str]) -> Warned:
    collected = Collected()
    for row, text in enumerate(sheet.columns[column]):
        if text in texts:
            collected.add(sheet.numbers[row], sheet.lines[row])
    return replace(each, rows=tuple(collected.rows), lines=tuple(collected.lines), count=collected.count)


def _document(
    path: Path, reading: Reading, schema: list[dict[str, Any]], warnings: Sequence[Warned]
) -> dict[str, Any]:
    """Return the profile as JSON."""
    sheet = reading.sheet
    skipped = ([1] if sheet.dialect.declared else []) + [record.line for record in sheet.header.above]
    delimiter = sheet.dialect.delimiter
    return {
        "sha256": _sha256(path),
        "size_bytes": path.stat().st_size,
        "rows": sheet.rows,
        "set_aside": len(sheet.set_aside),
        "rejected": sheet.rejected,
        "records": sheet.records,
        "dialect": {
            "encoding": sheet.encoding,
            "delimiter": delimiter if delimiter != "\x1f" else None,
            "header_lines": list(sheet.header.lines),
            "skipped_lines": sorted(skipped),
            "title": _title(sheet),
            "blank_lines": sheet.blank_lines,
        },
        "kept_apart": [{"line": line, "cells": cells[:50]} for line, cells in sorted(sheet.set_aside)[:50]],
        "schema": schema,
        "positions": reading.positions.document() if reading.positions else None,
        "hidden": _hidden_types(reading),
        "warnings": [each.document() for each in warnings[:MOST_WARNINGS]],
    }


def _hidden_types(reading: Reading) -> dict[str, str]:
    """Return the columns that stand beside those of the file for the maps."""
    hidden: dict[str, str] = {}
    if reading.positions is not None and reading.positions.crs is not None:
        hidden |= dict.fromkeys((" lon", " lat"), Type.NUMBER.value)
    if reading.district_column is not None:
        hidden |= dict.fromkeys((" district", " dong"), Type.TEXT.value)
    return hidden


def _title(sheet: Sheet) -> str | None:
    return next(
        (cell.strip() for record in sheet.header.above for cell in record.cells if cell.strip()), None
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
