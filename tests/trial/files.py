"""What the trial system does with files: one row for each line of each."""

from __future__ import annotations

from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy import ForeignKey, Integer, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.system import FINAL, Files

LINES = "lines"


class TrialRow(db.Model):
    """One line of a file, or what was wrong with it."""

    __tablename__ = "trial_rows"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[int] = mapped_column(Integer)
    index: Mapped[int] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)


class LinesOptionsSchema(Schema):
    """How lines are read."""

    seconds = fields.Float(load_default=0.0, validate=validate.Range(0, 60))
    block = fields.Integer(load_default=100, validate=validate.Range(1, 10_000))
    fail_at = fields.Integer(allow_none=True, load_default=None)


class LinesResults:
    """The rows of a job; a line that says `bad` counts as failed, an empty one as skipped."""

    columns = ("position", "file", "index", "text", "length", "error")

    def summary(self, job):
        outcome = TrialRow.error.label("outcome")
        counts = select(outcome, func.count()).where(TrialRow.job_id == job.id).group_by(outcome)
        by_outcome = {error or "done": count for error, count in db.session.execute(counts)}
        done, failed, skipped = (by_outcome.get(name, 0) for name in ("done", "bad", "empty"))
        total = (
            done + failed + skipped if job.state in FINAL else max(job.total or 0, sum(by_outcome.values()))
        )
        return {
            "coverage": {"total": total, "done": done, "failed": failed, "skipped": skipped},
            "lines": sum(by_outcome.values()),
            "status": "no word of the file routes",
        }

    def rows(self, job, *, first=0, limit=None):
        stored = (TrialRow.position, TrialRow.file, TrialRow.index, TrialRow.text, TrialRow.error)
        chosen = select(*stored).where(TrialRow.job_id == job.id, TrialRow.position >= first)
        if limit is not None:
            chosen = chosen.where(TrialRow.position < first + limit)
        for position, file, index, text, error in db.session.execute(chosen.order_by(TrialRow.position)):
            length = None if text is None else len(text)
            yield dict(zip(self.columns, (position, file, index, text, length, error), strict=True))


KIND, HEAD = "application/postscript", "%!PS\n"  # a kind that no other system reads, and how it begins
FILES = Files(
    task=LINES, kinds=(KIND,), most_bytes=100_000, options=LinesOptionsSchema, results=LinesResults()
)
