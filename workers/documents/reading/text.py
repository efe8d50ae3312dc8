"""Plain text and Markdown: told by content, decoded, and cut into blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.reading.errors import UnreadableDocument
from workers.documents.reading.markup import looks_like_markup, read_markup
from workers.documents.reading.model import Block, Reading
from workers.documents.reading.text_tables import table_end, write_table
from workers.documents.tree import PageState

if TYPE_CHECKING:
    from collections.abc import Iterator

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\x0c\x1b")
NO_SPACE: dict[str, str | int | None] = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u00ad": "",
    "\ufeff": "",
    "\u200b": "",
}


def read_text(content: bytes) -> Reading:
    """Return a text file's blocks.

    Raises:
        UnreadableDocument: the content is no text.

    """
    text, encoding = decoded(content)
    if looks_like_markup(text):
        return read_markup(text, encoding)
    return _plain(text, encoding)


def decoded(content: bytes) -> tuple[str, str]:
    """Return a file's text and the name of its encoding.

    Raises:
        UnreadableDocument: the content is no text in UTF-8, UTF-16 or Windows-1252.

    """
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return _strictly(content, encoding)
    guess = _utf16_guess(content)
    if guess:
        return _strictly(content, guess)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _by_lines(content)
        encoding = "windows-1252" if not _some_utf8(content) else "utf-8+windows-1252"
    else:
        encoding = "utf-8"
    _check_text(content, text)
    return text, encoding


def _strictly(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if any(ord(sign) in CONTROL for sign in text[:4096]):
        raise _no_text()
    return text, encoding.removesuffix("-sig")


def _utf16_guess(content: bytes) -> str | None:
    """Return UTF-16's byte order where every second byte of the beginning is mostly nought."""
    head = content[:2000]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    half = len(head) / 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _by_lines(content: bytes) -> str:
    """Decode each line by itself: files pasted together hold UTF-8 and Windows-1252."""
    return "".join(_line(line) for line in content.splitlines(keepends=True))


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("windows-1252", errors="replace")


def _some_utf8(content: bytes) -> bool:
    return any(not line.isascii() and _is_utf8(line) for line in content.splitlines())


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_text(content: bytes, text: str) -> None:
    control = sum(content.count(code) for code in CONTROL)
    replaced = text.count("\ufffd")
    if control > 0.001 * len(content) + 0 or replaced > 0.01 * len(text):
        raise _no_text()


def _no_text() -> UnreadableDocument:
    return UnreadableDocument(
        "unsupported_content", "the content is neither a PDF nor text in UTF-8, UTF-16 or Windows-1252"
    )


def _plain(text: str, encoding: str) -> Reading:
    """Return plain text's blocks: paragraphs are parted by blank lines, by labels, and by pages."""
    builder: list[str] = []
    blocks: list[Block] = []
    pages: list[PageState] = []
    length = 0
    for number, sheet in enumerate(text.split("\f"), start=1):
        begin = length
        for part in _parts(sheet):
            start = length + (1 if length else 0)
            paragraph, block = _block(part, start, number)
            builder.append(("\n" if length else "") + paragraph)
            length = start + len(paragraph)
            blocks.append(block)
        pages.append(PageState(number, chars=length - begin))
    return Reading("".join(builder), tuple(blocks), tuple(pages), encoding=encoding)


LABEL = re.compile(
    r"^\s*(?:[-*•·–]\s+\S|\(?[a-z]{1,2}\)\s|\(\d{1,2}\)\s|\d{1,2}(?:\.\d{1,2}){0,4}[.)]?\s+[A-ZÄÖÜ(\"„]"
    r"|(?:Art\.|§|Abs\.|lit\.|Ziff\.|Section|Article)\s*[\dA-Za-z]|#{1,6}\s|[A-Z]\s?\d{1,2}(?:\.\d{1,2})*\s)"
)


def _block(part: str | list[str], start: int, page: int) -> tuple[str, Block]:
    """Return the text and block of a paragraph, or of a table's lines."""
    if isinstance(part, list):
        return write_table(part, start, page)
    return part, Block("text", start, start + len(part), page)


def _parts(text: str) -> Iterator[str | list[str]]:
    """Yield a sheet's paragraphs with their lines joined, and the lines of each table."""
    raw = text.translate(str.maketrans(NO_SPACE)).splitlines()
    lines: list[str] = []
    index = 0
    while index < len(raw):
        end = table_end(raw, index)
        line = " ".join(raw[index].split())
        if lines and (end > index or not line or LABEL.match(line) or _is_title(lines)):
            yield joined(lines)
            lines = []
        if end > index:
            yield raw[index:end]
        elif line:
            lines.append(line)
        index = max(end, index + 1)
    if lines:
        yield joined(lines)


def _is_title(lines: list[str]) -> bool:
    return lines[-1].startswith("#")


def joined(lines: list[str]) -> str:
    """Return lines as one, words that a hyphen parts at a line's end joined."""
    text = lines[0]
    for line in lines[1:]:
        word = line.split()[0].rstrip(",;")
        hyphen = text.endswith("-") and text[-2:-1].isalnum()
        if hyphen and line[0].islower() and word not in {"und", "oder", "bzw.", "and", "or", "sowie"}:
            text = text[:-1] + line
        elif hyphen and not line[0].islower():
            text += line
        else:
            text += " " + line
    return text
