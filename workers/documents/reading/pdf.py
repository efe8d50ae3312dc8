"""A PDF as one normal text: opened by PDFium, its words as shown, laid out and joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from workers.documents.reading.errors import UnreadableDocument
from workers.documents.reading.furniture import without_furniture
from workers.documents.reading.layout import Column, arrange
from workers.documents.reading.model import Reading
from workers.documents.reading.paragraphs import TextBuilder, body_size, paragraphs, vocabulary
from workers.documents.reading.rules import grids, page_rules
from workers.documents.reading.words import Word, frame_of, page_words
from workers.documents.tree import PageState, Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

XFA_FULL = 2  # FORMTYPE_XFA_FULL: a dynamic form, whose pages hold no wording


@dataclass(slots=True)
class Page:
    """What is read of a page."""

    columns: list[Column]
    state: PageState
    warnings: list[Warned] = field(default_factory=list)


def read_pdf(content: bytes, *, ocr: bool, progress: Callable[[int, int], None] | None = None) -> Reading:
    """Return a PDF's normal text, blocks and places.

    Raises:
        UnreadableDocument: it wants a password, is damaged, or is a dynamic XFA form.

    """
    document = open_pdf(content)
    try:
        pages = _pages(document, ocr=ocr, progress=progress)
    finally:
        document.close()
    return _joined(pages)


def open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    """Open a PDF; an empty user password is tried, as every viewer does.

    Raises:
        UnreadableDocument: it wants a password, is damaged, has no pages, or is a dynamic XFA form.

    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableDocument(
                "document_encrypted",
                "the PDF asks for a password to open it; save it without one and send that",
            ) from error
        raise UnreadableDocument(
            "document_damaged", "the PDF cannot be opened: its structure is broken"
        ) from error
    if pdfium.FPDF_GetFormType(document.raw) == XFA_FULL:
        raise UnreadableDocument(
            "unsupported_xfa",
            "the PDF is a dynamic XFA form, whose pages hold no wording; print it to a PDF and send that",
        )
    if not len(document):
        raise UnreadableDocument("document_damaged", "the PDF has no page that can be read")
    return document


def _pages(
    document: pypdfium2.PdfDocument, *, ocr: bool, progress: Callable[[int, int], None] | None
) -> list[Page]:
    pages = []
    for number in range(1, len(document) + 1):
        pages.append(_page(document, number, ocr=ocr))
        if progress:
            progress(number, len(document))
    return pages


def _page(document: pypdfium2.PdfDocument, number: int, *, ocr: bool) -> Page:  # noqa: ARG001 - OCR reads next
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return Page([], PageState(number, "failed", "page_damaged"))
    try:
        textpage = page.get_textpage()
        try:
            return _read(page, textpage, number)
        finally:
            textpage.close()
    finally:
        page.close()


def _read(page: Any, textpage: Any, number: int) -> Page:
    frame = frame_of(page.raw)
    found = page_words(textpage.raw, frame)
    across, down = page_rules(page.raw, frame)
    upright = [word for word in found.words if word.turn == 0]
    columns = arrange(upright, grids(across, down))
    width, height = frame.size
    return Page(columns, PageState(number, chars=found.chars, width=round(width, 2), height=round(height, 2)))


def _joined(pages: Sequence[Page]) -> Reading:
    """Return the pages as one text, headers and footers out."""
    columns = [page.columns for page in pages]
    body = body_size(columns)
    without_furniture(columns, [page.state.height or 0.0 for page in pages], body)
    builder = TextBuilder(vocabulary(columns))
    for paragraph in paragraphs(columns, body):
        builder.add(paragraph)
    return Reading(
        builder.text(),
        tuple(builder.blocks),
        tuple(page.state for page in pages),
        spans=tuple(builder.spans),
        calls=tuple(builder.calls),
        warnings=tuple(warning for page in pages for warning in page.warnings),
        encoding=None,
    )


def turned(words: Sequence[Word]) -> list[Word]:
    """Return the words whose baseline is not level."""
    return [word for word in words if word.turn]
