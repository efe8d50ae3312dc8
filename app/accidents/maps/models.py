"""The table of maps that were exported as pages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class MapExport(db.Model):  # type: ignore[misc, name-defined]
    """One map as a page of its own, gzipped HTML; it goes with its job and with each of its data sets."""

    __tablename__ = "map_exports"
    __table_args__ = (Index("ix_map_exports_dataset_ids", "dataset_ids", postgresql_using="gin"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    dataset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    page: Mapped[bytes] = mapped_column(LargeBinary)
