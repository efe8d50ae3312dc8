"""Markdown with HTML: what a browser would show of it, as blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.documents.reading.model import Reading

SIGNS = re.compile(
    r"^#{1,6}\s|^```|^\s*\|.+\|\s*$|<(?:table|br|p|div|span|h[1-6]|ul|ol|del|b|strong|script)\b|\*\*\S|^\s*[-*]\s|<!--",
    re.MULTILINE,
)


def looks_like_markup(text: str) -> bool:
    """Say whether a text has the signs of Markdown or HTML."""
    return bool(SIGNS.search(text))


def read_markup(text: str, encoding: str) -> Reading:
    """Return the blocks of Markdown."""
    raise NotImplementedError
