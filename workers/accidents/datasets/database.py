"""Write a typed table into a DuckDB file of one table, from values that are settled already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from app.accidents.datasets.profile import Type
from app.accidents.datasets.templates import TABLE, quote
from workers.accidents.datasets import places
from workers.accidents.datasets.outcome import Reading

SQL_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.BOOLEAN: "VARCHAR",  # its labels
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.DATE: "DATE",
    Type.DATETIME: "TIMESTAMP",
}
FRAME_TYPES: Mapping[Type, Any] = {
    Type.TEXT: pl.String,
    Type.BOOLEAN: pl.String,
    Type.INTEGER: pl.Int64,
    Type.NUMBER: pl.Float64,
    Type.DATE: pl.Date,
    Type.DATETIME: pl.Datetime("us"),
}
BLOCK_ROWS = 100_000


def write(reading: Reading, database: Path, *, memory: str = "400MB") -> None:
    """Write a table's rows, numbered from 1, in a new DuckDB file."""
    columns: dict[str, Type] = {" row": Type.INTEGER}
    columns |= {name: typed.type for name, typed in zip(reading.names, reading.typed, strict=True)}
    columns |= {name: Type(kind) for name, kind in reading.profile["hidden"].items()}
    between = database.with_suffix(".parquet")
    config: dict[str, Any] = {"memory_limit": memory, "threads": "1"}
    with duckdb.connect(str(database), config=config) as connection:
        shape = ", ".join(f"{quote(name)} {SQL_TYPES[kind]}" for name, kind in columns.items())
        connection.execute(f"CREATE TABLE {TABLE} ({shape})")
        try:
            for frame in _frames(reading, columns):
                frame.write_parquet(between, compression="lz4", statistics=False)
                connection.execute(f"INSERT INTO {TABLE} SELECT * FROM read_parquet(?)", [str(between)])
        finally:
            between.unlink(missing_ok=True)
        connection.execute("CHECKPOINT")


def _frames(reading: Reading, columns: Mapping[str, Type]) -> Iterator[pl.DataFrame]:
    """Yield the rows in blocks, each value as what it was decided to be."""
    hidden = list(_hidden(reading).values())
    columns_of_file = list(zip(reading.sheet.columns, reading.typed, strict=True))
    for first in range(0, max(reading.sheet.rows, 1), BLOCK_ROWS):
        last = min(first + BLOCK_ROWS, reading.sheet.rows)
        lists: list[Any] = [range(first + 1, last + 1)]
        lists += [list(map(typed.values.__getitem__, cells[first:last])) for cells, typed in columns_of_file]
        lists += [cells[first:last] for cells in hidden]
        yield pl.DataFrame(
            [
                pl.Series(f"c{i}", cells, dtype=FRAME_TYPES[kind])
                for i, (cells, kind) in enumerate(zip(lists, columns.values(), strict=True))
            ]
        )


def _hidden(reading: Reading) -> dict[str, list[object]]:
    """Return what stands beside the columns for the maps: degrees, and the district of each row."""
    hidden: dict[str, list[object]] = {}
    if reading.positions is not None and reading.positions.crs is not None:
        hidden |= {" lon": list(reading.positions.longitudes), " lat": list(reading.positions.latitudes)}
    if reading.district_column is not None:
        pairs = list(_named_places(reading))
        hidden |= {" district": [pair[0] for pair in pairs], " dong": [pair[1] for pair in pairs]}
    return hidden


def _named_places(reading: Reading) -> Iterator[tuple[str | None, str | None]]:
    """Yield the district and the dong of each row; each different address is looked at once."""
    places_of_text: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    cells = reading.sheet.columns[reading.district_column or 0]
    cities = repeat("") if reading.city_column is None else iter(reading.sheet.columns[reading.city_column])
    for text, city in zip(cells, cities, strict=False):
        key = (text, city)
        if key not in places_of_text:
            district = places.district_of(text, city)
            places_of_text[key] = (district, places.dong_of(text) if district in places.DISTRICTS else None)
        yield places_of_text[key]
