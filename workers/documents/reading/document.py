"""A file of any kind that is read here: told apart by its content, never by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.documents.reading.errors import UnreadableDocument
from workers.documents.reading.pdf import read_pdf
from workers.documents.reading.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.documents.reading.model import Reading

__all__ = ["UnreadableDocument", "read_document"]
PDF_WITHIN = 1024  # bytes: viewers look for the sign of a PDF so far


def read_document(
    content: bytes, *, ocr: bool = True, progress: Callable[[int, int], None] | None = None
) -> Reading:
    """Return what a file says: PDF, Markdown or plain text.

    Raises:
        UnreadableDocument: it is none of these, is empty, damaged or locked.

    """
    if not content.strip():
        raise UnreadableDocument("document_empty", "the file is empty; send a PDF, Markdown or plain text")
    if b"%PDF-" in content[:PDF_WITHIN]:
        return read_pdf(content, ocr=ocr, progress=progress)
    return read_text(content)
