"""What the owner of a data set says about its file, against what would be read of it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ColumnOverride:
    """A column's type, unit, role and missing values, as its owner says."""

    type: str | None = None
    unit: str | None = None
    role: str | None = None
    missing: tuple[str, ...] = ()
    order: str | None = None


@dataclass(frozen=True)
class Overrides:
    """All that an owner says; `totals` is `set_aside` or `keep`, `fill_down` names merged columns."""

    columns: Mapping[str, ColumnOverride] = field(default_factory=dict)
    totals: str = "set_aside"
    fill_down: tuple[str, ...] = ()
    crs: str | None = None

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Overrides:
        """Return overrides from their JSON."""
        columns = {
            name: ColumnOverride(
                type=column.get("type"),
                unit=column.get("unit"),
                role=column.get("role"),
                missing=tuple(str(value) for value in column.get("missing", ())),
                order=column.get("format"),
            )
            for name, column in document.get("columns", {}).items()
        }
        return cls(
            columns=columns,
            totals=document.get("totals", "set_aside"),
            fill_down=tuple(document.get("fill_down", ())),
            crs=document.get("crs"),
        )
