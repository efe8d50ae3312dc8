"""The tables of personality: what was answered of each file, and the overlays that explain it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class Impression(db.Model):  # type: ignore[misc, name-defined]
    """What was answered of file number `file` of a job: faces and frames, or the error.

    No embedding and no metadata of the file is in it.
    """

    __tablename__ = "personality_impressions"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    answer: Mapped[Any] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Overlay(db.Model):  # type: ignore[misc, name-defined]
    """A PNG that shows which parts of a face moved one trait."""

    __tablename__ = "personality_overlays"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    face: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    trait: Mapped[str] = mapped_column(Text, primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)
