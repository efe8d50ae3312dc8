"""What an analysis leaves behind: its figures, and one row per item of its trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from sqlalchemy import select

from app.documents.models import Document, DocumentAnalysis, DocumentExport, DocumentItem
from app.extensions import db
from app.system import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from app.jobs.models import Job

BLOCK_ROWS = 1000
OWN = ("position", "document", "parent")
ITEM = (
    *("kind", "item_name", "key", "is_included", "value", "unit", "per", "role", "plan", "unlimited"),
    *("section_reference", "full_text_part", "summary", "description", "exception_to", "references"),
    "duplicate_of",
    *("language", "source", "confidence", "rule", "id", "evidence"),
)
NOTHING = {"total": 0, "done": 0, "failed": 0, "skipped": 0}


class DocumentResults:
    """The results of `analysis` jobs; whose job it is was asked before."""

    columns = OWN + ITEM

    def summary(self, job: Job) -> Mapping[str, Any]:
        """Return the figures of a job, its documents, and where the rest of it is."""
        analysis = db.session.get(DocumentAnalysis, job.id)
        documents = list(_documents(job.id))
        return {
            "coverage": analysis.coverage if analysis else _unknown(job),
            "result": analysis.result if analysis else None,
            "report": analysis.report if analysis else None,
            "documents": documents,
            "links": links_of(job.id, len(documents)),
        }

    def rows(self, job: Job, *, first: int = 0, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield items from position `first` on, a block of them at a time."""
        left = limit
        while left is None or left > 0:
            size = BLOCK_ROWS if left is None else min(BLOCK_ROWS, left)
            wanted = select(DocumentItem).where(
                DocumentItem.job_id == job.id, DocumentItem.position.between(first, first + size - 1)
            )
            block = db.session.scalars(wanted.order_by(DocumentItem.position)).all()
            for row in block:
                yield {name: getattr(row, name) for name in OWN} | {name: row.item.get(name) for name in ITEM}
            if len(block) < size:
                return
            first, left = first + size, None if left is None else left - size


def _unknown(job: Job) -> dict[str, int]:
    """Return the coverage of a job that has stored none: nothing yet, or one document that failed."""
    return {"total": 1, "done": 0, "failed": 1, "skipped": 0} if job.state in FINAL else NOTHING


def _documents(job_id: UUID) -> Iterator[dict[str, Any]]:
    wanted = select(Document.number, Document.outcome, Document.facts).where(Document.job_id == job_id)
    for row in db.session.execute(wanted.order_by(Document.number)):
        yield {"number": row.number, "outcome": row.outcome, **row.facts}


def links_of(job_id: UUID, documents: int) -> dict[str, str]:
    """Return where the trees, texts and files of a job are."""
    links: dict[str, str] = {}
    for number in range(documents):
        suffix = "" if number == 0 else f"_{number}"
        links[f"tree{suffix}"] = url_for("document_results.show_tree", job_id=job_id, document=number)
        links[f"text{suffix}"] = url_for("document_results.show_text", job_id=job_id, document=number)
    names = db.session.scalars(
        select(DocumentExport.name).where(DocumentExport.job_id == job_id).order_by(DocumentExport.name)
    )
    for name in names:
        kind = name.rpartition(".")[2]
        links[f"export_{kind}"] = url_for("document_results.show_export", job_id=job_id, format=kind)
    return links
