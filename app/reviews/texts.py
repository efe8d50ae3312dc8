"""What a review may be, one by one and in files alike."""

from __future__ import annotations

import re

MAX_TEXT = 512  # characters: code points, so an emoji or a combining mark is one
MAX_LONG_TEXT = 5000  # where the caller says how a longer text is to be judged
# White space, and what has no width: soft hyphen, joiners, marks of direction, Hangul filler.
SEEN_PATTERN = r"[^\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]"
_SEEN = re.compile(SEEN_PATTERN)


def is_blank(text: str) -> bool:
    """Say whether nothing of a text can be seen."""
    return _SEEN.search(text) is None


def cut(text: str) -> str:
    """Return the beginning of a text that is judged where it is to be cut: MAX_TEXT characters."""
    return text[:MAX_TEXT]
