"""What a file of reviews leaves behind: its figures, and one row per input row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from app.extensions import db
from app.reviews.figures import Figures
from app.reviews.models import ReviewRow, ReviewSummary
from app.reviews.sent import COLUMNS, Layout, parsed, restored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select

    from app.jobs.models import Job

BLOCK_ROWS = 2000
SHOWN_ERRORS = 5
STORED = (
    *(ReviewRow.position, ReviewRow.file, ReviewRow.index, ReviewRow.text, ReviewRow.label),
    *(ReviewRow.positive, ReviewRow.negative, ReviewRow.neutral, ReviewRow.mixed, ReviewRow.language),
    *(ReviewRow.reason, ReviewRow.column, ReviewRow.value, ReviewRow.sent),
)


class ReviewResults:
    """The results of `sentiments` jobs; whose job it is was asked before."""

    columns = COLUMNS

    def summary(self, job: Job) -> Mapping[str, Any]:
        """Return the figures of the rows that are committed, and the first errors."""
        stored = select(ReviewSummary.summary).where(ReviewSummary.job_id == job.id)
        figures: dict[str, Any] = Figures().summary() | (db.session.scalar(stored) or {})
        failed = figures["coverage"]["failed"]
        first = self._errors(job) if failed else []
        return {**figures, "errors": {"count": failed, "first": first}}

    def rows(self, job: Job, *, first: int = 0, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield rows from position `first` on, a block of them at a time.

        A block has its end in the query, and not as a limit: of rows that no statistics tell of yet,
        PostgreSQL would read and sort all that are left for each block.
        """
        files, left = _files(job), limit
        while left is None or left > 0:
            size = BLOCK_ROWS if left is None else min(BLOCK_ROWS, left)
            wanted = _rows_of(job).where(ReviewRow.position.between(first, first + size - 1))
            block = db.session.execute(wanted).all()
            for row in block:
                yield _shown(row, files, job.options.get("id_column"))
            if len(block) < size:
                return
            first, left = first + size, None if left is None else left - size

    def csv_form(self, job: Job) -> Layout:
        """Return the columns of a job's CSV: those of its files, then ours."""
        return Layout.of(_files(job))

    def _errors(self, job: Job) -> list[dict[str, Any]]:
        """Return what is wrong with the first rows that have something wrong with them."""
        faulty = _rows_of(job).where(ReviewRow.reason.is_not(None)).limit(SHOWN_ERRORS)
        names = {"file": "file", "row": "index", "column": "error_column", "value": "error_value"}
        rows = [_shown(row, (), None) for row in db.session.execute(faulty)]
        return [
            {**{name: row[column] for name, column in names.items()}, "reason": row["error"]} for row in rows
        ]


def _rows_of(job: Job) -> Select[Any]:
    """Return the query for a job's rows, in order."""
    wanted = cast("Select[Any]", select(*STORED))
    return wanted.where(ReviewRow.job_id == job.id).order_by(ReviewRow.position)


def _files(job: Job) -> list[dict[str, Any]]:
    """Return what of each of a job's files was read."""
    wanted = select(ReviewSummary.summary["files"]).where(ReviewSummary.job_id == job.id)
    return db.session.scalar(wanted) or []


def _shown(row: Any, files: Sequence[Mapping[str, Any]], id_column: str | None) -> dict[str, Any]:
    """Return a stored row with the names of COLUMNS, and as it was sent."""
    *judged, reason, column, value, sent = row
    _, number, _, text, label, *_ = judged
    supported = None if reason is not None else label is not None
    own = restored(files[number], parsed(sent), text) if number < len(files) else {}
    return {
        **dict(zip(COLUMNS, (*judged, supported, reason, column, value), strict=True)),
        "id": None if id_column is None else own.get(id_column),
        "input": own or None,
    }
