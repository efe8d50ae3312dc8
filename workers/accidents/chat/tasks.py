"""Answer a message by a language model, in the batch lane's child process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update

from app.accidents.chat import credentials
from app.accidents.chat.models import Conversation, Message
from app.accidents.datasets import executor
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.models import Dataset, DatasetVersion
from app.accidents.datasets.profile import Profile
from app.accidents.severity.schemas import AccidentSchema
from app.extensions import settings
from app.files.uploads.storage import storage
from app.http.errors import TaskError
from workers.accidents.chat.agent import Model, converse
from workers.accidents.chat.toolbox import Toolbox

if TYPE_CHECKING:
    from workers.sdk.task import Run

MOST_HISTORY = 8  # messages of the talk that the model is told of


def answer_message(run: Run) -> None:
    """Answer the message that a job names; the answer is stored with the job's success, or not at all.

    Raises:
        TaskError: the message, its data set or the caller's key is not there any more, or the model failed.

    """
    message_id = UUID(run.job.input["message_id"])
    row = _asked(run, message_id)
    key = credentials.take(run.job.id)
    if key is None:
        raise TaskError(
            "The key to the language model was read once and is not kept; send the message again.",
            code="key_gone",
        )
    history = _history(run, row.conversation_id, row.position)
    run.session.commit()  # no transaction is held while the model thinks
    config = settings()
    with storage().opened(row.database_key) as path:
        profile = Profile.load(row.profile)
        table = Table(profile, partial(executor.run, path, profile), str(row.dataset_id), row.dataset_version)
        toolbox = Toolbox(table, partial(_predict, run.model_version))
        reply = converse(
            row.question, history, toolbox, Model(config.chat_model, config.anthropic_base_url, key)
        )
    values = {
        "content": f"{run.job.input['notice']} {reply.content}".strip(),
        "evidence": reply.evidence,
        "usage": reply.usage,
        "unbacked": reply.withheld,
    }
    run.session.execute(update(Message).where(Message.id == message_id).values(**values))


def _asked(run: Run, message_id: UUID) -> Any:
    """Return a message with its version of the data set, by their owner."""
    statement = (
        select(
            Message.question, Message.position, Message.conversation_id, Message.dataset_version, Conversation.dataset_id,
            DatasetVersion.profile, DatasetVersion.database_key,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Dataset, Dataset.id == Conversation.dataset_id)
        .join(DatasetVersion, (DatasetVersion.dataset_id == Dataset.id) & (DatasetVersion.version == Message.dataset_version))
        .where(Message.id == message_id, Conversation.owner == run.job.owner, Dataset.owner == run.job.owner)
    )  # fmt: skip
    row = run.session.execute(statement).one_or_none()
    if row is None or row.database_key is None:
        raise TaskError("The message or its data set is not there any more.", code="message_gone")
    return row


def _history(run: Run, conversation_id: UUID, position: int) -> list[tuple[str, str]]:
    statement = select(Message.question, Message.content).where(
        Message.conversation_id == conversation_id, Message.position < position, Message.content.is_not(None)
    )
    rows = run.session.execute(statement.order_by(Message.position.desc()).limit(MOST_HISTORY)).all()
    return [(question, content or "") for question, content in reversed(rows)]


def _predict(version: str, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return severities of accidents; what is no accident is refused as by the API."""
    from workers.accidents.tasks import answer_severities  # noqa: PLC0415 - the tasks import this module

    return [
        dict(each) for each in answer_severities([AccidentSchema().load(item) for item in items], {}, version)
    ]
