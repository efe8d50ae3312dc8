"""The tables of jobs: the job, its attempts, its changes, and remembered keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.system import ACTIVE, CLAIMABLE, WAITING, State

WAITING_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in WAITING))
CLAIMABLE_SQL = "lane = 'batch' AND state IN ({})".format(", ".join(f"'{state}'" for state in CLAIMABLE))
UPLOADS_SQL = "input ? 'upload_ids'"
ACTIVE_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in ACTIVE))


def asked_at(job_id: UUID) -> datetime | None:
    """Return the time of the question that a job's id carries: UUIDv7 is milliseconds first, RFC 9562."""
    if job_id.version != 7:  # noqa: PLR2004 - as its name says
        return None
    return datetime.fromtimestamp((job_id.int >> 80) / 1000, UTC)


class Job(db.Model):  # type: ignore[misc, name-defined]
    """One question and where it stands.

    `attempt` counts the times that a worker took the job and is the fencing
    token of every write of that worker; `tries` counts the attempts that failed
    for a cause of their own; `version` counts changes, for ETags and events.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_owner", "owner", "id"),
        Index("ix_jobs_waiting", "lane", "owner", "priority", "id", postgresql_where=WAITING_SQL),
        Index("ix_jobs_claimable", "owner", "priority", "system", "id", postgresql_where=CLAIMABLE_SQL),
        Index("ix_jobs_active", "lane", "owner", "heartbeat_at", postgresql_where=ACTIVE_SQL),
        Index("ix_jobs_turn", "owner", "started_at", postgresql_where="lane = 'batch'"),
        Index("ix_jobs_dead", "id", postgresql_where="dead"),
        Index("ix_jobs_owner_system", "owner", "system", "id"),
        Index(
            "ix_jobs_uploads",
            text("(input -> 'upload_ids')"),
            postgresql_using="gin",
            postgresql_where=UPLOADS_SQL,
        ),
        Index("ix_jobs_expires_at", "expires_at", postgresql_where="state <> 'expired'"),
        Index("ix_jobs_expired_at", "expires_at", postgresql_where="state = 'expired'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    system: Mapped[str] = mapped_column(Text)
    task: Mapped[str] = mapped_column(Text)
    lane: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    state: Mapped[str] = mapped_column(Text)
    dead: Mapped[bool] = mapped_column(Boolean, server_default="false")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    input: Mapped[Any] = mapped_column(JSONB)
    options: Mapped[Any] = mapped_column(JSONB, server_default="{}")
    total: Mapped[int | None] = mapped_column(BigInteger)
    processed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    stage: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    timeout_s: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    worker: Mapped[str | None] = mapped_column(Text)
    heartbeat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error_code: Mapped[str | None] = mapped_column(Text)
    error_detail: Mapped[str | None] = mapped_column(Text)
    model_version: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    queued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def core_state(self) -> State:
        """Return the state as the enumeration has it."""
        return State(self.state)

    @property
    def error(self) -> dict[str, str] | None:
        """Return why there is no result, as every answer has it; None where nothing failed."""
        return {"code": self.error_code, "detail": self.error_detail or ""} if self.error_code else None


# As the index has it: PostgreSQL takes `input['upload_ids']` for another expression.
UPLOAD_IDS: Any = Job.input.op("->", return_type=JSONB())("upload_ids")


class JobAttempt(db.Model):  # type: ignore[misc, name-defined]
    """One time that a worker took a job, and how that ended."""

    __tablename__ = "job_attempts"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    worker: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[Any] = mapped_column(JSONB, server_default="{}")


class JobTurn(db.Model):  # type: ignore[misc, name-defined]
    """The first waiting job of an owner, priority and system in the batch lane, and his last start.

    Triggers on `jobs` keep it, see its migration: whoever changes a job by whatever way need not think of it.
    """

    __tablename__ = "job_turns"
    __table_args__ = (
        Index("ix_job_turns_order", "system", "priority", text("started_at NULLS FIRST"), "job_id"),
        Index("ix_job_turns_patient", "system", "asked_at", postgresql_where="priority > 0"),
    )

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    system: Mapped[str] = mapped_column(Text, primary_key=True)
    job_id: Mapped[UUID] = mapped_column()
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class JobEvent(db.Model):  # type: ignore[misc, name-defined]
    """One change of a job, as its event stream tells it; numbered by the job's version."""

    __tablename__ = "job_events"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    progress: Mapped[float] = mapped_column(Float)
    stage: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ErasedJob(db.Model):  # type: ignore[misc, name-defined]
    """A realtime job that its owner erased, of which an envelope may still be on its way.

    Only the id is kept, and only for as long as a worker may still come back with an answer.
    """

    __tablename__ = "erased_jobs"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), index=True
    )


class CrashCount(db.Model):  # type: ignore[misc, name-defined]
    """A ticket that a realtime worker died with, or a request and the workers that it has ended alone.

    `worker` is the one that answers it at the moment; its life is part of `crashes` until it survives.
    """

    __tablename__ = "crash_counts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    crashes: Mapped[int] = mapped_column(Integer, server_default="0")
    worker: Mapped[str | None] = mapped_column(Text, index=True)
    counted_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), index=True
    )


class IdempotencyKey(db.Model):  # type: ignore[misc, name-defined]
    """A key that a caller gave to a POST, and the job that the POST made."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    route: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body_sha256: Mapped[str] = mapped_column(Text)
    job_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), index=True
    )
