"""The tables of judged reviews: single ones, the rows of files, and each file's figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class ReviewSentiment(db.Model):  # type: ignore[misc, name-defined]
    """The sentiment of a single review; its text is its job's input."""

    __tablename__ = "review_sentiments"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    result: Mapped[Any] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ReviewRow(db.Model):  # type: ignore[misc, name-defined]
    """One row of a file: its sentiment, or what is wrong with it.

    `position` counts the rows of the whole job, `index` those of upload number
    `file`. A row without label and without `reason` is in a language that has no model. `sent` is the
    row as it was sent, JSON: the cells of a table or the fields of an object, with null for the text.
    """

    __tablename__ = "review_rows"
    __table_args__ = (
        Index("ix_review_rows_faulty", "job_id", "position", postgresql_where="reason IS NOT NULL"),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[int] = mapped_column(SmallInteger)
    index: Mapped[int] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    positive: Mapped[float | None] = mapped_column(REAL)
    negative: Mapped[float | None] = mapped_column(REAL)
    neutral: Mapped[float | None] = mapped_column(REAL)
    mixed: Mapped[float | None] = mapped_column(REAL)
    language: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    column: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[str | None] = mapped_column(Text)


class ReviewSummary(db.Model):  # type: ignore[misc, name-defined]
    """The figures of a job's rows that are committed, and the counters that go on from there."""

    __tablename__ = "review_summaries"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    summary: Mapped[Any] = mapped_column(JSONB)
    counters: Mapped[Any] = mapped_column(JSONB, deferred=True)
