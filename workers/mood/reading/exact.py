"""XML token by token: comments, sections, a broken DTD, quotes of both kinds.

Only what is needed to know which tags are elements is understood; nothing is expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.mood.reading.errors import BrokenExport

if TYPE_CHECKING:
    from collections.abc import Iterator

# The look behind lets a match begin where a name does, not at each byte of a long name without a value.
ATTRIBUTE = re.compile(rb"""(?<![^\s=/>"'<])([^\s=/>"'<]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
TAG = re.compile(rb"""<(/?[^\s/>"'<!?]+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>""")
ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
SUBSET_END = re.compile(rb"\]\s*>")
DECLARATION = re.compile(
    rb"""<!--.*?-->|<\?.*?\?>|<![A-Z]+(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>|[\s%;A-Za-z0-9_.-]++""", re.DOTALL
)
MOST_TAG_BYTES = 8_000_000
MOST_DTD_BYTES = 4_000_000


@dataclass(frozen=True)
class Tag:
    """A start or end tag: its name, the bytes of its attributes, and where it stands in the chunk."""

    name: bytes
    body: bytes
    start: int
    end: int

    @property
    def is_closed(self) -> bool:
        """Whether it is an element without content."""
        return self.body.endswith(b"/")


@dataclass
class Tokens:
    """Splits a document that comes in chunks; `consumed` says up to where the last chunk is done."""

    ending: bytes | None = None  # of a comment, section or instruction that is still open
    consumed: int = 0
    offset: int = 0  # of the chunk's first byte in the document, for messages

    def tags(self, data: bytes) -> Iterator[Tag]:
        """Yield the whole tags of a chunk."""
        self.consumed = 0
        if self.ending is not None and not self._skip(data, 0):
            return
        while True:
            place = data.find(b"<", self.consumed)
            if place < 0:
                self.consumed = len(data)
                return
            self.consumed = place
            match = TAG.match(data, place)
            if match is not None:
                self.consumed = match.end()
                yield Tag(match[1], match[2], place, match.end())
            elif not self._pass(data, place):
                return

    def _pass(self, data: bytes, place: int) -> bool:
        """Pass what is no tag; return whether there may be more in this chunk."""
        for opening, ending in ENDS.items():
            if data.startswith(opening, place):
                self.ending = ending
                return self._skip(data, place + len(opening))
        if data.startswith(b"<!DOCTYPE", place):
            return self._pass_doctype(data, place)
        return self._pass_stray(data, place)

    def _skip(self, data: bytes, place: int) -> bool:
        """Skip to behind the ending of what is open."""
        assert self.ending is not None
        end = data.find(self.ending, place)
        if end < 0:
            self.consumed = max(place, len(data) - len(self.ending) + 1)
            return False
        self.consumed = end + len(self.ending)
        self.ending = None
        return True

    def _pass_doctype(self, data: bytes, place: int) -> bool:
        end = doctype_end(data, place)
        if end is None:
            if len(data) - place > MOST_DTD_BYTES:
                raise BrokenExport(
                    "export_broken", f"The DTD that begins at byte {self.offset + place} has no end."
                )
            return False
        self.consumed = end
        return True

    def _pass_stray(self, data: bytes, place: int) -> bool:
        """Wait for the rest of a tag; a `<` that begins none is passed."""
        following = data[place + 1 : place + 2]
        if following and (following.isspace() or following in (b"<", b">", b"=", b'"', b"'")):
            self.consumed = place + 1
            return True
        if len(data) - place > MOST_TAG_BYTES:
            raise BrokenExport(
                "export_broken",
                f"The tag at byte {self.offset + place} has no end within {MOST_TAG_BYTES} bytes.",
            )
        return False


def doctype_end(data: bytes, place: int) -> int | None:
    """Return where a document type ends, also where a declaration in it lacks its end."""
    opened = data.find(b"[", place)
    closed = data.find(b">", place)
    if closed >= 0 and (opened < 0 or closed < opened):
        return closed + 1
    if opened < 0:
        return None
    at = opened + 1
    while (match := DECLARATION.match(data, at)) is not None:
        at = match.end()
    match = SUBSET_END.match(data, at) or SUBSET_END.search(data, at)
    return match.end() if match else None
