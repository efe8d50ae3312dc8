"""Take a message, answer it, keep both; list, show and erase conversations; each by its owner only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from app.accidents.chat import answer_cache, credentials
from app.accidents.chat.answers import talk
from app.accidents.chat.memory import recall, vocabularies
from app.accidents.chat.models import Conversation, Message
from app.accidents.datasets import asking
from app.accidents.datasets import service as datasets
from app.accidents.datasets.evidence import Table
from app.accidents.severity import service as severity
from app.accidents.severity.schemas import AccidentSchema
from app.auth.service import owner
from app.extensions import db, settings
from app.http.errors import AssayError, Conflict, Invalid, NotFound, Unavailable
from app.jobs import event_stream
from app.jobs import service as jobs
from app.jobs.models import Job
from app.jobs.service import JobRequest
from app.system import FINAL, State

SYSTEM, CHAT = "accidents", "chat"
GRAMMAR = "grammar"
TITLE_CHARACTERS = 80
_NOTICE = {
    "ko": "데이터 세트를 고르지 않으셔서, 함께 들어 있는 합성 견본 자료(실제 사고가 아님)로 답합니다.",
    "en": "No data set is named, so this is about the synthetic sample that ships (no real accidents).",
}
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


def asked(body: Mapping[str, Any]) -> Asked:
    """Return a request's message with what it is about.

    Raises:
        NotFound: the caller has no such conversation or data set.
        Conflict: the data set cannot be asked yet, or the conversation is full.
        Invalid: another data set is named than the conversation's.

    """
    conversation = _conversation(body.get("conversation_id"))
    dataset_id = body.get("dataset_id") or (conversation.dataset_id if conversation else None)
    if conversation and dataset_id != conversation.dataset_id:
        raise _invalid(
            "dataset_id",
            f"The conversation is about data set {conversation.dataset_id}; begin another one.",
            dataset_id,
        )
    notice = ""
    if dataset_id is None:
        dataset_id, notice = _sample(body["message"])
    history = _questions(conversation.id) if conversation else ()
    if len(history) >= MOST_MESSAGES:
        raise Conflict(
            f"The conversation has {MOST_MESSAGES} messages; begin another one.", code="too_many_messages"
        )
    ready = datasets.find_ready(dataset_id)
    sha256, name = ready.dataset.sha256, ready.dataset.name
    conversation_id = conversation.id if conversation else None
    return Asked(
        body["message"], conversation_id, history, asking.table_of(ready), sha256, _stem(name), notice
    )


def _invalid(field_: str, reason: str, value: Any) -> Invalid:
    shown = str(value) if value is not None else None
    return Invalid(
        reason, code="invalid_fields", errors=[{"field": field_, "reason": reason, "value": shown}]
    )


def _sample(message: str) -> tuple[UUID, str]:
    """Return the caller's copy of the sample that ships, and the sentence that says so."""
    sample = datasets.shipped_sample()
    return sample.dataset.id, _NOTICE[talk.language(message)]


def forget_answers(dataset_id: UUID, _keys: Sequence[UUID]) -> None:
    """Remove the answers about a data set that are kept, and the words of it."""
    answer_cache.forget([str(dataset_id)])
    vocabularies.forget(dataset_id)


datasets.ERASED.append(forget_answers)


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]


def _conversation(conversation_id: UUID | None) -> Conversation | None:
    """Return the caller's conversation; raise NotFound where there is none of the id."""
    if conversation_id is None:
        return None
    mine = select(Conversation).where(Conversation.id == conversation_id, Conversation.owner == owner())
    conversation = db.session.scalars(mine).one_or_none()
    if conversation is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return conversation


def _questions(conversation_id: UUID) -> tuple[str, ...]:
    statement = select(Message.question).where(Message.conversation_id == conversation_id)
    return tuple(db.session.scalars(statement.order_by(Message.position)))


def answer(sent: Asked) -> Message:
    """Answer a message by the grammar and keep both."""
    question = sent.question(model=GRAMMAR)
    entry = answer_cache.find(question)
    if entry is not None:
        again = Reply(entry.content, entry.evidence, cache_hit=True, refused=entry.refused)
        return keep(sent, _noticed(again, sent.notice))
    reply = _by_grammar(sent)
    answer_cache.keep(
        sent.table.id,
        answer_cache.Entry(question.key, reply.content, reply.evidence, reply.refused, reply.unbacked),
    )
    return keep(sent, _noticed(reply, sent.notice))


