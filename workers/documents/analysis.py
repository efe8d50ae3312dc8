"""One document in, its tree out: the pure function behind the command line and the jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workers.documents.reading.document import UnreadableDocument, read_document
from workers.documents.reading.model import Reading
from workers.documents.tree import (
    COMPLETED,
    FAILED,
    PARTIAL,
    Coverage,
    DocumentInfo,
    DocumentResult,
    Failure,
)
from workers.documents.understanding.understand import understand

Progress = Callable[[int, int], None]  # pages done, pages in all
Extend = Callable[[DocumentResult, Reading], DocumentResult]  # what reads on top, such as a language model


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is to be analysed; `taxonomy` replaces the one that ships."""

    ocr: bool = True
    name: str | None = None
    taxonomy: Path | None = None


def analyse(
    source: Path | bytes,
    *,
    options: Options | None = None,
    progress: Progress | None = None,
    extend: Extend | None = None,
) -> DocumentResult:
    """Return what a document covers; a document that cannot be read is a result that failed."""
    options = options or Options()
    content = source if isinstance(source, bytes) else source.read_bytes()
    name = options.name or (source.name if isinstance(source, Path) else "document")
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        reading = read_document(content, ocr=options.ocr, progress=progress)
    except UnreadableDocument as error:
        return DocumentResult(
            DocumentInfo(name, sha256, error.pages), FAILED, error=Failure(error.code, str(error))
        )
    understood = understand(reading, taxonomy=options.taxonomy)
    whole = all(page.state == "done" for page in understood.pages)
    result = DocumentResult(
        DocumentInfo(name, sha256, len(understood.pages), understood.languages, reading.encoding),
        COMPLETED if whole else PARTIAL,
        text=reading.text,
        items=understood.items,
        coverage=Coverage(pages=understood.pages, chunks=understood.chunks),
        unassigned=understood.unassigned,
        warnings=(*reading.warnings, *understood.warnings),
        defined_terms=understood.defined_terms,
    )
    return extend(result, reading) if extend else result
