"""A text as a reader takes it: without markup, addresses, list marks and what cannot be seen.

`plain_word` is for headings, option values and names; `plain_text` also leaves out what surrounds a
sentence, and tells where each part of it stands in the text as it was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.text.characters import settle
from app.text.mapped import Mapped

if TYPE_CHECKING:
    from app.text.mapped import Edit

_INLINE = "a|abbr|b|big|code|del|em|font|i|ins|mark|s|small|span|strike|strong|sub|sup|u"
_BLOCK = (
    "blockquote|body|br|center|dd|div|dl|dt|h[1-6]|head|hr|html|img|li|ol|p|pre|q|section|table|tbody|td|th"
    "|thead|tr|ul|wbr"
)
# A letter is looked for first: trying every name behind each of 100,000 `<` takes long.
_TAG = re.compile(rf"</?(?=[a-z])(?:({_INLINE})|{_BLOCK})(?:\s[^<>]{{0,300}}|/)?>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_MENTION = re.compile(r"(?<![\w.@])@\w{1,50}")
_BULLETS = "*\u2010-\u2015\u2022\u2023\u25aa\u25cf\u25e6\u30fb\u00b7>#"
_LIST_MARK = re.compile(rf"(?:^|(?<=\n))[ \t]{{0,20}}(?:[-{_BULLETS}]{{1,6}}|\d{{1,2}}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r"\*{1,3}|_{2,3}|~~|`{1,3}|_")
_QUOTED = re.compile(r"""\s*(["'])(.+)\1[.!?]{0,9}\s*""", re.DOTALL)
_ODD = re.compile(
    rf"[&<@*_~`\[\"]|^\s{{0,9}}'|://|www\.|^[ \t]{{0,20}}(?:[-{_BULLETS}]|\d{{1,2}}[.)])[ \t]",
    re.MULTILINE | re.IGNORECASE,
)


def plain_word(text: str) -> str:
    """Return a heading, a value or a name in its usual characters, without blanks at its ends."""
    mapped = Mapped(text)
    settle(mapped)
    return mapped.text.strip()


def plain_text(text: str) -> Mapped:
    """Return a text as a reader takes it; it may be empty, as of one that is an address alone."""
    mapped = Mapped(text)
    settle(mapped)
    if _ODD.search(mapped.text):
        _unwrap(mapped)
    return mapped


def _unwrap(mapped: Mapped) -> None:
    if "<" in mapped.text:
        mapped.sub(_TAG, lambda match: "" if match[1] else " ")
    mapped.sub(_LINK, lambda match: match[1])
    mapped.sub(_ADDRESS, lambda _: "")
    if "@" in mapped.text:
        mapped.sub(_MAIL, lambda _: "")
        mapped.sub(_MENTION, lambda _: "")
    mapped.sub(_LIST_MARK, lambda _: "")
    mapped.edit(_fences(mapped.text))
    if (match := _QUOTED.fullmatch(mapped.text)) and '"' not in match[2]:
        start, end = match.span(2)
        mapped.edit([(start - 1, start, ""), (end, end + 1, "")])


def _fences(text: str) -> list[Edit]:
    """Return the edits that leave out marks of emphasis, which come in pairs around words."""
    edits: list[Edit] = []
    opened: dict[str, int] = {}
    for fence in _FENCE.finditer(text):
        mark, (start, end) = fence[0], fence.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if mark in opened and before.strip() and not after.isalnum():
            first = opened.pop(mark)
            edits += [(first, first + len(mark), ""), (start, end, "")]
        elif after.strip() and not before.isalnum():
            opened[mark] = start
    return sorted(edits)
