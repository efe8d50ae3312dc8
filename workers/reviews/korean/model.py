"""Score Korean texts by their syllables; what each word adds is told exactly."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from workers.reviews.korean.grams import grams
from workers.reviews.korean.stream import stream_of
from workers.reviews.linear import Parts, Weights, softmax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workers.reviews.linear import Floats
    from workers.reviews.vocabulary import Span

_WORD = re.compile(r"\S+")


class KoreanModel:
    """Logits (n, 3) of Korean texts; those of a text do not depend on how it is spaced."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._table = weights.table.astype(np.float32)

    @classmethod
    def load(cls, path: Path) -> KoreanModel:
        """Return the model of a weights file."""
        return cls(Weights.load(path))

    def probabilities(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Floats:
        """Return class shares (n, 3) of texts, or of spans of them, in the order of LABELS."""
        return softmax(self.logits(texts, spans))

    def logits(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> Floats:
        """Return logits (n, 3), divided by the temperature."""
        wanted = spans or [[(0, len(text))] for text in texts]
        parts = chain.from_iterable(
            (text[start:end] for start, end in each) for text, each in zip(texts, wanted, strict=True)
        )
        streams = [stream_of(part) for part in parts]
        features = grams(streams)
        values = self._table[features.buckets] * features.weights[:, None]
        sums = [np.bincount(features.parts, column, minlength=len(streams)) for column in values.T]
        logits = np.stack(sums, axis=1).astype(np.float64) + self._weights.bias
        scaled: Floats = logits / self._weights.temperature
        return scaled

    def contributions(self, text: str) -> Parts:
        """Return what each word between spaces adds to the logits; a run's part is shared by its letters."""
        stream = stream_of(text)
        features = grams([stream])
        values = (self._table[features.buckets] * features.weights[:, None]).astype(np.float64)
        shared = np.repeat(values / features.length[:, None], features.length, axis=0)  # one for each letter
        steps = np.arange(len(shared)) - np.repeat(
            np.cumsum(features.length) - features.length, features.length
        )
        places = np.array(stream.places, np.int64)[np.repeat(features.first, features.length) + steps]
        spans = [word.span() for word in _WORD.finditer(text)]
        owner = np.searchsorted([start for start, _ in spans], places, side="right") - 1
        sums = np.stack([np.bincount(owner, column, minlength=len(spans)) for column in shared.T], axis=1)
        scale = self._weights.temperature
        return Parts(
            self._weights.bias.astype(np.float64) / scale, list(zip(spans, sums / scale, strict=True)), []
        )
