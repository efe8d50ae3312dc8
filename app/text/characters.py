"""Characters that are written in several ways: composed, wide, invisible, as an entity, as an apostrophe."""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.text.mapped import Edit, Mapped

CHUNK = 256  # characters composed at once: composing sorts marks, in more than linear time

# Soft hyphen, joiners, marks of direction, fillers, variation selectors, byte order mark, language tags.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
ENTITY_LEVELS = 2  # a page's text that was escaped once more when it was saved
_WIDE = re.compile("[\uff01-\uff9f\uffa1-\uffee]+")  # differ from the usual ones in width alone
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_APOSTROPHE = re.compile(
    r"[\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u02bd\u2032\u2035\ua78c]|(?<=[^\W\d_])[`\u00b4](?=[^\W\d_])"
)
_QUOTE = re.compile("[\u201c-\u201f\u2033\u2036\u00ab\u00bb]")
_JAMO = re.compile("[\u1161-\u11ff\ud7b0-\ud7fb]")  # vowels and finals, which join what stands before
_UNUSUAL = re.compile(
    f"[{INVISIBLE}\uff01-\uffee\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2018-\u201f\u02b9-\u02bd"
    "\u2032-\u2036\ua78c\u00b4\u00ab\u00bb]"
)


def settle(mapped: Mapped) -> None:
    """Write characters in their usual way: entities, width, composition, spaces, apostrophes."""
    for _ in range(ENTITY_LEVELS if "&" in mapped.text else 0):
        mapped.sub(_ENTITY, lambda match: html.unescape(match[0]))
    if not mapped.text.isascii():
        _compose(mapped)
        if _UNUSUAL.search(mapped.text):
            _replace(mapped)
    if "`" in mapped.text:
        mapped.sub(_APOSTROPHE, lambda _: "'")


def _replace(mapped: Mapped) -> None:
    mapped.sub(_WIDE, lambda match: unicodedata.normalize("NFKC", match[0]))
    mapped.sub(_INVISIBLE, lambda _: "")
    mapped.sub(_SPACE, lambda _: " ")
    mapped.sub(_APOSTROPHE, lambda _: "'")
    mapped.sub(_QUOTE, lambda _: '"')


def _compose(mapped: Mapped) -> None:
    """Compose letters with their marks (NFC), a piece of the text at a time."""
    edits: list[Edit] = []
    for start, end in _chunks(mapped.text):
        piece = mapped.text[start:end]
        composed = unicodedata.normalize("NFC", piece)
        if composed != piece:
            edits += _cluster_edits(piece, composed, start)
    mapped.edit(edits)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield pieces that end before a character of its own, if one comes within as many again."""
    start = 0
    while start < len(text):
        end = min(start + CHUNK, len(text))
        most = min(end + CHUNK, len(text))
        while end < most and _joins(text[end]):
            end += 1
        yield start, end
        start = end


def _cluster_edits(piece: str, composed: str, start: int) -> list[Edit]:
    """Return the edits of each character with its marks; of the whole piece where those say otherwise."""
    edges = [0, *(n for n in range(1, len(piece)) if not _joins(piece[n])), len(piece)]
    edits = [(start + a, start + b, unicodedata.normalize("NFC", piece[a:b])) for a, b in pairwise(edges)]
    if "".join(put for _, _, put in edits) != composed:
        return [(start, start + len(piece), composed)]
    return edits


def _joins(character: str) -> bool:
    """Say whether a character may join the one before it."""
    return unicodedata.category(character)[0] == "M" or _JAMO.match(character) is not None
