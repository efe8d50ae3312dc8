"""Notes at the foot of a column, and the signs that they begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.reading.lines import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.page_tables import PageTable

NOTE_SIZE = 0.87  # a note is set smaller than this share of the text's size


def without_notes(
    parts: Sequence[Line | PageTable], body: float
) -> tuple[list[Line | PageTable], list[Line]]:
    """Part a column into text and the small lines at its foot, if one of them begins with a sign."""
    cut = len(parts)
    last = parts[-1] if parts else None
    size = last.size if isinstance(last, Line) else 0.0
    while cut and _is_as_small(parts[cut - 1], size):
        cut -= 1
    above = parts[cut - 1] if cut else None
    larger = max(body, above.size if isinstance(above, Line) and not above.bold else 0.0)
    if size >= NOTE_SIZE * larger:
        return list(parts), []
    notes = [part for part in parts[cut:] if isinstance(part, Line)]
    if not any(note_mark(line) for line in notes):
        return list(parts), []
    return list(parts[:cut]), notes


def _is_as_small(part: Line | PageTable, size: float) -> bool:
    return isinstance(part, Line) and part.size <= 1.04 * size


def note_mark(line: Line) -> str:
    """Return the sign that a note's line begins with."""
    match = re.match(r"^\(?(\d{1,2}|[*†‡§]{1,3})\)?$", line.words[0].text)
    return match[1] if match and len(line.words) > 1 else ""
