"""The table of uploads; the files themselves are in the storage."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class UploadState(StrEnum):
    """Where an upload stands."""

    RECEIVING = "receiving"
    UPLOADED = "uploaded"
    EXPIRED = "expired"


class Upload(db.Model):  # type: ignore[misc, name-defined]
    """One file of one owner.

    `name` is what its sender calls it: shown, and used for nothing. `storage_key` is
    what the storage calls it. `received` counts the bytes that are safely on the disk.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_owner", "owner", "id"),
        Index("ix_uploads_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(Text)
    system: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    detected: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    storage_key: Mapped[UUID] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
