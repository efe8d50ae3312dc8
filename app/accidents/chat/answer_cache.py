"""Answers that are given again in Redis: the same question in the same talk about the same version.

A key is a keyed digest of all that an answer depends on, its owner and his key's fingerprint among it; it
says nothing of what was asked. An entry is signed and names its key, so that it is worth nothing under
another. Errors are never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
import structlog
from redis.exceptions import RedisError

from app.accidents.chat.grammar.text import squeezed
from app.extensions import redis_client, settings
from app.jobs.queue import messages
from app.jobs.queue.messages import BadSignature

log = structlog.get_logger()

ENTRY, OF_DATASET = "assay:chat:answer:", "assay:chat:answers-of:"
PROMPT_VERSION = "2026.11"  # of the grammar and of what a language model is told


class Entry(msgspec.Struct, frozen=True):
    """An answer as it is kept."""

    key: str
    content: str
    evidence: list[dict[str, Any]]
    refused: str | None
    unbacked: int


@dataclass(frozen=True)
class Question:
    """All that an answer depends on."""

    owner: str
    dataset_id: str
    dataset_version: int
    sha256: str
    message: str
    history: tuple[str, ...]
    model: str
    fingerprint: str  # of the caller's key to a language model, empty without one

    @property
    def key(self) -> str:
        """Return the key of its answer."""
        history = hashlib.sha256(msgspec.json.encode(self.history)).hexdigest()
        parts = [
            self.owner, self.dataset_id, self.dataset_version, self.sha256, squeezed(self.message), history, self.model,
            self.fingerprint, PROMPT_VERSION,
        ]  # fmt: skip
        return ENTRY + messages.mac(b"chat key", msgspec.json.encode(parts)).decode()


def find(question: Question) -> Entry | None:
    """Return the earlier answer to a question, None where there is none; Redis being away is a miss."""
    key = question.key
    try:
        data = cast("bytes | None", redis_client().get(key))
        entry = messages.verify(b"chat", data, Entry) if data is not None else None
    except RedisError as error:
        log.warning("chat_cache_unread", error=type(error).__name__)
        return None
    except BadSignature:
        log.warning("cached_chat_answer_refused")
        redis_client().delete(key)
        return None
    return entry if entry is not None and entry.key == key else None


def keep(dataset_id: str, entry: Entry) -> None:
    """Keep an answer about a data set for the next one who asks the same in the same talk."""
    ttl = settings().cache_ttl_s
    if not ttl:
        return
    index = OF_DATASET + dataset_id
    try:
        pipe = redis_client().pipeline()
        pipe.set(entry.key, messages.sign(b"chat", entry), ex=ttl)
        pipe.sadd(index, entry.key)
        pipe.expire(index, ttl)
        pipe.execute()
    except RedisError as error:
        log.warning("chat_answer_not_kept", error=type(error).__name__)


def forget(dataset_ids: Sequence[str]) -> int:
    """Remove all answers about some data sets; return how many there were."""
    gone = 0
    for dataset_id in dataset_ids:
        index = OF_DATASET + dataset_id
        keys = [*cast("set[bytes]", redis_client().smembers(index))]
        gone += redis_client().delete(*keys) if keys else 0
        redis_client().delete(index)
    return gone
