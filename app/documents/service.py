"""Ask for analyses and cleanups, find them again, and read what they left."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.documents.compare import compare
from app.documents.directus import demand_directus, demand_product
from app.documents.models import Document, DocumentAnalysis, DocumentExport, DocumentItem, DocumentPage
from app.documents.results import links_of
from app.extensions import db
from app.files.jobs import service as file_jobs
from app.http.errors import Invalid, NotFound
from app.jobs.realtime import submit
from app.jobs.submission import JobRequest
from app.system import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from app.jobs.models import Job

NAME = "documents"
ANALYSIS, CLEANUP, UNDO = "analysis", "cleanup", "undo"
FILE_BYTES = 50_000_000
KINDS = ("application/pdf", "text/plain", "text/html")
COMPARED_ITEMS = 2000  # a side: compared within a request (measured: 0.05 to 0.1 s of processor time)
PIECE_BYTES = 1 << 16


def submit_analysis(sent: Mapping[str, Any], token: str) -> Job:
    """Commit a job that analyses a product's document.

    Raises:
        Forbidden: the caller's token may not read the product.
        Unavailable: Directus is not there to be asked.
        TooMany: as much waits as may wait.

    """
    return _submit(ANALYSIS, sent, token)


def submit_cleanup(sent: Mapping[str, Any], token: str) -> Job:
    """Commit a job that removes from a product what runs have written; raises as the other."""
    return _submit(CLEANUP, sent, token)


def _submit(task: str, sent: Mapping[str, Any], token: str) -> Job:
    demand_directus()
    demand_product(sent["product_id"], token)
    options = {name: value for name, value in sent.items() if name != "product_id"}
    asked = JobRequest(NAME, task, {"product_id": sent["product_id"]}, options, items=None)
    return submit.submit(asked)


def find(job_id: UUID) -> Job:
    """Return the caller's job of this system.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    return submit.job_of(job_id, NAME, ANALYSIS, CLEANUP)


def outcome_of(job: Job) -> tuple[Any, Any]:
    """Return the result of a job that succeeded, and the report of any."""
    analysis = db.session.get(DocumentAnalysis, job.id)
    if analysis is None:
        return None, None
    return (analysis.result if job.state == State.SUCCEEDED else None), analysis.report


def result_links(job: Job) -> dict[str, str]:
    """Return where the trees of a job are."""
    counted = select(func.count()).select_from(Document).where(Document.job_id == job.id)
    return links_of(job.id, db.session.scalar(counted) or 0)


def _file_job(job_id: UUID) -> Job:
    """Return the caller's analysis; raise NotFound for a job of another system too."""
    job = file_jobs.find(job_id)
    if job.system != NAME:
        raise NotFound(f"There is no analysis {job_id} of documents.")
    return job


def _column_of(column: Any, job_id: UUID, *conditions: Any, what: str) -> Any:
    """Return one value of a job's rows; raise NotFound where there is none."""
    _file_job(job_id)
    content = db.session.scalar(select(column).where(*conditions))
    db.session.rollback()  # no connection is held while it is sent
    if content is None:
        raise NotFound(f"Job {job_id} has no {what}.")
    return content


def find_tree(job_id: UUID, document: int) -> bytes:
    """Return one document's tree as JSON in gzip's form."""
    mine = Document.job_id == job_id, Document.number == document
    tree: bytes = _column_of(Document.tree, job_id, *mine, what=f"document {document}")
    return tree


def unpacked(packed: bytes) -> Iterator[bytes]:
    """Yield what gzip packed, in pieces."""
    import io  # noqa: PLC0415

    with gzip.open(io.BytesIO(packed)) as stream:
        yield from iter(lambda: stream.read(PIECE_BYTES), b"")


def find_text(job_id: UUID, document: int) -> str:
    """Return the text that the offsets of one document count in."""
    mine = Document.job_id == job_id, Document.number == document
    text: str = _column_of(Document.text, job_id, *mine, what=f"document {document}")
    return text


def find_page(job_id: UUID, document: int, page: int) -> bytes:
    """Return the picture of a page."""
    mine = DocumentPage.job_id == job_id, DocumentPage.document == document, DocumentPage.page == page
    what = f"picture of page {page} of document {document}"
    image: bytes = _column_of(DocumentPage.image, job_id, *mine, what=what)
    return image


def find_export(job_id: UUID, name: str) -> bytes:
    """Return a file that an analysis leaves."""
    mine = DocumentExport.job_id == job_id, DocumentExport.name == name
    content: bytes = _column_of(DocumentExport.content, job_id, *mine, what=f"export {name[:80]!r}")
    return content


def compare_jobs(one: UUID, other: UUID) -> dict[str, Any]:
    """Return what the items of a job say otherwise than those of an earlier one.

    Raises:
        NotFound: there is no such job.
        Invalid: a side has more items than are compared at once.

    """
    return compare(_flat_items(one), _flat_items(other))


def _flat_items(job_id: UUID) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
    _file_job(job_id)
    wanted = select(DocumentItem.position, DocumentItem.parent, DocumentItem.item)
    mine = wanted.where(DocumentItem.job_id == job_id).order_by(DocumentItem.position)
    rows = db.session.execute(mine.limit(COMPARED_ITEMS + 1)).all()
    if len(rows) > COMPARED_ITEMS:
        detail = (
            f"Job {job_id} has more than {COMPARED_ITEMS:,} items; compare the files on the command line."
        )
        raise Invalid(detail, code="too_many_items")
    paths: dict[int | None, tuple[str, ...]] = {None: ()}
    pairs = []
    for row in rows:
        above = paths[row.parent]
        paths[row.position] = (*above, str(row.item["item_name"]))
        pairs.append((above, row.item))
    return pairs
