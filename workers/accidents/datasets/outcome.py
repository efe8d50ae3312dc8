"""What a file is read as: a typed table with its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workers.accidents.datasets.positions import Positions
from workers.accidents.datasets.sheet import Sheet
from workers.accidents.datasets.typing_rules import Typed


@dataclass
class Reading:
    """A table: its typed columns, and the document that says what they hold.

    `district_column` names districts, `city_column` their cities where it does not itself.
    """

    sheet: Sheet
    names: list[str]
    typed: list[Typed]
    profile: dict[str, Any]
    positions: Positions | None = None
    district_column: int | None = None
    city_column: int | None = None
