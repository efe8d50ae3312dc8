"""Score texts by a trained linear model, with the sums of known words kept at hand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from workers.reviews import features, lexicon, vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workers.reviews.vocabulary import Span, Tokens

Floats = npt.NDArray[np.float64]


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


def softmax(logits: Floats) -> Floats:
    """Return the class shares (n, 3) that logits stand for."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    normed: Floats = shares / shares.sum(axis=1, keepdims=True)
    return normed


@dataclass(frozen=True)
class Parts:
    """What a text's logits are the sum of: the bias (3,), words (3,), figures of the whole text (3,).

    A word is named by its place, text[start:end].
    """

    bias: Floats
    words: list[tuple[Span, Floats]]
    figures: list[tuple[str, Floats]]


class LinearModel:
    """Logits (n, 3) of texts in one language; exact whether or not a word is known.

    Each row holds three class sums and, fourth, the squared weights that the text's
    norm is made of. The first BUCKETS rows are single features, the later ones the
    sums of whole words with their character n-grams, by the words' numbers.
    """

    def __init__(self, weights: Weights, language: str, words: lexicon.Lexicon | None) -> None:
        self._weights = weights
        self._scheme = features.SCHEMES[language]
        self._lexicon = words
        self._rows = np.ones((features.BUCKETS + vocabulary.ROOM, 4), dtype=np.float32)
        self._rows[: features.BUCKETS, :3] = weights.table
        self._forget()

    @classmethod
    def load(cls, path: Path, language: str, words: lexicon.Lexicon | None) -> LinearModel:
        """Return the model of a weights file."""
        return cls(Weights.load(path), language, words)

    def probabilities(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Floats:
        """Return class shares (n, 3) of texts, or of spans of them, in the order of LABELS."""
        return softmax(self.logits(texts, spans))

    def logits(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Floats:
        """Return logits (n, 3), divided by the temperature."""
        tokens = self._encode(texts, spans)
        rows = self._word_rows(tokens)
        rows += self._rows[tokens.pairs]
        rows[tokens.turned] += self._rows[tokens.facts["turned_bucket"][tokens.turned]]
        sums = np.add.reduceat(rows, tokens.starts, axis=0)
        norms = np.sqrt(np.maximum(sums[:, 3:], 1.0))
        logits: Floats = (sums[:, :3] / norms + self._weights.bias).astype(np.float64)
        if self._lexicon:
            logits = logits + lexicon.figures(tokens) @ self._weights.lexicon
        scaled: Floats = logits / self._weights.temperature
        return scaled

    def contributions(self, text: str) -> Parts:
        """Return what each word and each of the lexicon's figures adds to the logits.

        A pair's part is halved between its words. Bias and parts add up to `logits`.
        """
        tokens = self._encode([text])
        own, pairs = self._word_rows(tokens), self._rows[tokens.pairs]
        own[tokens.turned] += self._rows[tokens.facts["turned_bucket"][tokens.turned]]
        squares = float(own[:, 3].sum() + pairs[:, 3].sum())
        parts: Floats = own[:, :3].astype(np.float64)
        parts += pairs[:, :3] / 2
        parts[:-1] += pairs[1:, :3] / 2
        scale = self._weights.temperature
        parts /= np.sqrt(max(squares, 1.0)) * scale
        figures: list[tuple[str, Floats]] = []
        if self._lexicon:
            values = lexicon.figures(tokens)[0][:, None] * self._weights.lexicon / scale  # (29, 3)
            figures = list(zip(lexicon.NAMES, values, strict=True))
        bias = self._weights.bias.astype(np.float64) / scale
        return Parts(bias, list(zip(features.token_spans(text), parts[1:], strict=True)), figures)

    def _forget(self) -> None:
        self._words = vocabulary.Vocabulary(self._scheme, self._lexicon)
        self._rows[features.BUCKETS] = 0.0  # NOTHING, and what is not there
        self._summed = 1

    def _encode(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Tokens:
        """Return tokens of words whose sums are all at hand."""
        if self._words.is_full:
            self._forget()
        tokens = self._words.encode(texts, spans)
        if added := self._words.words(self._summed):
            self._add(added)
        return tokens

    def _word_rows(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        rows: npt.NDArray[np.float32] = self._rows[features.BUCKETS + tokens.facts["word"]]
        return rows

    def _add(self, words: Sequence[str]) -> None:
        """Sum the features of words that are new."""
        parts = [features.word_features(word, self._scheme) for word in words]
        lengths = [len(buckets) for buckets, _ in parts]
        weights = np.array(list(chain.from_iterable(weights for _, weights in parts)), dtype=np.float32)
        rows = self._rows[list(chain.from_iterable(buckets for buckets, _ in parts))]
        rows[:, :3] *= weights[:, None]
        rows[:, 3] = weights * weights
        start = features.BUCKETS + self._summed
        if start + len(words) > len(self._rows):  # one batch alone holds more words than there is room for
            more = np.ones((vocabulary.ROOM + len(words), 4), dtype=np.float32)
            self._rows = np.concatenate([self._rows, more])
        self._rows[start : start + len(words)] = np.add.reduceat(rows, np.cumsum([0, *lengths[:-1]]), axis=0)
        self._summed += len(words)
