"""The tables of the chat: conversations, and what was asked and answered in each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class Conversation(db.Model):  # type: ignore[misc, name-defined]
    """A talk of one owner about one data set; it goes with the data set."""

    __tablename__ = "chat_conversations"
    __table_args__ = (Index("ix_chat_conversations_owner", "owner", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Message(db.Model):  # type: ignore[misc, name-defined]
    """A question with its answer: both, or the question and a job that still works at it.

    `content` is there once it is answered, or the job's error once it failed.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (Index("ix_chat_messages_conversation", "conversation_id", "position", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("chat_conversations.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    question: Mapped[str] = mapped_column(Text)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    content: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    usage: Mapped[Any] = mapped_column(JSONB, server_default="{}")
    dataset_version: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(Text)
    cache_hit: Mapped[bool] = mapped_column(Boolean, server_default="false")
    refused: Mapped[str | None] = mapped_column(Text)  # why there is no answer
    unbacked: Mapped[int] = mapped_column(Integer, server_default="0")  # sentences withheld
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
