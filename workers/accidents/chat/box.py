"""What a tool is, and the data set that it answers from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.accidents.datasets import evidence as evidences
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Field, Filter, Op, Part, Query

Document = dict[str, Any]


class Refused(Exception):
    """Raised when a tool's arguments are not what it takes; the model is told why."""


@dataclass
class Box:
    """A data set as tools ask it."""

    table: Table
    predict: Callable[[Sequence[Document]], list[Document]] | None = None

    def column(self, name: Any) -> Column:
        """Return a column by its name; raise UnknownColumn."""
        return self.table.profile.column(str(name))

    def ask(self, query: Query, tool: str) -> Document:
        """Return a query's evidence."""
        return evidences.ask(self.table, query, tool=tool)

    def filters(self, arguments: Document) -> tuple[Filter, ...]:
        """Return the filters of a call."""
        given = arguments.get("filters") or []
        if not isinstance(given, list):
            raise Refused("filters must be a list.")
        return tuple(self._filter(each) for each in given[:20])

    def _filter(self, given: Any) -> Filter:
        try:
            term = Field(
                self.column(given["column"]).name,
                Part(given.get("part", "value")),
                number=given.get("number"),
            )
            values = tuple(
                value if isinstance(value, int | float) else str(value) for value in given.get("values", ())
            )
            return Filter(term, Op(given["op"]), values)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Refused("A filter is {column, op, values} with an op of the list.") from None

    def term(self, arguments: Document, name: str = "column") -> Field:
        """Return the field that a call groups by."""
        return Field(
            self.column(arguments[name]).name,
            Part(arguments.get("part") or "value"),
            number=arguments.get("number"),
        )

    def given(
        self, tool: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], arguments: Document
    ) -> Document:
        """Return evidence of what is known without a query."""
        return {
            "tool": tool, "arguments": arguments, "columns": list(columns), "rows": [list(row) for row in rows], "total_rows": len(rows),
            "dataset_id": self.table.id, "version": self.table.version,
        }  # fmt: skip


@dataclass(frozen=True)
class Tool:
    """One tool: what it does, what it takes, and how it is answered."""

    about: str
    takes: Mapping[str, str]  # the kind of each argument; a ? marks one that may be left out
    answer: Callable[[Box, Document], Document]
