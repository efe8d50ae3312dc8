"""A language model over HTTP: OpenAI's chat completions or Anthropic's messages, answering by a schema."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from app.http.errors import TaskError, Transient
from workers.documents.llm.answers import SCHEMA

TRIES = 4
FIRST_PAUSE_S, MOST_PAUSE_S = 0.5, 20.0
BUSY = frozenset({408, 409, 429, 500, 502, 503, 504, 529})  # 529: Anthropic's "overloaded"
MOST_ANSWER_BYTES = 4_000_000
SHOWN = 200
TOOL = "report_items"
DONE, CUT, REFUSED = "done", "cut", "refused"
ENDINGS = {
    "stop": DONE, "tool_calls": DONE, "end_turn": DONE, "tool_use": DONE, "stop_sequence": DONE,
    "length": CUT, "max_tokens": CUT, "model_context_window_exceeded": CUT,
    "content_filter": REFUSED, "refusal": REFUSED,
}  # fmt: skip


class ModelAway(Transient):
    """Raised when the language model does not answer; a later attempt goes on with what it has answered."""

    code = "llm_unavailable"


class ModelRefuses(TaskError):
    """Raised when the language model's service refuses the request itself, such as for its key."""

    code = "llm_refused"


@dataclass(frozen=True)
class ModelConfig:
    """Which language model, and how it is spoken to."""

    url: str
    protocol: str  # openai or anthropic
    name: str
    key: str = field(repr=False, default="")
    timeout_s: float = 120.0


@dataclass(frozen=True)
class Reply:
    """One answer: how it ended, what it says, and the tokens that it cost."""

    ending: str
    content: Any
    input_tokens: int
    output_tokens: int


class Model:
    """A connection to a language model; safe to use from several threads."""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        timeout = httpx.Timeout(config.timeout_s, connect=10.0)
        self._http = httpx.Client(timeout=timeout, trust_env=False, headers=_keys(config))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, system: str, user: str, *, most_tokens: int) -> Reply:
        """Return the answer to a prompt; how it ended is read before what it says.

        Raises:
            ModelAway: there is no answer after some tries.
            ModelRefuses: the request itself is refused.

        """
        make = _anthropic_request if self.config.protocol == "anthropic" else _openai_request
        path, body = make(self.config, system, user, most_tokens)
        answer = self._until_answered(self.config.url.rstrip("/") + path, body)
        read = _anthropic_reply if self.config.protocol == "anthropic" else _openai_reply
        try:
            return read(answer.json())
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            raise ModelAway("The language model answered with something that is not its protocol.") from None

    def _until_answered(self, url: str, body: Mapping[str, Any]) -> httpx.Response:
        reason = ""
        for attempt in range(TRIES):
            pause_s = FIRST_PAUSE_S * 3**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - a pause
            try:
                answer = self._http.post(url, json=body)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code not in BUSY:
                    return _checked(answer)
                reason = f"status {answer.status_code}"
                asked = answer.headers.get("Retry-After", "")
                pause_s = max(pause_s, float(asked) if asked.isdecimal() else 0.0)
            if attempt + 1 < TRIES:
                time.sleep(min(pause_s, MOST_PAUSE_S))
        raise ModelAway(f"The language model does not answer ({reason}); it was asked {TRIES} times.")


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:  # its text may repeat the prompt, and is not told
        reason = f"The language model's service answered {answer.status_code}; its URL, model and key must be right."
        raise ModelRefuses(reason)
    if len(answer.content) > MOST_ANSWER_BYTES:
        raise ModelAway(f"The language model's answer has more than {MOST_ANSWER_BYTES:,} bytes.")
    return answer


def _keys(config: ModelConfig) -> dict[str, str]:
    if config.protocol == "anthropic":
        return {"x-api-key": config.key, "anthropic-version": "2023-06-01"}
    return {"Authorization": f"Bearer {config.key}"} if config.key else {}


def _openai_request(
    config: ModelConfig, system: str, user: str, most_tokens: int
) -> tuple[str, dict[str, Any]]:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    schema = {"name": TOOL, "strict": True, "schema": SCHEMA}
    form = {"type": "json_schema", "json_schema": schema}
    body = {"model": config.name, "messages": messages, "max_tokens": most_tokens, "temperature": 0}
    return "/chat/completions", {**body, "response_format": form}


def _anthropic_request(
    config: ModelConfig, system: str, user: str, most_tokens: int
) -> tuple[str, dict[str, Any]]:
    tool = {"name": TOOL, "description": "Report the items of the text.", "input_schema": SCHEMA}
    body = {"model": config.name, "system": system, "max_tokens": most_tokens, "temperature": 0}
    messages = [{"role": "user", "content": user}]
    chosen = {"tools": [tool], "tool_choice": {"type": "tool", "name": TOOL}}
    path = "/messages" if config.url.rstrip("/").endswith("/v1") else "/v1/messages"
    return path, {**body, "messages": messages, **chosen}


def _openai_reply(answer: Mapping[str, Any]) -> Reply:
    choice, usage = answer["choices"][0], answer.get("usage") or {}
    message = choice["message"]
    ending = REFUSED if message.get("refusal") else ENDINGS.get(str(choice["finish_reason"]), REFUSED)
    tokens = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    return Reply(ending, message.get("content") if ending == DONE else None, *tokens)


def _anthropic_reply(answer: Mapping[str, Any]) -> Reply:
    usage = answer.get("usage") or {}
    ending = ENDINGS.get(str(answer["stop_reason"]), REFUSED)
    inputs = [each["input"] for each in answer["content"] if each.get("type") == "tool_use"]
    tokens = int(usage.get("input_tokens") or 0), int(usage.get("output_tokens") or 0)
    return Reply(ending, inputs[0] if ending == DONE and inputs else None, *tokens)
