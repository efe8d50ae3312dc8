"""The interface that every model stands behind, and the card that describes it."""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

In = TypeVar("In")
Out = TypeVar("Out")


class NotExplainable(Exception):
    """Raised when a model has no way to say why it answered as it did."""


class BadInput(ValueError):
    """Raised when one input of a batch cannot be predicted; `index` says which."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"input {index}: {reason}")
        self.index = index
        self.reason = reason


@dataclass(frozen=True)
class Card:
    """What a model is, what it was measured to do, and what is not known of it.

    `files` maps each weight file's name to its sha256, `sha256` is that of the
    whole list and names the model in caches. `metrics` holds each figure beside
    its baseline.
    """

    name: str
    version: str
    sha256: str
    licence: str
    source: str
    trained_at: str
    seed: int
    files: Mapping[str, str]
    data: Mapping[str, Any]
    metrics: Mapping[str, Any]
    limits: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a `card.toml`; raise KeyError naming the entry that is missing."""
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        raw["limits"] = tuple(raw["limits"])
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Explanation:
    """Additive contributions to one prediction, largest first.

    `contributions` are those of named parts of the input, `features` those of what only the whole
    of it has; with `base` all of them add up. Of a text, `places` has where each contribution's part
    stands, text[start:end].
    """

    base: float
    contributions: tuple[tuple[str, float], ...]
    features: tuple[tuple[str, float], ...] = ()
    places: tuple[tuple[int, int], ...] = ()


class Predictor(ABC, Generic[In, Out]):
    """A loaded model: many inputs in, as many outputs out, in the same order."""

    card: Card

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Self:
        """Return a predictor that is ready to predict; called once per process."""

    @abstractmethod
    def predict(self, batch: Sequence[In]) -> list[Out]:
        """Return one output per input, in order; an empty batch gives an empty list.

        Raises:
            BadInput: an input is unusable; it carries the input's index.

        """

    def explain(self, batch: Sequence[In]) -> list[Explanation]:
        """Return one explanation per input, in order.

        Raises:
            NotExplainable: the model cannot say why.

        """
        del batch  # for those that can
        raise NotExplainable(type(self).__name__)
