"""The tables of documents: what analyses found, what runs wrote into Directus, what a model answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db

OPEN = ("seeding", "undoing", "committed")
OPEN_SQL = "state IN ('seeding', 'undoing', 'committed')"


class DocumentAnalysis(db.Model):  # type: ignore[misc, name-defined]
    """The figures of one job: its result in the words of its routes, and what became of Directus."""

    __tablename__ = "document_analyses"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    result: Mapped[Any] = mapped_column(JSONB)
    coverage: Mapped[Any] = mapped_column(JSONB)
    report: Mapped[Any] = mapped_column(JSONB, server_default="{}")


class Document(db.Model):  # type: ignore[misc, name-defined]
    """One document of a job; `tree` is its JSON, compressed by gzip."""

    __tablename__ = "documents"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(Integer)
    facts: Mapped[Any] = mapped_column(JSONB)
    tree: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[str] = mapped_column(Text)


class DocumentItem(db.Model):  # type: ignore[misc, name-defined]
    """One item of a tree as a row; `position` counts the items of the whole job in reading order."""

    __tablename__ = "document_items"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[int] = mapped_column(Integer)
    parent: Mapped[int | None] = mapped_column(Integer)
    item: Mapped[Any] = mapped_column(JSONB)


class DocumentPage(db.Model):  # type: ignore[misc, name-defined]
    """The picture of one page as a viewer shows it."""

    __tablename__ = "document_pages"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[int] = mapped_column(Integer, primary_key=True)
    page: Mapped[int] = mapped_column(Integer, primary_key=True)
    image: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentExport(db.Model):  # type: ignore[misc, name-defined]
    """One file that an analysis leaves."""

    __tablename__ = "document_exports"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentAnswer(db.Model):  # type: ignore[misc, name-defined]
    """One answer of a language model to one chunk, so that no finished call is paid twice.

    `key` is a digest of all that was asked: it holds nothing of the text.
    """

    __tablename__ = "document_answers"
    __table_args__ = (Index("ix_document_answers_key", "owner", "key"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    answer: Mapped[Any] = mapped_column(JSONB)
    input_tokens: Mapped[int] = mapped_column(Integer)
    output_tokens: Mapped[int] = mapped_column(Integer)
    cost: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class DocumentTier(db.Model):  # type: ignore[misc, name-defined]
    """What one tier found in a job with `debug`, so that a later one can begin behind it."""

    __tablename__ = "document_tiers"
    __table_args__ = (Index("ix_document_tiers_source", "owner", "sha256", "tier"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[int] = mapped_column(Integer, primary_key=True)
    tier: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    items: Mapped[Any] = mapped_column(JSONB)


class DirectusRun(db.Model):  # type: ignore[misc, name-defined]
    """What one run does in Directus: the journal's head; it outlives its job until nothing is open.

    seeding -> committed -> done;  seeding -> undoing -> undone
    """

    __tablename__ = "directus_runs"
    __table_args__ = (Index("ix_directus_runs_open", "product_id", postgresql_where=OPEN_SQL),)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    product_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    keys: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    changed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class DirectusBatch(db.Model):  # type: ignore[misc, name-defined]
    """One write of a run, noted before it is sent; `previous` is what a changed field held before."""

    __tablename__ = "directus_batches"
    __table_args__ = (ForeignKeyConstraint(["run_id"], ["directus_runs.run_id"], ondelete="CASCADE"),)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    collection: Mapped[str] = mapped_column(Text)
    keys: Mapped[Any] = mapped_column(JSONB)
    previous: Mapped[Any] = mapped_column(JSONB, server_default="{}")
    is_settled: Mapped[bool] = mapped_column(server_default="false")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
