"""What a person's files leave behind: figures of the whole, and one row per date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.extensions import db
from app.mood.columns import COLUMNS, REPORTED
from app.mood.models import MoodPrediction, MoodSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.jobs.models import Job

BLOCK_ROWS = 1000
NOTHING = {"total": 0, "done": 0, "failed": 0, "skipped": 0}


class MoodResults:
    """The results of jobs on files; whose job it is was asked before."""

    columns = COLUMNS

    def summary(self, job: Job) -> Mapping[str, Any]:
        """Return the figures of the whole; there are none before the job is done."""
        wanted = select(MoodSummary.summary).where(MoodSummary.job_id == job.id)
        return {"coverage": NOTHING} | (db.session.scalar(wanted) or {})

    def rows(self, job: Job, *, first: int = 0, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield rows from position `first` on, a block of them at a time."""
        left = limit
        while left is None or left > 0:
            size = BLOCK_ROWS if left is None else min(BLOCK_ROWS, left)
            wanted = select(MoodPrediction).where(
                MoodPrediction.job_id == job.id, MoodPrediction.position.between(first, first + size - 1)
            )
            predictions = db.session.scalars(wanted.order_by(MoodPrediction.position)).all()
            yield from map(shown, predictions)
            if len(predictions) < size:
                return
            first, left = first + size, None if left is None else left - size


def shown(stored: MoodPrediction) -> dict[str, Any]:
    """Return a stored row as it is shown."""
    reported = stored.row.get("self_report") or dict.fromkeys(REPORTED)
    return {
        "position": stored.position,
        "date": stored.date.isoformat(),
        "depression_risk": stored.depression_risk,
        "hypomanic_risk": stored.hypomanic_risk,
        "manic_risk": stored.manic_risk,
        "confidence": stored.confidence,
        **stored.row,
        **reported,
    }