def _noticed(reply: Reply, notice: str) -> Reply:
    return replace(reply, content=f"{notice} {reply.content}".strip())


def ask_model(sent: Asked, key: str, *, wait_s: float) -> Message:
    """Have a language model answer a message in the worker, and wait for it a while.

    The message is stored first, without an answer; the job stores the answer with its own success. The key
    goes to the worker by a way of its own, before the job that takes it can run.
    """
    model = settings().chat_model
    question = sent.question(model=model, fingerprint=credentials.fingerprint(key))
    entry = answer_cache.find(question)
    if entry is not None:
        reply = Reply(entry.content, entry.evidence, model=model, cache_hit=True, unbacked=entry.unbacked)
        return keep(sent, _noticed(reply, sent.notice))
    message = keep(sent, Reply("", model=model), waits=True)
    message_id, job_id = message.id, uuid7()
    job_input = {"message_id": str(message_id), "notice": sent.notice, "cache_key": question.key}
    credentials.put(job_id, key)
    try:
        job = jobs.submit(JobRequest(SYSTEM, CHAT, job_input, {}, items=None), job_id=job_id)
    except AssayError:
        credentials.drop(job_id)
        erase_message(message_id)
        raise
    db.session.execute(update(Message).where(Message.id == message_id).values(job_id=job.id))
    db.session.commit()
    if wait_s:
        event_stream.wait_until_final(job_id, wait_s)
    return find_answer(message_id)[0]


def find_answer(message_id: UUID) -> tuple[Message, UUID]:
    """Return a message of the caller's and the id of its data set; a language model's answer is kept for others.

    Raises:
        NotFound: there is none.

    """
    message, dataset_id = find_message(message_id)
    job = db.session.get(Job, message.job_id) if message.job_id else None
    if message.content is not None and job is not None and job.state == State.SUCCEEDED:
        content = message.content.removeprefix(f"{job.input['notice']} ")
        entry = answer_cache.Entry(job.input["cache_key"], content, message.evidence, None, message.unbacked)
        answer_cache.keep(str(dataset_id), entry)
    return message, dataset_id


def wait_for_answer(message_id: UUID, wait_s: float) -> tuple[Message, UUID]:
    """Return a message of the caller's once its job has ended, or after a while."""
    message, _ = find_message(message_id)
    if message.job_id is not None:
        event_stream.wait_until_final(message.job_id, wait_s)
    return find_answer(message_id)


def failure_of(message: Message) -> dict[str, str] | None:
    """Return why a message has no answer, None while it may still get one."""
    if message.content is not None or message.job_id is None:
        return None
    job = db.session.get(Job, message.job_id, populate_existing=True)
    if job is None or job.state not in FINAL:
        return None
    return {
        "code": job.error_code or "cancelled",
        "detail": job.error_detail or "The message was not answered.",
    }


def erase_message(message_id: UUID) -> None:
    """Remove a message that could not be asked."""
    db.session.rollback()
    db.session.execute(delete(Message).where(Message.id == message_id))
    db.session.commit()


def _by_grammar(sent: Asked) -> Reply:
    words = vocabularies.of(sent.table, sent.name)
    reply = talk.answer(
        sent.message,
        words,
        lambda query, tool: asking.ask(sent.table, query, tool=tool),
        recall(sent.history, words),
        _predict,
    )
    return Reply(reply.content, reply.evidence, refused=reply.open.why.value if reply.open else None)


def _predict(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the figures of an accident's severity, by the realtime lane.

    Raises:
        Unavailable: the lane does not answer in time.

    """
    accident = AccidentSchema().load(dict(fields))
    predicted = severity.predict(accident, wait_s=settings().wait_s)
    if isinstance(predicted, Job):
        raise Unavailable("The severity could not be predicted in time; ask again shortly.")
    return predicted.result


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
    conversation = _conversation(conversation_id)
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
    conversation = _conversation(conversation_id)
    assert conversation is not None
    db.session.execute(delete(Conversation).where(Conversation.id == conversation_id))
    db.session.commit()
    answer_cache.forget([str(conversation.dataset_id)])
