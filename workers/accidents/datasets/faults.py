"""What is wrong with a file as a whole, and what is to be said of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.http.errors import TaskError

MOST_NAMED = 20  # rows that one warning names
SHOWN_CHARACTERS = 100


class UnreadableTable(TaskError):
    """Raised when a file cannot be read as a table; the code says why."""


@dataclass(frozen=True)
class Warned:
    """Something that a reader of the figures has to know; rows count from 1 below the header."""

    code: str
    message: str
    fix: str
    column: str | None = None
    rows: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    value: Any = None
    count: int | None = None

    def document(self) -> dict[str, Any]:
        """Return it as the profile has it, with the first of its rows."""
        shown = {"code": self.code, "message": self.message, "fix": self.fix}
        if self.column is not None:
            shown["column"] = self.column
        if self.value is not None:
            shown["value"] = shorten(self.value)
        count = self.count if self.count is not None else max(len(self.rows), len(self.lines))
        return {
            **shown,
            "rows": list(self.rows[:MOST_NAMED]),
            "lines": list(self.lines[:MOST_NAMED]),
            "count": count,
        }


@dataclass
class Collected:
    """Rows with the same fault, gathered while they are read."""

    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    value: str | None = None
    count: int = 0

    def add(self, row: int | None, line: int, value: str | None = None) -> None:
        """Note one more row; only the first ones are kept."""
        self.count += 1
        self.value = self.value if self.value is not None else value
        if len(self.lines) < MOST_NAMED:
            self.lines.append(line)
            self.rows += [row] if row is not None else []

    def warning(self, code: str, message: str, fix: str) -> Warned:
        """Return what is to be said of these rows."""
        return Warned(
            code,
            message,
            fix,
            rows=tuple(self.rows),
            lines=tuple(self.lines),
            value=self.value,
            count=self.count,
        )


def shorten(value: Any) -> Any:
    """Return a value, a long text cut."""
    return value[:SHOWN_CHARACTERS] if isinstance(value, str) else value


def named(values: Iterable[str]) -> str:
    """Return a few values as a message shows them."""
    return ", ".join(repr(value[:40]) for value in values)
