"""The routes of the chat: a message, and the conversations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response, json, request, stream_with_context, url_for
from flask.views import MethodView

from app.accidents.chat import conversations, credentials, service
from app.accidents.chat.models import Conversation, Message
from app.accidents.chat.schemas import (
    ChatAnswerSchema,
    ChatQuestionSchema,
    ChatWaitingSchema,
    ConversationListSchema,
    ConversationsQuerySchema,
    HistorySchema,
)
from app.accidents.vocabulary import VOCABULARY
from app.extensions import settings
from app.http.errors import Invalid, Unavailable
from app.http.openapi import Blueprint, error_responses, named, reply, request_headers, response_headers
from app.jobs.realtime.submit import preference
from app.system import State

blp = Blueprint(
    "chat",
    __name__,
    url_prefix="/api/chat",
    description="Questions about a data set, answered from its figures.",
)

PRIVATE = {"Cache-Control": "private, no-store"}
EXAMPLE = {"message": "비 오는 날 사고는 몇 건이야?", "dataset_id": "01a201a8-a545-7034-8d00-5c7ba0d6afad"}
STREAM = "text/event-stream"
KEEP_ALIVE_S = 10.0


def present(message: Message) -> dict[str, Any]:
    """Return an answered message as JSON."""
    return {
        "conversation_id": str(message.conversation_id),
        "message_id": str(message.id),
        "status": VOCABULARY[State.RUNNING if message.content is None else State.SUCCEEDED],
        "content": message.content,
        "cache_hit": message.cache_hit,
        "usage": message.usage,
        "timestamp": message.created_at.isoformat(),
        "evidence": message.evidence,
        "dataset_version": message.dataset_version,
        "model": message.model,
        "refused": message.refused,
        "unbacked": message.unbacked,
    }


def events(body: dict[str, Any], *, begun: bool = False) -> Iterator[str]:
    """Yield an answer as server-sent events: where it is kept unless `begun`, its text, what it rests on, its end."""
    if not begun:
        yield _event("start", _start(body))
    for piece in body["content"].split(" "):
        yield _event("delta", {"text": piece + " "})
    for each in body["evidence"]:
        yield _event("evidence", each)
    yield _event("done", body)


@blp.route("/message", methods=["POST"])
@blp.arguments(ChatQuestionSchema(), example=EXAMPLE)
@blp.response(200, ChatAnswerSchema)
@blp.alt_response(
    202,
    schema=ChatWaitingSchema,
    description="a language model still works at it",
    headers=response_headers("Location", "Retry-After", "Preference-Applied"),
    success=True,
)
@request_headers(blp, "Prefer", "X-Anthropic-API-Key")
@error_responses(400, 401, 404, 409, 410, 411, 413, 415, 422, 429, 503)
def send_message(body: dict[str, Any]) -> Any:
    """Ask a question about a data set; with `Accept: text/event-stream` the answer is streamed."""
    asked, key = service.asked(body), credentials.sent()
    dataset_id = UUID(asked.table.id)
    if key is None:
        return _answered(service.answer(asked), dataset_id)
    if _wants_stream():
        message = service.ask_model(asked, key, wait_s=0)
        return _streamed(followed(message, dataset_id))
    wanted = preference(settings().wait_s)
    message = service.ask_model(asked, key, wait_s=wanted.wait_s)
    return _state_of(message, dataset_id, wanted.headers)


def _wants_stream() -> bool:
    return request.accept_mimetypes.best_match(["application/json", STREAM]) == STREAM


def _streamed(stream: Iterator[str]) -> Response:
    return Response(
        stream_with_context(stream), mimetype=STREAM, headers={**PRIVATE, "X-Accel-Buffering": "no"}
    )


def followed(message: Message, dataset_id: UUID) -> Iterator[str]:
    """Yield a message that a language model answers: where it is kept, then its answer, or why there is none."""
    message_id = message.id
    yield _event("start", _start(present(message) | {"dataset_id": str(dataset_id)}))
    while message.content is None and service.failure_of(message) is None:
        yield ": still asked\n\n"  # routers close a connection on which nothing comes
        message, _ = service.wait_for_answer(message_id, KEEP_ALIVE_S)
    failure = service.failure_of(message)
    if failure is not None:
        yield _event("error", failure)
        return
    yield from events(present(message) | {"dataset_id": str(dataset_id)}, begun=True)


def _start(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("conversation_id", "message_id", "dataset_id", "model")}


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _state_of(message: Message, dataset_id: UUID, headers: dict[str, str]) -> Any:
    """Return a message that a language model answers: its answer, why there is none, or where it will be."""
    if message.content is not None:
        return _answered(message, dataset_id)
    failure = service.failure_of(message)
    if failure is not None:
        raise (
            Unavailable(failure["detail"])
            if failure["code"] == "transient"
            else Invalid(failure["detail"], code=failure["code"])
        )
    url = url_for("chat.show_message", message_id=message.id)
    body = {
        "conversation_id": str(message.conversation_id),
        "message_id": str(message.id),
        "status": VOCABULARY[State.RUNNING],
        "results_url": url,
    }
    return reply(body, {"Location": url, "Retry-After": "1", **PRIVATE, **headers}, 202)


@blp.route("/messages/<uuid:message_id>")
@blp.response(200, ChatAnswerSchema)
@blp.alt_response(
    202,
    schema=ChatWaitingSchema,
    description="not answered yet",
    headers=response_headers("Location", "Retry-After"),
    success=True,
)
@error_responses(401, 404, 422, 503)
def show_message(message_id: UUID) -> Any:
    """Show a message's answer; of one that failed, why."""
    message, dataset_id = service.find_answer(message_id)
    return _state_of(message, dataset_id, {})


def _answered(message: Message, dataset_id: UUID) -> Any:
    body = {**present(message), "dataset_id": str(dataset_id)}
    return _streamed(events(body)) if _wants_stream() else reply(body, PRIVATE)


@blp.route("/conversations")
@blp.arguments(ConversationsQuerySchema, location="query")
@blp.response(200, ConversationListSchema)
@error_responses(401, 422, 503)
def list_conversations(query: dict[str, Any]) -> Any:
    """List my conversations, newest first."""
    listed, total = conversations.list_conversations(**query)
    shown = [_listed(conversation, count) for conversation, count in listed]
    return reply({"conversations": shown, "total": total, **query}, PRIVATE)


def _listed(conversation: Conversation, count: int) -> dict[str, Any]:
    return {
        "id": str(conversation.id),
        "dataset_id": str(conversation.dataset_id),
        "title": conversation.title,
        "messages": count,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
    }


@blp.route("/conversations/<uuid:conversation_id>")
class ConversationView(MethodView):
    """One conversation."""

    @named("show_conversation")
    @blp.response(200, HistorySchema)
    @error_responses(401, 404, 503)
    def get(self, conversation_id: UUID) -> Any:
        """Show a conversation with its messages."""
        conversation, messages = conversations.find_conversation(conversation_id)
        shared = {"dataset_id": str(conversation.dataset_id)}
        history = [
            {**present(message), **shared, "question": message.question, "error": service.failure_of(message)}
            for message in messages
        ]
        return reply({**_listed(conversation, len(messages)), "history": history}, PRIVATE)

    @named("erase_conversation")
    @blp.response(204)
    @error_responses(401, 404, 503)
    def delete(self, conversation_id: UUID) -> None:
        """Erase a conversation with its messages."""
        conversations.erase_conversation(conversation_id)
