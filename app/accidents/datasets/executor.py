"""Run a query over a data set's DuckDB file, which nothing that runs here can leave or change."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from gevent import monkey

from app.accidents.datasets.compiler import Statement, compile_query
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Query
from app.http.errors import Invalid

MOST_S = 2.0
LOCKED = {
    "enable_external_access": "false",  # read_only alone still reads other files
    "memory_limit": "256MB",
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
EXACT = 2**53  # above it JSON's numbers are not exact in a browser


class QueryTimeout(Invalid):
    """Raised when a query is stopped because it takes too long."""

    code = "query_timeout"


@dataclass(frozen=True)
class Result:
    """What a query gave: rows of `columns`, and of how many they are.

    `total_rows` counts groups (or listed rows) before the limit, `matched` the rows that pass the
    filters, `missing_left_out` those of them that have no value in the first measure's column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total_rows: int
    matched: int
    missing_left_out: int
    sql: str
    ms: float

    @property
    def truncated(self) -> bool:
        """Say whether there are more rows than these."""
        return len(self.rows) < self.total_rows


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """Open a data set's file to be read only, with no way out of it."""
    return duckdb.connect(str(database), read_only=True, config=dict(LOCKED))


def run(database: Path, profile: Profile, query: Query, *, most_s: float = MOST_S) -> Result:
    """Answer a query.

    Raises:
        BadQuery, UnknownColumn: it does not fit the profile.
        QueryTimeout: it takes longer than `most_s`.

    """
    statement = compile_query(query, profile)
    began = time.perf_counter()
    with connect(database) as connection:
        rows = fetch(connection, statement, most_s)
    return result_of(query, profile, statement, rows, (time.perf_counter() - began) * 1000)


def fetch(
    connection: duckdb.DuckDBPyConnection, statement: Statement, most_s: float = MOST_S
) -> list[tuple[Any, ...]]:
    """Return a statement's rows as DuckDB gives them; it runs outside Python's lock.

    Raises:
        QueryTimeout: it takes longer than `most_s`.

    """
    try:
        with deadline(connection, most_s):
            return connection.execute(statement.sql, list(statement.parameters)).fetchall()
    except duckdb.InterruptException:
        raise QueryTimeout(
            f"The query was stopped after {most_s:g} s; ask for less, or filter first."
        ) from None


@contextmanager
def deadline(connection: duckdb.DuckDBPyConnection, most_s: float) -> Iterator[None]:
    """Interrupt what a connection does after a time, from a thread of the system's own.

    gevent's threads would need the loop of the thread that waits here.
    """
    done = monkey.get_original("_thread", "allocate_lock")()
    done.acquire()

    def watch() -> None:
        if not done.acquire(timeout=most_s):
            with suppress(duckdb.Error):
                connection.interrupt()

    monkey.get_original("_thread", "start_new_thread")(watch, ())
    try:
        yield
    finally:
        done.release()


def result_of(
    query: Query, profile: Profile, statement: Statement, rows: Sequence[tuple[Any, ...]], ms: float
) -> Result:
    """Return rows in plain values with the counts that stand behind each."""
    width = statement.width
    counts = rows[0][width:] if rows else (0, 0, 0)
    total, matched, left_out = counts if query.measures else (counts[0], counts[0], 0)
    return Result(
        columns=labels_of(query, profile),
        rows=tuple(tuple(map(plain, row[:width])) for row in rows),
        total_rows=total,
        matched=matched or 0,
        missing_left_out=left_out or 0,
        sql=statement.sql,
        ms=round(ms, 1),
    )


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what is no finite number is none."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and abs(value) > EXACT:
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def labels_of(query: Query, profile: Profile) -> tuple[str, ...]:
    """Return the names of a result's columns, each once."""
    if not query.measures:
        return query.columns or tuple(column.name for column in profile.columns)
    names = [each.column if each.part == "value" else f"{each.column} ({each.part})" for each in query.group]
    for measure in query.measures:
        words = [measure.function.value, *([measure.column] if measure.column else [])]
        names.append(" ".join([*words, *([measure.other] if measure.other else [])]))
    return tuple(
        name if names.index(name) == i else f"{name} {names[: i + 1].count(name)}"
        for i, name in enumerate(names)
    )
