"""What is filled in a PDF's form fields, as words at the places where a viewer shows them."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from workers.documents.reading.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.documents.reading.words import Frame
    from workers.documents.tree import Rect

UNSEEN = 0x02 | 0x20  # annotation flags Hidden and NoView, ISO 32000-1 table 165
PASSWORD = 1 << 13  # a text field's flag, ISO 32000-1 table 228
CHECKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
TEXTS = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
CHECKED, UNCHECKED = "✓", "☐"
PADDING = 2.0  # points within a field
USUAL_SIZE = 10.0  # points, where no text stands near a field
WIDTH_EM = 0.5  # of a character, as a share of its size
LONGEST = 20_000  # characters of one field


def form_words(document: Any, page: Any, frame: Frame, shown: Sequence[Word]) -> list[Word]:
    """Return the words of a page's fields; those that no viewer shows, and passwords, are left out."""
    if document.formenv is None:
        return []
    form = document.formenv.raw
    words: list[Word] = []
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        try:
            words += _of_field(form, annotation, frame, shown)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return words


def _of_field(form: Any, annotation: Any, frame: Frame, shown: Sequence[Word]) -> list[Word]:
    if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
        return []
    if pdfium.FPDFAnnot_GetFlags(annotation) & UNSEEN:
        return []
    box = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, box)
    rect = frame.shown(box.left, box.bottom, box.right, box.top)
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in CHECKS:
        checked = pdfium.FPDFAnnot_IsChecked(form, annotation)
        return [_word(CHECKED if checked else UNCHECKED, rect, shown)]
    if kind not in TEXTS or pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & PASSWORD:
        return []
    return list(_lines(_value(form, annotation), rect, shown))


def _value(form: Any, annotation: Any) -> str:
    size = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    buffer = ctypes.create_string_buffer(size)
    target = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, target, size)
    return buffer.raw[:size].decode("utf-16-le", errors="replace").rstrip("\x00")[:LONGEST]


def _lines(value: str, rect: Rect, shown: Sequence[Word]) -> Iterator[Word]:
    """Yield a field's words: a line for each of its lines, wrapped where the field ends."""
    size = _size(rect, shown)
    left, right = rect[0] + PADDING, rect[2]
    lines = value.splitlines()
    single = len(lines) < 2 and rect[3] - rect[1] < 2 * 1.2 * size
    middle = (rect[1] + rect[3]) / 2 if single else rect[1] + PADDING + 0.6 * size
    for line in lines:
        x = left
        for text in line.split():
            width = WIDTH_EM * size * len(text)
            if not single and x > left and x + width > right:
                x, middle = left, middle + 1.2 * size
            end = max(min(x + width, right), x + 1.0)
            yield _placed(text, (x, middle - size / 2, end, middle + size / 2), size)
            x += width + WIDTH_EM * size * 0.5
        middle += 1.2 * size


def _size(rect: Rect, shown: Sequence[Word]) -> float:
    """Return the size of the text next to a field, at most the field's height."""
    middle = (rect[1] + rect[3]) / 2
    near = min(shown, key=lambda word: abs((word.rect[1] + word.rect[3]) / 2 - middle), default=None)
    return min(near.size if near else USUAL_SIZE, max(rect[3] - rect[1], 1.0))


def _word(text: str, rect: Rect, shown: Sequence[Word]) -> Word:
    size = _size(rect, shown)
    middle = (rect[1] + rect[3]) / 2
    return _placed(text, (rect[0], middle - size / 2, rect[2], middle + size / 2), size)


def _placed(text: str, rect: Rect, size: float) -> Word:
    return Word(text, rect, size, bold=False, turn=0, object_id=0, source="form")
