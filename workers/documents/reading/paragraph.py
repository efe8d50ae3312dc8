"""A paragraph: lines that belong together, or a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.documents.reading.lines import Line
    from workers.documents.reading.page_tables import PageTable


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, each with its page."""

    kind: str
    lines: list[tuple[Line, int]] = field(default_factory=list)
    table: PageTable | None = None
    page: int = 0
    indent: float = 0.0  # points from the column's left

    @property
    def last(self) -> Line:
        """Return the line that came last."""
        return self.lines[-1][0]
