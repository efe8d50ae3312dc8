"""Ask a language model tier by tier, chunk by chunk: segments, then benefits, then what bounds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from workers.documents.llm.answers import Answered, MalformedAnswer, parse
from workers.documents.llm.budget import Budget, OverBudget
from workers.documents.llm.chunks import Chunk, halves
from workers.documents.llm.memory import Memory, key_of
from workers.documents.llm.prompts import TIERS, system_prompt, user_prompt
from workers.documents.llm.wire import CUT, DONE, Model, Reply
from workers.documents.tree import ChunkState

CALLS = 3  # for one chunk: whole, and its halves; or whole with room for a longer answer, twice


@dataclass(frozen=True)
class Heard:
    """An item that a model named, and the chunk that it had read."""

    tier: str
    chunk: Chunk
    answered: Answered


@dataclass(frozen=True)
class TierAnswer:
    """What the chunks of a tier gave, and what became of each."""

    heard: tuple[Heard, ...]
    chunks: tuple[ChunkState, ...]


class ChunkFailed(Exception):
    """Raised when a chunk has no whole answer; its text is the reason."""


@dataclass(frozen=True)
class Asker:
    """Asks one model about one text."""

    model: Model
    memory: Memory
    budget: Budget
    text: str
    most_tokens: int

    def tier(
        self,
        name: str,
        chunks: Sequence[Chunk],
        names: Sequence[str],
        *,
        at_once: int,
        on_progress: Callable[[int], None],
    ) -> TierAnswer:
        """Ask a tier's question of all chunks, some at once; `on_progress` is called with how many are done."""
        heard: list[Heard] = []
        states: list[ChunkState] = []
        with ThreadPoolExecutor(at_once) as pool:
            asked = pool.map(lambda chunk: self._chunk(name, chunk, names), chunks)
            for number, (answers, reason) in enumerate(asked):
                heard += answers
                states.append(ChunkState(f"llm_{name}", number, "failed" if reason else "done", reason))
                on_progress(number + 1)
        return TierAnswer(tuple(heard), tuple(states))

    def _chunk(self, tier: str, chunk: Chunk, names: Sequence[str]) -> tuple[list[Heard], str | None]:
        """Return what a chunk gave, and why it gave nothing where it did not."""
        answers: list[Heard] = []
        try:
            self._ask(tier, chunk, names, (self.most_tokens, CALLS), answers)
        except ChunkFailed as failed:
            return answers, str(failed)
        return answers, None

    def _ask(
        self, tier: str, chunk: Chunk, names: Sequence[str], room: tuple[int, int], answers: list[Heard]
    ) -> None:
        """Ask about a chunk; `room` is the most tokens of an answer, and how many calls there may be."""
        most_tokens, calls = room
        reply = self._reply(tier, self.text[chunk.start : chunk.end], names, most_tokens)
        if reply.ending == CUT:
            self._ask_smaller(tier, chunk, names, (most_tokens, calls - 1), answers)
            return
        if reply.ending != DONE:
            raise ChunkFailed("llm_refused")
        try:
            answered = parse(reply.content)
        except MalformedAnswer:
            raise ChunkFailed("llm_malformed") from None
        answers += [Heard(tier, chunk, each) for each in answered if each.kind in TIERS[tier]]

    def _ask_smaller(
        self, tier: str, chunk: Chunk, names: Sequence[str], room: tuple[int, int], answers: list[Heard]
    ) -> None:
        """Ask again about a chunk whose answer was cut: never with a longer prompt."""
        most_tokens, calls = room
        parts = halves(self.text, chunk)
        if calls < len(parts):
            raise ChunkFailed("llm_truncated")
        reason = None
        for part in parts:
            try:
                self._ask(tier, part, names, (most_tokens * 2, calls // len(parts)), answers)
            except ChunkFailed as failed:
                reason = str(failed)
        if reason:
            raise ChunkFailed(reason)

    def _reply(self, tier: str, chunk: str, names: Sequence[str], most_tokens: int) -> Reply:
        """Return an answer that was paid before, or pay for one."""
        system, user = system_prompt(tier), user_prompt(chunk, names)
        key = key_of(self.model.config, system, user, most_tokens)
        reply = self.memory.find(key)
        if reply is not None:
            self.budget.pay(reply.input_tokens, reply.output_tokens, is_cached=True)
            return reply
        try:
            with self.budget.reserve(system + user, most_tokens):
                reply = self.model.ask(system, user, most_tokens=most_tokens)
                cost = self.budget.pay(reply.input_tokens, reply.output_tokens)
        except OverBudget:
            raise ChunkFailed("llm_cost_cap") from None
        self.memory.keep(key, reply, cost)
        return reply
