"""The tools that a language model has: typed arguments, each compiled by the query core, results as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.accidents.datasets.query import Op, Part
from app.http.errors import AssayError
from workers.accidents.chat.box import Box, Document, Refused, Tool
from workers.accidents.chat.tools import TOOLS

MOST_CALLS = 5  # of one message
MOST_ROWS_SHOWN = 30  # of a result to the model; the rest is in the evidence
_MOST_ENUM = 200
_FUNCTIONS = ("count", "sum", "mean", "median", "min", "max", "deviation", "distinct")
_PARTS = tuple(part.value for part in Part if part is not Part.BIN)
_FILTER = {
    "type": "object",
    "properties": {
        "column": {"type": "string"},
        "part": {"type": "string", "enum": list(_PARTS)},
        "number": {"type": "integer"},
        "op": {"type": "string", "enum": [op.value for op in Op]},
        "values": {"type": "array", "items": {"type": ["string", "number"]}},
    },
    "required": ["column", "op"],
    "additionalProperties": False,
}


@dataclass
class Toolbox(Box):
    """A data set's tools for one message, and the evidence that they gave."""

    evidence: list[Document] = field(default_factory=list)
    calls: int = 0
    refused: list[str] = field(default_factory=list)

    def specifications(self) -> list[Document]:
        """Return the tools as a language model is told of them."""
        return [
            {"name": name, "description": tool.about, "input_schema": self._schema(tool)}
            for name, tool in TOOLS.items()
        ]

    def _schema(self, tool: Tool) -> Document:
        properties = {name: self._kind(kind.rstrip("?")) for name, kind in tool.takes.items()}
        required = [name for name, kind in tool.takes.items() if not kind.endswith("?")]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _kind(self, kind: str) -> Document:
        names = [column.name for column in self.table.profile.columns][:_MOST_ENUM]
        column: Document = {"type": "string", "enum": names}
        kinds: Mapping[str, Document] = {
            "column": column,
            "columns": {"type": "array", "items": column},
            "filters": {"type": "array", "items": _FILTER},
            "function": {"type": "string", "enum": list(_FUNCTIONS)},
            "part": {"type": "string", "enum": list(_PARTS)},
            "limit": {"type": "integer", "minimum": 1, "maximum": 200},
            "number": {"type": "number"},
            "flag": {"type": "boolean"},
            "text": {"type": "string"},
            "accident": {"type": "object"},
            "accidents": {"type": "array", "items": {"type": "object"}, "maxItems": 100},
        }
        return kinds[kind]

    def call(self, name: str, arguments: Any) -> Document:
        """Answer one call; what is wrong with it is said and shown, and nothing is done.

        The result names its evidence: e1, e2, ...
        """
        self.calls += 1
        try:
            document = self._answer(name, arguments)
        except (Refused, AssayError) as error:
            reason = str(error)[:300]
            self.refused.append(f"{name[:40]}: {reason}")
            return {"error": reason}
        self.evidence.append(document)
        shown = document["rows"][:MOST_ROWS_SHOWN]
        return {
            "evidence": f"e{len(self.evidence)}",
            "columns": document["columns"],
            "rows": shown,
            "total_rows": document.get("total_rows", len(shown)),
        }

    def _answer(self, name: str, arguments: Any) -> Document:
        if self.calls > MOST_CALLS:
            raise Refused(f"The limit of {MOST_CALLS} tool calls is reached; answer with what you have.")
        tool = TOOLS.get(name)
        if tool is None:
            raise Refused(f"There is no tool {name[:40]!r}; there are: {', '.join(TOOLS)}.")
        if not isinstance(arguments, dict):
            raise Refused("The arguments must be an object.")
        unknown = [each for each in arguments if each not in tool.takes]
        missing = [
            each for each, kind in tool.takes.items() if not kind.endswith("?") and each not in arguments
        ]
        if unknown or missing:
            raise Refused(
                f"{name} takes {', '.join(tool.takes)}; unknown: {unknown[:5]}, missing: {missing}."
            )
        return tool.answer(self, arguments)
