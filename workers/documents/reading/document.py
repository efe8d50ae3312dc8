"""A file of any kind that is read here: told apart by its content, never by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workers.documents.reading.attachments import PDF_WITHIN, behind, is_document
from workers.documents.reading.errors import UnreadableDocument
from workers.documents.reading.pdf import attachments_of, read_pdf
from workers.documents.reading.text import read_text
from workers.documents.tree import Warned

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.documents.reading.model import Reading

__all__ = ["UnreadableDocument", "read_document"]


def read_document(
    content: bytes, *, ocr: bool = True, progress: Callable[[int, int], None] | None = None
) -> Reading:
    """Return what a file says, PDF, Markdown or plain text; what a PDF carries with it is read behind it.

    Raises:
        UnreadableDocument: it is none of these, is empty, damaged or locked.

    """
    if not content.strip():
        raise UnreadableDocument("document_empty", "the file is empty; send a PDF, Markdown or plain text")
    if b"%PDF-" not in content[:PDF_WITHIN]:
        return read_text(content)
    reading = read_pdf(content, ocr=ocr, progress=progress)
    for name, attached in attachments_of(content):
        reading = _with_attached(reading, name, attached, ocr=ocr)
    return reading


def _with_attached(reading: Reading, name: str, content: bytes | None, *, ocr: bool) -> Reading:
    if content is None or not is_document(name, content):
        return _warned(reading, f"{name!r} is attached and was not read: it is no PDF or text, or too large")
    try:
        is_pdf = b"%PDF-" in content[:PDF_WITHIN]
        second = read_pdf(content, ocr=ocr) if is_pdf else read_text(content)
    except UnreadableDocument as error:
        return _warned(reading, f"{name!r} is attached and was not read ({error.code}): {error}")
    return behind(reading, second, name)


def _warned(reading: Reading, detail: str) -> Reading:
    return replace(reading, warnings=(*reading.warnings, Warned("attachment_not_read", detail)))
