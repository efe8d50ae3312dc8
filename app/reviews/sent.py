"""The caller's own rows beside ours: their columns come back, in the API and on the command line alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.files.jobs.csv_cells import cell
from app.files.uploads.delimiters import is_number

COLUMNS = (
    *("position", "file", "index", "text", "label", "positive", "negative", "neutral", "mixed"),
    *("language", "language_supported", "error", "error_column", "error_value"),
)
TEXT = "text"
RENAMED = "input_"  # begins the heading of a column of the caller's that is called like one of ours
MOST_COLUMNS = 200  # that come back

Sent = Sequence[Any] | Mapping[str, Any]  # the cells of a table, or the fields of an object


def restored(file: Mapping[str, Any], sent: Sent | None, text: str | None) -> dict[str, Any]:
    """Return a row as it was sent, by the names of its file's columns."""
    names: Sequence[str] = file.get("columns") or ()
    if sent is None:
        return {name: text for name in names if name == file.get("text_column")}
    if not isinstance(sent, Mapping):
        sent = dict(zip(names, sent, strict=False))
    return {
        name: text if value is None and name == file.get("text_column") else value
        for name, value in sent.items()
    }


def parsed(sent: str | None) -> Sent | None:
    """Return a row as it was sent from how it is stored."""
    return None if sent is None else json.loads(sent)


@dataclass(frozen=True)
class Layout:
    """The columns of a result's CSV: the caller's by their headings, then ours.

    Attributes:
        theirs: the heading of each column of the caller's that comes back, by its name.
        ours: those of COLUMNS; `text` is not among them where the caller's is called that.

    """

    theirs: Mapping[str, str]
    ours: tuple[str, ...]

    @classmethod
    def of(cls, files: Sequence[Mapping[str, Any]]) -> Layout:
        """Return the layout of a result of files, each with its `columns` and its `text_column`."""
        names = dict.fromkeys(name for file in files for name in file.get("columns") or ())
        is_text = TEXT in names and all(
            file.get("text_column") == TEXT for file in files if file.get("columns")
        )
        theirs: dict[str, str] = {}
        for name in list(names)[:MOST_COLUMNS]:
            theirs[name] = name if name == TEXT and is_text else _free(name, {*COLUMNS, *theirs.values()})
        return cls(theirs, tuple(name for name in COLUMNS if not (name == TEXT and is_text)))

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of all columns."""
        return (*self.theirs.values(), *self.ours)

    def cells(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the cells of a row, whose `input` is as it was sent.

        No text of them is a formula, and a signed number is none.
        """
        sent = row["input"] or {}
        return [*map(_own_cell, map(sent.get, self.theirs)), *map(cell, map(row.__getitem__, self.ours))]


def _free(name: str, taken: set[str]) -> str:
    """Return a heading that is not taken."""
    while name in taken:
        name = f"{RENAMED}{name}"
    return name


def _own_cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1].isalnum():
        return value
    return value if isinstance(value, str) and is_number(value) else cell(value)
