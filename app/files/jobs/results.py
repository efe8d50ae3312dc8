"""Read what a file job left: a page of it, or all of it block by block."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.extensions import db
from app.files.jobs.csv_cells import cell
from app.files.jobs.service import files_of, find, is_partial
from app.files.jobs.vocabulary import VOCABULARY
from app.http.errors import AssayError, Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from app.jobs.models import Job
    from app.system import CsvForm

BLOCK_ROWS = 1000  # rows read at once for a CSV; measured: 2 MB of memory, however long the whole
BOM = "\ufeff"
# Blocks that one web process reads at once: of a hundred downloads, the others wait for their turn, and leave
# the connections to the database, and the processor, to everybody else.
TURNS = threading.BoundedSemaphore(4)


@dataclass(frozen=True)
class Page:
    """Some rows of a result, and the position of the next ones."""

    rows: Sequence[Mapping[str, Any]]
    next_first: int | None


def page(job: Job, *, first: int, limit: int) -> Page:
    """Return rows of a job from a position on."""
    rows = list(files_of(job).results.rows(job, first=first, limit=limit + 1))
    return Page(rows[:limit], rows[limit]["position"] if len(rows) > limit else None)


def summary(job: Job) -> dict[str, Any]:
    """Return a job and the figures of its whole result, as far as it is."""
    figures = dict(files_of(job).results.summary(job))
    own = {
        "job_id": job.id,
        "system": job.system,
        "status": VOCABULARY[job.core_state],
        "partial": is_partial(job, figures["coverage"]),
        "progress": job.progress,
        "model_version": job.model_version,
        "error": job.error,
    }
    return own | figures | own  # these first, and no system's figures in their place


def failure(job: Job) -> AssayError:
    """Return the problem that stands for the result of a failed job."""
    kind = AssayError if job.error_code in {None, "internal"} else Invalid
    return kind(job.error_detail or "The job failed.", code=job.error_code)


def stream_csv(job: Job, *, first: int, limit: int | None, bom: bool) -> Iterator[str]:
    """Yield a CSV in blocks of rows.

    Between two blocks no connection to the database is held: how fast the caller reads is the
    caller's business. A job that changes meanwhile, by erasure, expiry or another try, breaks
    the stream off, since half of it would look like a whole.
    """
    job_id, version, form = job.id, job.version, _form(job)
    db.session.rollback()
    yield (BOM if bom else "") + _lines([form.headings])
    while limit is None or limit > 0:
        size = min(BLOCK_ROWS, limit or BLOCK_ROWS)
        with TURNS:
            rows = _block(job_id, version, first=first, size=size)
            lines = _lines(map(form.cells, rows))
        if lines:
            yield lines
        if len(rows) < size:
            return
        first, limit = rows[-1]["position"] + 1, None if limit is None else limit - size


@dataclass(frozen=True)
class _Columns:
    """The form of a CSV that has the members of a row which a system names."""

    headings: tuple[str, ...]

    def cells(self, row: Mapping[str, Any]) -> list[Any]:
        """Return a row's cells, none of them a formula."""
        return [cell(row.get(name)) for name in self.headings]


def _form(job: Job) -> CsvForm:
    """Return how a job's rows are written as a CSV."""
    files = files_of(job)
    return files.csv_form(job) if files.csv_form else _Columns(files.results.columns)


def _block(job_id: UUID, version: int, *, first: int, size: int) -> Sequence[Mapping[str, Any]]:
    """Return some rows of a job that is still what it was, and give the connection back."""
    job = find(job_id)
    rows = list(files_of(job).results.rows(job, first=first, limit=size))
    db.session.expire(job)  # looked at after its rows: one erased in between has none, which is no end
    if find(job_id).version != version:
        raise Conflict(f"Job {job_id} changed while its rows were read.")
    db.session.rollback()
    return rows


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as the lines of a CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
