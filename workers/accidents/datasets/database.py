"""Write a typed table into a DuckDB file of one table, from values that are settled already."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import duckdb

from app.accidents.datasets.compiler import TABLE, quote
from app.accidents.datasets.profile import Type
from workers.accidents.datasets import places
from workers.accidents.datasets.reading import Reading
from workers.accidents.datasets.typing_rules import Typed

SQL_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.BOOLEAN: "VARCHAR",  # its labels
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.DATE: "DATE",
    Type.DATETIME: "TIMESTAMP",
}
BLOCK_ROWS = 20_000
NOTHING = "\x00"  # stands for a missing value in the file between; no text has it


def write(reading: Reading, database: Path, *, memory: str = "400MB") -> None:
    """Write a table's rows, numbered from 1, in a new DuckDB file."""
    columns = {" row": "BIGINT"}
    columns |= {name: SQL_TYPES[typed.type] for name, typed in zip(reading.names, reading.typed, strict=True)}
    hidden = _hidden(reading)
    columns |= {name: SQL_TYPES[Type(kind)] for name, kind in reading.profile["hidden"].items()}
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        between = Path(folder) / "typed.csv"
        _write_between(reading, hidden, between)
        with duckdb.connect(str(database), config={"memory_limit": memory, "threads": "1"}) as connection:
            _create(connection, columns, between)


def _write_between(reading: Reading, hidden: dict[str, list[object]], path: Path) -> None:
    """Write the values as text that DuckDB reads back exactly."""
    lists = [
        _settled(cells, typed) for cells, typed in zip(reading.sheet.columns, reading.typed, strict=True)
    ]
    lists += [[NOTHING if value is None else value for value in cells] for cells in hidden.values()]
    rows = reading.sheet.rows
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        for first in range(0, rows, BLOCK_ROWS):
            block = [column[first : first + BLOCK_ROWS] for column in lists]
            numbers = range(first + 1, min(first + BLOCK_ROWS, rows) + 1)
            writer.writerows(zip(numbers, *block, strict=True))


def _settled(cells: list[str], typed: Typed) -> list[object]:
    """Return a column's values as they are written between."""
    written = {text: NOTHING if value is None else value for text, value in typed.values.items()}
    return list(map(written.__getitem__, cells))


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
    known: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    cells = reading.sheet.columns[reading.district_column or 0]
    cities = repeat("") if reading.city_column is None else iter(reading.sheet.columns[reading.city_column])
    for text, city in zip(cells, cities, strict=False):
        key = (text, city)
        if key not in known:
            district = places.district_of(text, city)
            known[key] = (district, places.dong_of(text) if district in places.DISTRICTS else None)
        yield known[key]


def _create(connection: duckdb.DuckDBPyConnection, columns: dict[str, str], between: Path) -> None:
    """Load the file between; nothing is guessed, every type is said."""
    # DuckDB's own table function takes types as constants, not as parameters: names are quoted as literals.
    types = ", ".join(f"{_literal(name)}: {_literal(kind)}" for name, kind in columns.items())
    connection.execute(f"CREATE TABLE {TABLE} ({', '.join(f'{quote(n)} {t}' for n, t in columns.items())})")
    connection.execute(
        f"INSERT INTO {TABLE} SELECT * FROM read_csv({_literal(str(between))}, auto_detect=false, "
        f"header=false, delim=',', quote='\"', escape='\"', nullstr={_literal(NOTHING)}, "
        f"allow_quoted_nulls=false, max_line_size=16000000, columns={{{types}}})"
    )
    connection.execute("CHECKPOINT")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
