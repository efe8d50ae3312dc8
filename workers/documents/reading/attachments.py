"""Documents that a PDF carries with it: read behind it, one level deep."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from workers.documents.reading.model import Reading
from workers.documents.tree import Warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.documents.reading.model import Block

MOST_FILES = 20
MOST_BYTES = 50_000_000  # of all together, as of an upload
TEXT_NAMES = (".txt", ".md", ".markdown")
PDF_WITHIN = 1024  # bytes


def attached_files(document: Any) -> Iterator[tuple[str, bytes | None]]:
    """Yield a PDF's attached files by name; None for those beyond the limits."""
    left = MOST_BYTES
    for index in range(pdfium.FPDFDoc_GetAttachmentCount(document.raw)):
        attachment = pdfium.FPDFDoc_GetAttachment(document.raw, index)
        name = _name(attachment)
        length = ctypes.c_ulong(0)
        pdfium.FPDFAttachment_GetFile(attachment, None, 0, length)
        if index >= MOST_FILES or length.value > left:
            yield name, None
            continue
        left -= length.value
        buffer = ctypes.create_string_buffer(max(length.value, 1))
        pdfium.FPDFAttachment_GetFile(attachment, buffer, length.value, length)
        yield name, buffer.raw[: length.value]


def is_document(name: str, content: bytes | None) -> bool:
    """Say whether an attached file is one that is read here: a PDF, or text by its name."""
    if content is None:
        return False
    return b"%PDF-" in content[:PDF_WITHIN] or name.lower().endswith(TEXT_NAMES)


def _name(attachment: Any) -> str:
    size = pdfium.FPDFAttachment_GetName(attachment, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 2))
    pdfium.FPDFAttachment_GetName(attachment, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[:size].decode("utf-16-le", errors="replace").rstrip("\x00") or "attachment"


def behind(first: Reading, second: Reading, name: str) -> Reading:
    """Return a document with an attached one behind it: one text, pages counted on."""
    offset, pages = len(first.text) + 1, len(first.pages)
    lines = first.spans[-1].line if first.spans else 0
    start = pages + 1
    note = Warned("attachment", f"{name!r} is attached and was read as pages {start} and on", start)
    return Reading(
        f"{first.text}\n{second.text}",
        (*first.blocks, *(_moved(block, offset, pages) for block in second.blocks)),
        (*first.pages, *(replace(each, page=each.page + pages) for each in second.pages)),
        spans=(
            *first.spans,
            *(
                replace(
                    s, start=s.start + offset, end=s.end + offset, page=s.page + pages, line=s.line + lines
                )
                for s in second.spans
            ),
        ),
        calls=(
            *first.calls,
            *(replace(c, offset=c.offset + offset, page=c.page + pages) for c in second.calls),
        ),
        warnings=(
            *first.warnings,
            note,
            *(replace(w, page=w.page + pages if w.page else None) for w in second.warnings),
        ),
        encoding=first.encoding,
        extra=first.extra,
    )


def _moved(block: Block, offset: int, pages: int) -> Block:
    cells = tuple(replace(cell, start=cell.start + offset, end=cell.end + offset) for cell in block.cells)
    return replace(
        block, start=block.start + offset, end=block.end + offset, page=block.page + pages, cells=cells
    )
