"""The rows of a data set: a page as JSON, or all of them as a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.accidents.datasets.evidence import Table
from app.accidents.datasets.query import MOST_ROWS, Order, Query
from app.files.jobs.csv_cells import cell
from app.http.errors import Invalid

MARK = "\ufeff"


def query_of(table: Table, query: Mapping[str, Any]) -> Query:
    """Return the query that a request for rows asks; raise Invalid where it names no column."""
    names = tuple(table.profile.column(name).name for name in _wanted(table, query.get("columns") or ()))
    names = tuple(dict.fromkeys(names)) or tuple(column.name for column in table.profile.columns)
    order: tuple[Order, ...] = ()
    if query.get("sort"):
        order = (_order(table, query["sort"], names),)
    return Query(
        columns=names,
        where=query.get("filter", ()),
        order=order,
        limit=query["limit"],
        offset=query["offset"],
    )


def _wanted(table: Table, columns: Sequence[str]) -> Iterator[str]:
    """Yield the names that are asked for, each by itself or several with commas between them."""
    names = {column.name for column in table.profile.columns}
    for each in columns:
        parts = each.split(",")
        yield from parts if each not in names and names.issuperset(parts) else [each]


def _order(table: Table, sort: str, names: tuple[str, ...]) -> Order:
    """Return how rows are sorted; a name may itself begin with a minus."""
    names_of_table = {column.name for column in table.profile.columns}
    descending = sort not in names_of_table and sort.startswith("-")
    name = table.profile.column(sort[1:] if descending else sort).name
    if name not in names:
        raise Invalid(f"sort names {name!r}, which is none of the columns asked for.", code="bad_query")
    return Order(names.index(name), descending=descending)


def page(table: Table, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of rows as JSON."""
    query = query_of(table, params)
    result = table.run(query)
    total = result.total_rows
    if not result.rows and query.offset:  # behind the end: the count comes with a row
        total = table.run(replace(query, limit=1, offset=0)).total_rows
    return {
        "rows": [dict(zip(result.columns, row, strict=True)) for row in result.rows],
        "columns": list(result.columns),
        "total": total,
        "limit": query.limit,
        "offset": query.offset,
        "version": table.version,
    }


def stream_csv(table: Table, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield all rows that pass the filters as a CSV; no text in it begins as a formula."""
    query = replace(query_of(table, {**asked, "limit": MOST_ROWS, "offset": 0}))
    result = table.run(query)  # what is wrong with a query is raised before anything is sent
    return _lines(table, query, result, mark=bool(asked.get("bom")))


def _lines(table: Table, query: Query, result: Any, *, mark: bool) -> Iterator[str]:
    yield (MARK if mark else "") + _written([[cell(name) for name in result.columns]])
    offset = 0
    while result.rows:
        yield _written([list(map(cell, row)) for row in result.rows])
        offset += len(result.rows)
        if offset >= result.total_rows:
            return
        result = table.run(replace(query, offset=offset))


def _written(rows: list[list[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()
