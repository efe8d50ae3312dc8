"""Name columns: each once without regard to case, from what the header says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_CHARACTERS = 200

_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return a heading without what cannot be seen of it, in composed letters."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFC", _SPACES.sub(" ", text)))
    return shown.strip()[:MOST_CHARACTERS].strip()


def unique_names(headings: Sequence[str]) -> list[str]:
    """Return a name for each heading: `column_6` for an empty one, `name_2` for one that comes again."""
    taken = {clean(each).casefold() for each in headings}
    names: list[str] = []
    used: set[str] = set()
    for position, heading in enumerate(headings, start=1):
        name = clean(heading) or _free(f"column_{position}", taken | used)
        if name.casefold() in used:
            name = _numbered(name, taken | used)
        used.add(name.casefold())
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    return name if name.casefold() not in taken else _numbered(name, taken)


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"
