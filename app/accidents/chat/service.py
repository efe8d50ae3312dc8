"""Take a message, answer it, keep both; list, show and erase conversations; each by its owner only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import update
from uuid_utils.compat import uuid7

from app.accidents.chat import answer_cache, credentials
from app.accidents.chat.answers import talk
from app.accidents.chat.conversations import (
    GRAMMAR,
    MOST_MESSAGES,
    Asked,
    Reply,
    erase_message,
    find_message,
    keep,
    own_conversation,
    own_questions,
)
from app.accidents.chat.memory import recall, vocabularies
from app.accidents.chat.models import Message
from app.accidents.datasets import asking, erasing, receiving
from app.accidents.datasets import service as datasets
from app.accidents.severity import service as severity
from app.accidents.severity.schemas import AccidentSchema
from app.extensions import db, settings
from app.http.errors import AssayError, Conflict, Invalid, Unavailable
from app.jobs import event_stream, submission
from app.jobs.models import Job
from app.jobs.submission import JobRequest
from app.system import FINAL, State

SYSTEM, CHAT = "accidents", "chat"
_NOTICE = {
    "ko": "데이터 세트를 고르지 않으셔서, 함께 들어 있는 합성 견본 자료(실제 사고가 아님)로 답합니다.",
    "en": "No data set is named, so this is about the synthetic sample that ships (no real accidents).",
}


def asked(body: Mapping[str, Any]) -> Asked:
    """Return a request's message with what it is about.

    Raises:
        NotFound: the caller has no such conversation or data set.
        Conflict: the data set cannot be asked yet, or the conversation is full.
        Invalid: another data set is named than the conversation's.

    """
    conversation = own_conversation(body.get("conversation_id"))
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
    history = own_questions(conversation.id) if conversation else ()
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
    sample = receiving.shipped_sample()
    return sample.dataset.id, _NOTICE[talk.language(message)]


def forget_answers(dataset_id: UUID, _keys: Sequence[UUID]) -> None:
    """Remove the answers about a data set that are kept, and the words of it."""
    answer_cache.forget([str(dataset_id)])
    vocabularies.forget(dataset_id)


erasing.ERASED.append(forget_answers)


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]


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
        job = submission.submit(JobRequest(SYSTEM, CHAT, job_input, {}, items=None), job_id=job_id)
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
