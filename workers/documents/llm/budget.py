"""What a job's calls to a language model cost, and the cap that they stay below."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MILLION = 1_000_000
CHARACTERS_PER_TOKEN = 3  # of German and English; on the safe side


class OverBudget(Exception):
    """Raised instead of a call that may cost more than is left."""


@dataclass
class Budget:
    """The money of one job; prices are those of a million tokens."""

    cap: float
    input_price: float
    output_price: float
    spent: float = 0.0
    reserved: float = 0.0
    calls: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cost(self, input_tokens: float, output_tokens: float) -> float:
        """Return the price of a call."""
        return (input_tokens * self.input_price + output_tokens * self.output_price) / MILLION

    @contextmanager
    def reserve(self, prompt: str, most_tokens: int) -> Iterator[None]:
        """Keep the most that a call may cost until it is paid; raise OverBudget where that is not left."""
        most = self.cost(len(prompt) / CHARACTERS_PER_TOKEN, most_tokens)
        with self._lock:
            if self.spent + self.reserved + most > self.cap:
                raise OverBudget
            self.reserved += most
        try:
            yield
        finally:
            with self._lock:
                self.reserved -= most

    def pay(self, input_tokens: int, output_tokens: int, *, is_cached: bool = False) -> float:
        """Count a call, and return what it cost; an answer that was paid before costs nothing."""
        cost = 0.0 if is_cached else self.cost(input_tokens, output_tokens)
        with self._lock:
            self.spent += cost
            self.cached += is_cached
            if not is_cached:
                self.calls += 1
                self.input_tokens += input_tokens
                self.output_tokens += output_tokens
        return cost

    def summary(self) -> dict[str, float]:
        """Return the counts."""
        names = ("calls", "cached", "input_tokens", "output_tokens")
        return {**{name: getattr(self, name) for name in names}, "cost": round(self.spent, 6)}
