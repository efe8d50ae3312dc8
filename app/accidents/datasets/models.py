"""The tables of data sets: their versions, who was given a link to one, and what answers rest on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class Dataset(db.Model):  # type: ignore[misc, name-defined]
    """One uploaded file of one owner; `version` is the current one, `source_key` its bytes in the storage."""

    __tablename__ = "datasets"
    __table_args__ = (Index("ix_datasets_owner", "owner", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    source_key: Mapped[UUID] = mapped_column(unique=True)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class DatasetVersion(db.Model):  # type: ignore[misc, name-defined]
    """One reading of a data set: what its owner said of it, and what came of that.

    `profile` and `database_key` are there once `job_id`, which reads the bytes, has succeeded.
    """

    __tablename__ = "dataset_versions"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[UUID | None] = mapped_column(index=True)  # no key: a version outlives the job that read it
    overrides: Mapped[Any] = mapped_column(JSONB)
    profile: Mapped[Any | None] = mapped_column(JSONB)
    database_key: Mapped[UUID | None] = mapped_column(unique=True)
    database_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class DatasetShare(db.Model):  # type: ignore[misc, name-defined]
    """A link to one version; of its token only the hash is kept."""

    __tablename__ = "dataset_shares"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    view: Mapped[Any | None] = mapped_column(JSONB)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class DatasetEvidence(db.Model):  # type: ignore[misc, name-defined]
    """The query behind an answer and its result; the same query of a version has one row."""

    __tablename__ = "dataset_evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[Any] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
