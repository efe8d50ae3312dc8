"""Read a file into a typed table with its profile; the same bytes always give the same one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.accidents.datasets.profile import Role, Type
from workers.accidents.datasets import figures, places, positions, totals
from workers.accidents.datasets.faults import Collected, Warned
from workers.accidents.datasets.names import unique_names
from workers.accidents.datasets.overrides import ColumnOverride, Overrides
from workers.accidents.datasets.positions import Positions
from workers.accidents.datasets.sheet import Sheet, read_sheet
from workers.accidents.datasets.typing_rules import Typed, decide

MOST_WARNINGS = 500
MERGED_SHARE = 0.3  # of a first column's cells that are empty, behind filled ones

Progress = Callable[[str, float], None]


@dataclass
class Reading:
    """A table: its typed columns, and the document that says what they hold.

    `district_column` names districts, `city_column` their cities where it does not itself.
    """

    sheet: Sheet
    names: list[str]
    typed: list[Typed]
    profile: dict[str, Any]
    positions: Positions | None = None
    district_column: int | None = None
    city_column: int | None = None


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
    typed = _decide_all(sheet, names, overrides)
    typed, warned = _set_totals_aside(sheet, names, typed, overrides)
    warnings += warned
    reading = Reading(sheet, names, typed, {})
    progress("figures", 0.6)
    schema, more = _describe_all(reading)
    warnings += more
    warnings += _find_places(reading, overrides)
    _mark_roles(reading, schema)
    reading.profile = _document(path, reading, schema, warnings)
    return reading


def _override(overrides: Overrides, name: str) -> ColumnOverride | None:
    return overrides.columns.get(name)


def _decide_all(
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


def _set_totals_aside(
    sheet: Sheet, names: Sequence[str], typed: list[Typed], overrides: Overrides
) -> tuple[list[Typed], list[Warned]]:
    """Take the rows that add up others out of the sheet; return the types without them, and warnings."""
    labelled = totals.labelled_rows(sheet.columns, sheet.pools)
    if not labelled or overrides.totals == "keep" or len(labelled) == sheet.rows:
        return typed, []
    without = _decide_all(sheet, names, overrides, skip=list(labelled))
    judged = totals.judge(labelled, _additive(sheet, without))
    rows = [each.row for each in judged if each.is_total]
    warnings = _say_totals(sheet, judged)
    if not rows:
        return typed, warnings
    again = _decide_all(sheet, names, overrides, skip=rows)
    _drop(sheet, rows)
    return again, warnings


def _additive(sheet: Sheet, typed: Sequence[Typed]) -> list[list[Any]]:
    """Return the numbers of the columns that can be added up, None where a cell is none."""
    return [
        _numbers_of(cells, each)
        for cells, each in zip(sheet.columns, typed, strict=True)
        if each.type.is_numeric and each.role is None and each.unit != "%"
    ]


def _numbers_of(cells: Sequence[str], typed: Typed) -> list[Any]:
    """Return the numbers of cells; those of set-apart rows may be written as no other row's are."""
    unseen = {text for text in set(cells) if text not in typed.values}
    read = {text: decide("", [text]).values[text] for text in unseen}
    numbers = {
        **typed.values,
        **{text: value for text, value in read.items() if isinstance(value, int | float)},
    }
    return [numbers.get(text) for text in cells]


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


def _find_places(reading: Reading, overrides: Overrides) -> list[Warned]:
    """Find where rows lie: by coordinates, and by the names of districts."""
    _find_districts(reading)
    roles = {name: override.role for name, override in overrides.columns.items()}
    numeric = [
        name
        for name, each in zip(reading.names, reading.typed, strict=True)
        if each.type.is_numeric and each.role is not Role.ID
    ]
    pair = positions.find_columns(numeric, roles)
    if pair is None:
        return []
    at = [reading.names.index(name) for name in pair]
    xs, ys = (_numbers_of(reading.sheet.columns[i], reading.typed[i]) for i in at)
    reading.positions = positions.locate(*pair, xs, ys, crs=overrides.crs)
    return list(reading.positions.warnings)


def _find_districts(reading: Reading) -> None:
    """Find the column that names districts, and one that names their cities where it does not itself."""
    texts = [i for i, each in enumerate(reading.typed) if each.type is Type.TEXT]
    declared = [i for i in texts if reading.typed[i].role is Role.DISTRICT]
    judged = {i: _named_districts(reading, i) for i in declared or texts}
    best = max(judged, key=lambda i: judged[i], default=None)
    if best is None or (not declared and judged[best] < 0.5):  # noqa: PLR2004 - of its different values
        return
    reading.district_column = best
    reading.city_column = next((i for i in texts if i != best and _names_cities(reading, i)), None)


def _named_districts(reading: Reading, column: int) -> float:
    """Return the share of a column's different values that name a district, here or elsewhere."""
    values = [text for text in list(reading.sheet.pools[column])[:2000] if text.strip()]
    here = sum(places.district_of(text) in {*places.DISTRICTS, places.AMBIGUOUS} for text in values)
    there = sum(places.district_of(text) == places.ELSEWHERE for text in values)
    return (here + there) / len(values) if values and here else 0.0


def _names_cities(reading: Reading, column: int) -> bool:
    values = [text.strip() for text in reading.sheet.pools[column] if text.strip()]
    return bool(values) and all(
        text.startswith(("대구", *places.CITIES)) and len(text.split()) == 1 for text in values[:200]
    )


def _mark_roles(reading: Reading, schema: list[dict[str, Any]]) -> None:
    """Give the columns of places their roles."""
    if reading.district_column is not None:
        schema[reading.district_column]["role"] = Role.DISTRICT.value
    if reading.positions is not None:
        for each in schema:
            if each["name"] == reading.positions.lon_column:
                each["role"] = Role.LONGITUDE.value
            elif each["name"] == reading.positions.lat_column:
                each["role"] = Role.LATITUDE.value


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
