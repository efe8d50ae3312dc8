"""Score texts by a trained linear model, with the sums of known words kept at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from workers.reviews import features, lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Floats = npt.NDArray[np.float64]

CACHED_WORDS = 1 << 16  # beyond it the cache starts anew; 16 bytes a word
_NOTHING = features.BUCKETS  # a row of zeros: the sum of a text without tokens


@dataclass(frozen=True)
class Weights:
    """The trained numbers: table (BUCKETS, 3), lexicon (29, 3), bias (3,), temperature."""

    table: npt.NDArray[np.float16]
    lexicon: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    temperature: float

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Read a safetensors file."""
        raw = load_file(path)
        return cls(raw["table"], raw["lexicon"], raw["bias"], float(raw["temperature"][0]))

    def save(self, path: Path) -> None:
        """Write a safetensors file; the table is float16."""
        temperature = np.array([self.temperature], dtype=np.float32)
        tensors: dict[str, npt.NDArray[Any]] = {
            "table": self.table,
            "lexicon": self.lexicon,
            "bias": self.bias,
            "temperature": temperature,
        }
        save_file(tensors, path)
        path.chmod(0o644)  # safetensors writes for its owner alone


@dataclass(frozen=True)
class Parsed:
    """A text's tokens as written and in lower case, and which a negator turns."""

    written: list[str]
    words: list[str]
    turned: list[int]


@dataclass(frozen=True)
class Parts:
    """What a text's logits are the sum of: the bias (3,), words (3,), figures of the whole text (3,)."""

    bias: Floats
    words: list[tuple[str, Floats]]
    figures: list[tuple[str, Floats]]


class LinearModel:
    """Logits (n, 3) of texts in one language; exact whether or not a word is cached.

    Each row holds three class sums and, fourth, the squared weights that the text's
    norm is made of. The first BUCKETS rows are single features, the later ones the
    sums of whole words with their character n-grams.
    """

    def __init__(self, weights: Weights, language: str, words: lexicon.Lexicon | None) -> None:
        self._weights = weights
        self._scheme = features.SCHEMES[language]
        self._lexicon = words
        self._rows = np.ones((features.BUCKETS + CACHED_WORDS, 4), dtype=np.float32)
        self._rows[: features.BUCKETS, :3] = weights.table
        self._rows[_NOTHING] = 0.0
        self._slots: dict[str, int] = {}

    @classmethod
    def load(cls, path: Path, language: str, words: lexicon.Lexicon | None) -> LinearModel:
        """Return the model of a weights file."""
        return cls(Weights.load(path), language, words)

    def parse(self, text: str) -> Parsed:
        """Return a text's tokens."""
        written = features.tokens(text)
        words = [word.lower() for word in written]
        return Parsed(written, words, features.negated_positions(words, self._scheme))

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return class shares (n, 3) in the order of LABELS."""
        logits = self.logits(texts)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        normed: Floats = shares / shares.sum(axis=1, keepdims=True)
        return normed

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return logits (n, 3), divided by the temperature."""
        if len(self._slots) >= CACHED_WORDS - 1:
            self._slots.clear()
        ids: list[int] = []
        starts: list[int] = []
        parsed = [self.parse(text) for text in texts]
        for text in parsed:
            starts.append(len(ids))
            ids.append(_NOTHING)
            ids += self._word_slots(text.words)
            ids += features.context_features(text.words, text.turned)
        sums = np.add.reduceat(self._rows[ids], starts, axis=0)
        norms = np.sqrt(np.maximum(sums[:, 3:], 1.0))
        logits: Floats = (sums[:, :3] / norms + self._weights.bias).astype(np.float64)
        if self._lexicon:
            logits = logits + self._loaded(parsed) @ self._weights.lexicon
        scaled: Floats = logits / self._weights.temperature
        return scaled

    def contributions(self, text: str) -> Parts:
        """Return what each word and each of the lexicon's figures adds to the logits.

        A pair's part is halved between its words. Bias and parts add up to `logits`.
        """
        parsed = self.parse(text)
        words, context = parsed.words, features.context_features(parsed.words, parsed.turned)
        slots = self._word_slots(words)
        vectors = self._rows[slots]
        parts: Floats = vectors[:, :3].astype(np.float64)
        around = self._rows[context]
        squares = float(vectors[:, 3].sum() + around[:, 3].sum())
        for index in range(len(words) - 1):
            parts[index : index + 2] += around[index, :3] / 2
        for index, turned in enumerate(parsed.turned, start=max(0, len(words) - 1)):
            parts[turned] += around[index, :3]
        scale = self._weights.temperature
        parts /= np.sqrt(max(squares, 1.0)) * scale
        figures: list[tuple[str, Floats]] = []
        if self._lexicon:
            values = self._loaded([parsed])[0][:, None] * self._weights.lexicon / scale  # (29, 3)
            figures = list(zip(lexicon.NAMES, values, strict=True))
        bias = self._weights.bias.astype(np.float64) / scale
        return Parts(bias, list(zip(parsed.written, parts, strict=True)), figures)

    def _loaded(self, parsed: Sequence[Parsed]) -> Floats:
        assert self._lexicon is not None
        rows = [lexicon.lexicon_features(self._lexicon, t.written, t.words, set(t.turned)) for t in parsed]
        return np.array(rows, dtype=np.float64)

    def _word_slots(self, words: Sequence[str]) -> list[int]:
        slots = self._slots
        return [slots[word] if word in slots else self._add(word) for word in words]

    def _add(self, word: str) -> int:
        slot = _NOTHING + 1 + len(self._slots)
        if slot >= len(self._rows):  # one batch alone holds more words than the cache
            self._rows = np.concatenate([self._rows, np.ones((CACHED_WORDS, 4), dtype=np.float32)])
        buckets, weights = features.word_features(word, self._scheme)
        weight = np.array(weights, dtype=np.float32)
        self._rows[slot, :3] = weight @ self._rows[buckets, :3]
        self._rows[slot, 3] = weight @ weight
        self._slots[word] = slot
        return slot
