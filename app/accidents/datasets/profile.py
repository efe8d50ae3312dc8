"""What is known of a data set: its columns with type, unit and figures, and how its file was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.http.errors import Invalid


class Type(StrEnum):
    """What all values of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def is_numeric(self) -> bool:
        """Say whether values can be added up."""
        return self in {Type.INTEGER, Type.NUMBER}

    @property
    def is_temporal(self) -> bool:
        """Say whether values have a year and a month."""
        return self in {Type.DATE, Type.DATETIME}


class Role(StrEnum):
    """What a column is for, where its type alone does not say it."""

    ID = "id"  # never added up, though it may consist of digits
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    DISTRICT = "district"


class UnknownColumn(Invalid):
    """Raised when a query names a column that the data set does not have."""


@dataclass(frozen=True)
class Column:
    """One column; `categories` are its frequent values with their counts, most frequent first."""

    name: str
    source_name: str
    type: Type
    role: Role | None = None
    unit: str | None = None
    missing: int = 0
    missing_tokens: tuple[str, ...] = ()
    distinct: int = 0
    min: int | float | str | None = None
    max: int | float | str | None = None
    mean: float | None = None
    sum: int | float | None = None
    sample: tuple[Any, ...] = ()
    true_label: str | None = None
    format: str | None = None
    categories: tuple[tuple[str, int], ...] = ()

    @property
    def is_measure(self) -> bool:
        """Say whether its values may be added up."""
        return self.type.is_numeric and self.role is not Role.ID

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Column:
        """Return a column from its JSON."""
        values = {name: document[name] for name in cls.__dataclass_fields__ if name in document}
        values["type"] = Type(document["type"])
        values["role"] = Role(document["role"]) if document.get("role") else None
        values |= {name: tuple(document.get(name, ())) for name in ("missing_tokens", "sample")}
        values["categories"] = tuple((value, count) for value, count in document.get("categories", ()))
        return cls(**values)


@dataclass(frozen=True)
class Profile:
    """The columns of one version of a data set, and its number of rows.

    `positions` says where points lie, if rows have one: `crs`, the two columns, counts of those left out.
    `hidden` columns stand beside those of the file, for the maps; their names begin with a space.
    """

    rows: int
    columns: tuple[Column, ...]
    positions: Mapping[str, Any] | None = None
    warnings: tuple[Mapping[str, Any], ...] = ()
    hidden: tuple[Column, ...] = ()

    def column(self, name: str) -> Column:
        """Return a column by its name, without regard to case; raise UnknownColumn."""
        for column in (*self.columns, *self.hidden):
            if column.name == name:
                return column
        folded = [column for column in self.columns if column.name.casefold() == name.casefold()]
        if folded:
            return folded[0]
        has = ", ".join(column.name for column in self.columns[:30])
        raise UnknownColumn(f"There is no column {name[:60]!r}; there are: {has}.", code="unknown_column")

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Profile:
        """Return a profile from its JSON, as `flask datasets profile` prints it."""
        return cls(
            rows=document["rows"],
            columns=tuple(Column.load(each) for each in document["schema"]),
            positions=document.get("positions"),
            warnings=tuple(document.get("warnings", ())),
            hidden=tuple(_hidden(name, kind) for name, kind in document.get("hidden", {}).items()),
        )


def _hidden(name: str, kind: str) -> Column:
    return Column(name, name, Type(kind))
