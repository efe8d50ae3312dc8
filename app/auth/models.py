"""The table of API keys; a key itself is never stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class ApiKey(db.Model):  # type: ignore[misc, name-defined]
    """One key: found by its public id, proved by the sha256 of its secret; of a name, one is live at most."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("uq_api_keys_live_name", "name", unique=True, postgresql_where="revoked_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    secret_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
