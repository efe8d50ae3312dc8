"""The tables of mood: what a job leaves, and what is kept of a person over all jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Float, ForeignKey, Integer, String, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class MoodRecords(db.Model):  # type: ignore[misc, name-defined]
    """The answer to daily records that were sent without a file."""

    __tablename__ = "mood_records"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    result: Mapped[Any] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class MoodPrediction(db.Model):  # type: ignore[misc, name-defined]
    """The risks of one date by one job; `row` has the measures and all else that is shown of it."""

    __tablename__ = "mood_predictions"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    date: Mapped[date] = mapped_column(Date)
    depression_risk: Mapped[float | None] = mapped_column(Float)
    hypomanic_risk: Mapped[float | None] = mapped_column(Float)
    manic_risk: Mapped[float | None] = mapped_column(Float)
    confidence: Mapped[float] = mapped_column(Float)
    row: Mapped[Any] = mapped_column(JSONB)


class MoodSummary(db.Model):  # type: ignore[misc, name-defined]
    """The figures of a job's whole result."""

    __tablename__ = "mood_summaries"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("mood_subjects.id", ondelete="SET NULL"))
    summary: Mapped[Any] = mapped_column(JSONB)


class MoodSubject(db.Model):  # type: ignore[misc, name-defined]
    """A person whose nights and days are collected, of one owner."""

    __tablename__ = "mood_subjects"
    __table_args__ = (UniqueConstraint("owner", "name", name="uq_mood_subjects_owner_name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class MoodDay(db.Model):  # type: ignore[misc, name-defined]
    """What is kept of one date of a person: its measures, its nights, what was said of it."""

    __tablename__ = "mood_days"

    subject_id: Mapped[UUID] = mapped_column(
        ForeignKey("mood_subjects.id", ondelete="CASCADE"), primary_key=True
    )
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    document: Mapped[Any] = mapped_column(JSONB)


class MoodWatched(db.Model):  # type: ignore[misc, name-defined]
    """A file that was taken from a watched folder, known by its content."""

    __tablename__ = "mood_watched"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
