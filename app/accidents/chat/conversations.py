"""Conversations and their messages, as they are kept; each by its owner only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from app.accidents.chat import answer_cache
from app.accidents.chat.models import Conversation, Message
from app.accidents.datasets.evidence import Table
from app.auth.service import owner
from app.extensions import db
from app.http.errors import Conflict, NotFound

GRAMMAR = "grammar"
TITLE_CHARACTERS = 80
MOST_MESSAGES = 500  # of one conversation


@dataclass(frozen=True)
class Asked:
    """A message in its talk: what it is about, what was asked before."""

    message: str
    conversation_id: UUID | None  # None begins a talk
    history: tuple[str, ...]
    table: Table
    sha256: str
    name: str
    notice: str = ""  # said before the answer

    def question(self, *, model: str, fingerprint: str = "") -> answer_cache.Question:
        """Return all that an answer to it depends on."""
        return answer_cache.Question(
            owner(),
            self.table.id,
            self.table.version,
            self.sha256,
            self.message,
            self.history,
            model,
            fingerprint,
        )


def own_conversation(conversation_id: UUID | None) -> Conversation | None:
    """Return the caller's conversation; raise NotFound where there is none of the id."""
    if conversation_id is None:
        return None
    mine = select(Conversation).where(Conversation.id == conversation_id, Conversation.owner == owner())
    conversation = db.session.scalars(mine).one_or_none()
    if conversation is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return conversation


def own_questions(conversation_id: UUID) -> tuple[str, ...]:
    """Return what was asked in a conversation, in order."""
    statement = select(Message.question).where(Message.conversation_id == conversation_id)
    return tuple(db.session.scalars(statement.order_by(Message.position)))


def keep(sent: Asked, reply: Reply, *, waits: bool = False) -> Message:
    """Store a message with its answer, both at once, and its conversation if it begins one; `waits` leaves the answer out."""
    db.session.rollback()
    conversation_id = sent.conversation_id or _begun(sent)
    message = Message(
        id=uuid7(),
        conversation_id=conversation_id,
        position=len(sent.history),
        question=sent.message,
        content=None if waits else reply.content,
        evidence=reply.evidence,
        usage=dict(reply.usage),
        dataset_version=sent.table.version,
        model=reply.model,
        cache_hit=reply.cache_hit,
        refused=reply.refused,
        unbacked=reply.unbacked,
        created_at=datetime.now(UTC),
    )
    db.session.add(message)
    db.session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(updated_at=func.now())
    )
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise Conflict(
            "Another message of this conversation was sent meanwhile, or it was erased; send this one again."
        ) from None
    return message


def _begun(sent: Asked) -> UUID:
    """Add a conversation and return its id; it is stored with its first message."""
    conversation = Conversation(
        id=uuid7(), owner=owner(), dataset_id=UUID(sent.table.id), title=sent.message[:TITLE_CHARACTERS]
    )
    db.session.add(conversation)
    db.session.flush()
    return conversation.id


def find_message(message_id: UUID) -> tuple[Message, UUID]:
    """Return a message of the caller's and the id of its data set; raise NotFound where there is none."""
    statement = select(Message, Conversation.dataset_id).join(
        Conversation, Conversation.id == Message.conversation_id
    )
    mine = statement.where(Message.id == message_id, Conversation.owner == owner())
    row = db.session.execute(mine.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    return row[0], row[1]


def find_conversation(conversation_id: UUID) -> tuple[Conversation, Sequence[Message]]:
    """Return a conversation with its messages in order; raise NotFound where there is none."""
    conversation = own_conversation(conversation_id)
    assert conversation is not None
    messages = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.position)
    return conversation, db.session.scalars(messages).all()


def list_conversations(*, limit: int, offset: int) -> tuple[list[tuple[Conversation, int]], int]:
    """Return a page of the caller's conversations, newest first, each with its messages' count, and all of them."""
    mine = Conversation.owner == owner()
    total = db.session.scalar(select(func.count()).select_from(Conversation).where(mine)) or 0
    count = (
        select(func.count())
        .select_from(Message)
        .where(Message.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    statement = (
        select(Conversation, count).where(mine).order_by(Conversation.id.desc()).limit(limit).offset(offset)
    )
    return [(conversation, number) for conversation, number in db.session.execute(statement)], total


def erase_conversation(conversation_id: UUID) -> None:
    """Remove a conversation with its messages; raise NotFound where there is none."""
    conversation = own_conversation(conversation_id)
    assert conversation is not None
    db.session.execute(delete(Conversation).where(Conversation.id == conversation_id))
    db.session.commit()
    answer_cache.forget([str(conversation.dataset_id)])


def erase_message(message_id: UUID) -> None:
    """Remove a message that could not be asked."""
    db.session.rollback()
    db.session.execute(delete(Message).where(Message.id == message_id))
    db.session.commit()


@dataclass(frozen=True)
class Reply:
    """What is said to a message."""

    content: str
    evidence: list[dict[str, Any]] = field(default_factory=list)
    usage: Mapping[str, int] = field(default_factory=lambda: {"input_tokens": 0, "output_tokens": 0})
    model: str = GRAMMAR
    cache_hit: bool = False
    refused: str | None = None
    unbacked: int = 0
