"""What every chart is made of: a Plotly figure in plain dicts, and what is to be said beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accidents.datasets.asking import keep
from app.accidents.datasets.evidence import Table, present
from app.accidents.datasets.executor import Result
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.profile import Column
from app.accidents.datasets.query import Filter, Query

MOST_CATEGORIES = 20
MOST_POINTS = 5000
DIGITS = 6
COLOURS = ("#4e79a7", "#bab0ac", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7")
ELSE = {"ko": "그 밖의 {}개", "en": "the other {}"}


@dataclass(frozen=True)
class Wish:
    """What a request says of a chart."""

    name: str
    table: Table
    language: str = "ko"
    x: str | None = None
    y: str | None = None
    value: str | None = None
    aggregate: str | None = None
    by: str | None = None
    where: tuple[Filter, ...] = ()

    def column(self, name: str | None, *, of: str) -> Column:
        """Return a column that the request must name; raise BadQuery where it does not."""
        if name is None:
            raise BadQuery(f"The chart {self.name!r} needs `{of}`, the name of a column.")
        return self.table.profile.column(name)

    def numeric(self, name: str | None, *, of: str) -> Column:
        """Return a column of numbers that the request must name."""
        column = self.column(name, of=of)
        if not column.type.is_numeric:
            raise BadQuery(f"{column.name!r} is {column.type}; `{of}` needs numbers.")
        return column

    def say(self, korean: str, english: str) -> str:
        """Return one of two wordings."""
        return korean if self.language == "ko" else english


@dataclass
class Drawing:
    """A chart: traces and layout, the table that says the same, a sentence of each language, notes."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    said_ko: str
    said_en: str
    rows_used: int
    rows_left_out: int = 0
    evidence: list[str] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)

    def figure(self, wish: Wish) -> dict[str, Any]:
        """Return the figure as it is sent."""
        layout = {
            "template": None,
            "font": {"family": "sans-serif"},
            "margin": {"t": 60, "r": 20, "b": 60, "l": 70},
            "colorway": list(COLOURS),
            **self.layout,
        }
        meta = {
            "chart": wish.name,
            "dataset_id": wish.table.id or None,
            "version": wish.table.version,
            "evidence_id": self.evidence[0] if self.evidence else None,
            "evidence_ids": self.evidence,
            "rows_used": self.rows_used,
            "rows_left_out": self.rows_left_out,
            "table": {"columns": list(self.columns), "rows": [list(row) for row in self.rows]},
            "alt_ko": self.said_ko,
            "alt_en": self.said_en,
            "notes": self.notes,
        }
        return {"data": self.data, "layout": layout, "meta": meta}


@dataclass
class Asked:
    """The queries of one chart, and the evidence that they leave."""

    wish: Wish
    evidence: list[str] = field(default_factory=list)

    def run(self, query: Query) -> Result:
        """Answer a query and keep its evidence."""
        result = self.wish.table.run(query)
        document = present(self.wish.table, query, result, tool=f"chart_{self.wish.name}")
        if self.wish.table.id:
            self.evidence.append(str(keep(document)))
        return result


def title(text: str) -> dict[str, Any]:
    """Return a title; Plotly reads a little markup in it, which names of columns must not have."""
    return {"text": escape(text)}


def escape(text: object) -> str:
    """Return a text as Plotly shows it, letter by letter."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis(name: str, *, kind: str, **more: Any) -> dict[str, Any]:
    """Return an axis of a stated kind: Plotly would guess dates and numbers from labels."""
    return {"title": title(name), "type": kind, "automargin": True, **more}


def label(value: Any, language: str = "ko") -> str:
    """Return a category as it is shown."""
    if value is None:
        return "(값 없음)" if language == "ko" else "(missing)"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def rounded(value: Any) -> Any:
    """Return a number with as many digits as a chart can show."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def note(code: str, korean: str, english: str) -> dict[str, str]:
    """Return something that is to be known beside a chart."""
    return {"code": code, "message_ko": korean, "message_en": english}


def bars(labels: Sequence[str], values: Sequence[Any], **more: Any) -> dict[str, Any]:
    """Return a trace of bars."""
    return {"type": "bar", "x": list(labels), "y": [rounded(value) for value in values], **more}


def heat(
    xs: Sequence[str], ys: Sequence[str], cells: Mapping[tuple[str, str], Any], **more: Any
) -> dict[str, Any]:
    """Return a heat map of categories; a cell without rows is empty."""
    grid = [[rounded(cells.get((x, y))) for x in xs] for y in ys]
    return {"type": "heatmap", "x": list(xs), "y": list(ys), "z": grid, "colorscale": "Blues", **more}
