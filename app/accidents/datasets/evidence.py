"""What an answer rests on: the query, its result, and where both came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.accidents.datasets import readings
from app.accidents.datasets.executor import Result
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Field, Filter, Function, Having, Measure, Op, Order, Part, Query

MOST_ROWS = 200  # of a result that evidence keeps and shows


@dataclass(frozen=True)
class Table:
    """One version of a data set, ready to be asked; `id` is empty for a file without a server.

    `run` answers a query: over a file beside us, or over a stored one, beside the loop.
    """

    profile: Profile
    run: Callable[[Query], Result]
    id: str = ""
    version: int = 1


def ask(table: Table, query: Query, *, tool: str = "query") -> dict[str, Any]:
    """Run a query and return its evidence.

    Raises:
        BadQuery, UnknownColumn: the query does not fit the table.
        QueryTimeout: it takes too long.

    """
    return present(table, query, table.run(query), tool=tool)


def present(table: Table, query: Query, result: Result, *, tool: str) -> dict[str, Any]:
    """Return a result as evidence, without an id: it gets one when it is stored."""
    rows = [list(row) for row in result.rows[:MOST_ROWS]]
    return {
        "tool": tool,
        "arguments": dump(query),
        "reading_ko": readings.read(query, "ko"),
        "reading_en": readings.read(query, "en"),
        "columns": list(result.columns),
        "rows": rows,
        "total_rows": result.total_rows,
        "truncated": len(rows) < result.total_rows,
        "denominator": _denominator(query, result),
        "matched": result.matched,
        "missing_left_out": result.missing_left_out,
        "dataset_id": table.id,
        "version": table.version,
        "sql": result.sql,
        "ms": result.ms,
    }


def _denominator(query: Query, result: Result) -> int | None:
    """Return of how many rows the shares of a query are; None where there are none, or of a sum."""
    ratios = {Function.SHARE, Function.PART}
    shares = [each for each in query.measures if each.function in ratios and each.column is None]
    return result.matched if shares else None


def dump(query: Query) -> dict[str, Any]:
    """Return a query as JSON, without what it does not say."""
    return {name: value for name, value in _pruned(asdict(query)).items() if value not in ([], ())}


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(each) for name, each in value.items() if each is not None and each != ()}
    return [_pruned(each) for each in value] if isinstance(value, list | tuple) else value


def load(document: Mapping[str, Any]) -> Query:
    """Return a query from its JSON."""
    return Query(
        measures=tuple(_measure(each) for each in document.get("measures", ())),
        where=_filters(document.get("where", ())),
        group=tuple(load_field(each) for each in document.get("group", ())),
        columns=tuple(document.get("columns", ())),
        having=tuple(Having(**{**each, "op": Op(each["op"])}) for each in document.get("having", ())),
        order=tuple(Order(**each) for each in document.get("order", ())),
        **{name: document[name] for name in ("limit", "offset", "ties") if name in document},
    )


def load_field(document: Mapping[str, Any]) -> Field:
    """Return a column, or a part of it, from its JSON."""
    return Field(**{**document, "part": Part(document.get("part", Part.VALUE))})


def _filters(documents: Any) -> tuple[Filter, ...]:
    return tuple(_filter(each) for each in documents)


def _filter(document: Mapping[str, Any]) -> Filter:
    against = document.get("against")
    return Filter(
        load_field(document["field"]),
        Op(document["op"]),
        tuple(document.get("values", ())),
        load_field(against) if against else None,
        _filters(document.get("others", ())),
    )


def _measure(document: Mapping[str, Any]) -> Measure:
    values = {**document, "function": Function(document["function"])}
    return Measure(**{**values, "where": _filters(document.get("where", ()))})
