"""A PDF as one normal text: opened by PDFium, its words as shown, laid out and joined."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from workers.documents.reading.attachments import attached_files
from workers.documents.reading.errors import UnreadableDocument
from workers.documents.reading.form import form_words
from workers.documents.reading.furniture import standing_lines, without_furniture
from workers.documents.reading.layout import Column, arrange
from workers.documents.reading.model import Reading
from workers.documents.reading.ocr import available, read_words
from workers.documents.reading.paragraphs import body_size, paragraphs
from workers.documents.reading.rules import grids, page_rules
from workers.documents.reading.turned import aside
from workers.documents.reading.visibility import image_share, split_hidden
from workers.documents.reading.words import Frame, PageWords, Word, frame_of, page_words
from workers.documents.reading.writing import TextBuilder, vocabulary
from workers.documents.tree import PageState, Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAST_BAD, BAD_SHARE = 2, 0.004  # signs that are no letters, from which a text layer is not trusted
VOWELS = 0.2  # German and English have some 38 % among their letters
FEW_LETTERS = 200  # a scanned page may bear a stamp or a page number as text
KEPT_CHARS = 2000  # of hidden text, for review
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


def attachments_of(content: bytes) -> list[tuple[str, bytes | None]]:
    """Return the files that a PDF carries with it, by name."""
    document = open_pdf(content)
    try:
        return list(attached_files(document))
    finally:
        document.close()


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
    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        document.init_forms()
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


def _page(document: pypdfium2.PdfDocument, number: int, *, ocr: bool) -> Page:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return Page([], PageState(number, "failed", "page_damaged"))
    try:
        textpage = page.get_textpage()
        try:
            return _read(document, page, textpage, number, ocr=ocr)
        finally:
            textpage.close()
    finally:
        page.close()


def _read(document: Any, page: Any, textpage: Any, number: int, *, ocr: bool) -> Page:
    frame = frame_of(page.raw)
    read = page_words(textpage.raw, frame)
    words, hidden = split_hidden(page, read, frame)
    warnings = _hidden_warnings(hidden, read.outside, number)
    width, height = frame.size
    state = PageState(number, chars=read.chars, width=round(width, 2), height=round(height, 2))
    reason = _unreadable(page.raw, read, words, frame)
    if reason:
        words, state, warnings = _by_picture(page, frame, state, reason, warnings, ocr=ocr)
    words = [*words, *form_words(document, page, frame, words)]
    across, down = page_rules(page.raw, frame)
    upright = [word for word in words if word.turn == 0]
    columns = arrange(upright, grids(across, down)) + aside(words, frame)
    return Page(columns, state, warnings)


def _hidden_warnings(hidden: Sequence[Word], outside: Sequence[str], number: int) -> list[Warned]:
    words = [word.text for word in hidden] + list(outside)
    if not words:
        return []
    detail = f"{len(words)} words that no viewer shows were not read"
    return [Warned("hidden_text", detail, number, " ".join(words)[:KEPT_CHARS])]


def _unreadable(page: Any, read: PageWords, words: Sequence[Word], frame: Frame) -> str | None:
    """Return why a page's text layer cannot be used: its letters are lost, or it is a picture."""
    if read.bad >= LEAST_BAD and read.bad >= BAD_SHARE * read.chars:
        return "garbled_text"
    if _is_noise(words):
        return "garbled_text"
    letters = sum(len(word.text) for word in words)
    if letters < FEW_LETTERS and image_share(page, frame) > (0.15 if letters < 12 else 0.5):
        return "needs_ocr"
    return None


def _is_noise(words: Sequence[Word]) -> bool:
    """Say whether letters make no words of any language: too few vowels, as where codes are shifted."""
    text = "".join(word.text for word in words).lower()
    letters = [sign for sign in text if sign.isascii() and sign.isalpha()]
    if len(letters) < 200 or len(letters) < 0.5 * len(text):
        return False
    return sum(sign in "aeiouy" for sign in letters) < VOWELS * len(letters)


def _by_picture(
    page: Any, frame: Frame, state: PageState, reason: str, warnings: list[Warned], *, ocr: bool
) -> tuple[list[Word], PageState, list[Warned]]:
    """Read a page by its picture where OCR is there, else say that it is not read."""
    if ocr and available():
        words = read_words(page, frame)
        warned = Warned("ocr", f"the page was read from its picture ({reason})", state.page)
        garbled = (
            [Warned(reason, "the letters of the text layer are lost", state.page)]
            if reason == "garbled_text"
            else []
        )
        return words, replace(state, chars=sum(len(w.text) for w in words)), [*warnings, *garbled, warned]
    warned = Warned(reason, "the page's text cannot be read without OCR", state.page)
    return [], replace(state, state="failed", reason=reason), [*warnings, warned]


def _joined(pages: Sequence[Page]) -> Reading:
    """Return the pages as one text, headers and footers out."""
    columns = [page.columns for page in pages]
    body = body_size(columns)
    without_furniture(columns, [page.state.height or 0.0 for page in pages], body)
    standing = standing_lines(columns)
    builder = TextBuilder(vocabulary(columns))
    for paragraph in paragraphs(columns, body, standing):
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
