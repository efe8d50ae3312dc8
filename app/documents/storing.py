"""Writing what an analysis found, and reading it again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql

from app.documents.models import Document, DocumentAnalysis, DocumentExport, DocumentItem, DocumentPage

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

LEVEL = 6  # of gzip


def store_documents(session: Session, job_id: UUID, documents: Sequence[Mapping[str, Any]]) -> None:
    """Insert the trees of a job, in the place of what an earlier attempt stored."""
    for table in (Document, DocumentItem, DocumentPage):
        session.execute(delete(table).where(table.job_id == job_id))
    if documents:
        session.execute(insert(Document), [_row(job_id, *each) for each in enumerate(documents)])
    rows = list(_items(job_id, documents))
    if rows:
        session.execute(insert(DocumentItem), rows)


def _row(job_id: UUID, number: int, document: Mapping[str, Any]) -> dict[str, Any]:
    packed = gzip.compress(json.dumps(document, ensure_ascii=False).encode(), LEVEL, mtime=0)
    facts = {name: document[name] for name in ("document", "warnings", "error", "counts")}
    return {
        "job_id": job_id,
        "number": number,
        "name": document["document"]["name"],
        "outcome": document["outcome"],
        "pages": document["document"]["pages"],
        "facts": facts,
        "tree": packed,
        "text": document["text"].replace("\0", "\ufffd"),  # PostgreSQL's text has no U+0000
    }


def _items(job_id: UUID, documents: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the items of all documents as rows, in reading order."""
    position = 0
    for number, document in enumerate(documents):
        waiting: list[tuple[Mapping[str, Any], int | None]] = [
            (item, None) for item in reversed(document["items"])
        ]
        while waiting:
            item, parent = waiting.pop()
            own = {name: value for name, value in item.items() if name != "children"}
            yield {
                "job_id": job_id,
                "position": position,
                "document": number,
                "parent": parent,
                "item": own,
            }
            waiting += [(child, position) for child in reversed(item["children"])]
            position += 1


def load_documents(session: Session, job_id: UUID) -> list[dict[str, Any]]:
    """Return the trees that a job, or an earlier attempt at it, stored."""
    trees = session.scalars(select(Document.tree).where(Document.job_id == job_id).order_by(Document.number))
    return [json.loads(gzip.decompress(tree)) for tree in trees]


def store_analysis(
    session: Session,
    job_id: UUID,
    *,
    result: Mapping[str, Any],
    coverage: Mapping[str, int],
    report: Mapping[str, Any],
) -> None:
    """Insert or replace the figures of a job."""
    values = {"result": dict(result), "coverage": dict(coverage), "report": dict(report)}
    statement = postgresql.insert(DocumentAnalysis).values(job_id=job_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["job_id"], set_=values))


def store_page(session: Session, job_id: UUID, document: int, page: int, image: bytes) -> None:
    """Insert the picture of a page."""
    session.add(DocumentPage(job_id=job_id, document=document, page=page, image=image))


def store_exports(session: Session, job_id: UUID, exports: Iterable[tuple[str, bytes]]) -> None:
    """Insert or replace the files that a job leaves."""
    session.execute(delete(DocumentExport).where(DocumentExport.job_id == job_id))
    session.add_all(DocumentExport(job_id=job_id, name=name, content=content) for name, content in exports)
