"""Train the small linear models: an embedding bag of hashed features, and the lexicon."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor, nn

from app.text.plain import plain_text
from workers.reviews import features, lexicon
from workers.reviews.korean.grams import grams
from workers.reviews.korean.stream import stream_of
from workers.reviews.linear import Weights
from workers.reviews.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

SEED = 20
BATCH = 512
RATE = 2e-3


class Student(nn.Module):
    """Logits = bag of hashed features + linear map of the lexicon's features + bias."""

    def __init__(self) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(features.BUCKETS, 3, mode="sum")
        self.lexicon = nn.Linear(len(lexicon.NAMES), 3)
        nn.init.zeros_(self.bag.weight)
        nn.init.zeros_(self.lexicon.weight)
        nn.init.zeros_(self.lexicon.bias)

    @classmethod
    def of(cls, weights: Weights) -> Self:
        """Return the student that has these numbers."""
        student = cls()
        with torch.no_grad():
            student.bag.weight.copy_(torch.from_numpy(weights.table.astype(np.float32)))
            student.lexicon.weight.copy_(torch.from_numpy(weights.lexicon).T)
            student.lexicon.bias.copy_(torch.from_numpy(weights.bias))
        return student

    def forward(self, batch: Encoded) -> Tensor:
        """Return logits (n, 3)."""
        bag: Tensor = self.bag(batch.buckets, batch.offsets, batch.weights)
        logits: Tensor = bag + self.lexicon(batch.lexicon)
        return logits


@dataclass(frozen=True)
class Encoded:
    """Texts as features: flat buckets and weights, where each text starts, the lexicon's (n, 29)."""

    buckets: Tensor
    weights: Tensor
    offsets: Tensor
    lexicon: Tensor

    def __len__(self) -> int:
        return len(self.offsets)

    def take(self, chosen: Tensor) -> Encoded:
        """Return some of the texts, in the order chosen."""
        ends = torch.cat([self.offsets[1:], torch.tensor([len(self.buckets)])])
        starts, lengths = self.offsets[chosen], (ends - self.offsets)[chosen]
        offsets = torch.cumsum(lengths, 0) - lengths
        flat = torch.arange(int(lengths.sum())) + torch.repeat_interleave(starts - offsets, lengths)
        return Encoded(self.buckets[flat], self.weights[flat], offsets, self.lexicon[chosen])


def encode(texts: Sequence[str], language: str, words: lexicon.Lexicon | None) -> Encoded:
    """Return the features of texts as readers take them; each text's weights have a norm of 1."""
    texts = [plain_text(text).text for text in texts]
    if language == "ko":
        return _encode_korean(texts)
    scheme = features.SCHEMES[language]

    @cache
    def of_word(word: str) -> tuple[list[int], list[float]]:
        return features.word_features(word, scheme)

    vocabulary = Vocabulary(scheme, words)
    buckets: list[npt.NDArray[np.int32]] = []
    weights: list[npt.NDArray[np.float32]] = []
    loaded = np.zeros((len(texts), len(lexicon.NAMES)), dtype=np.float32)
    for first in range(0, len(texts), BATCH):
        block = texts[first : first + BATCH]
        tokens = vocabulary.encode(block)
        for text, context in zip(block, tokens.context(), strict=True):
            of_words = [of_word(word.lower()) for word in features.tokens(text)]
            hashed = list(chain.from_iterable(own for own, _ in of_words))
            weighed = list(chain.from_iterable(weights for _, weights in of_words))
            weight = np.array(weighed + [1.0] * len(context), dtype=np.float32)
            buckets.append(np.array([*hashed, *context], dtype=np.int32))
            weights.append(weight / max(1.0, math.sqrt(float(weight @ weight))))
        if words:
            loaded[first : first + len(block)] = lexicon.figures(tokens)
    lengths = np.array([len(b) for b in buckets])
    return Encoded(
        torch.from_numpy(np.concatenate(buckets)),
        torch.from_numpy(np.concatenate(weights)),
        torch.from_numpy(np.cumsum(lengths) - lengths),
        torch.from_numpy(loaded),
    )


def _encode_korean(texts: Sequence[str]) -> Encoded:
    blocks = [
        (grams([stream_of(text) for text in texts[first : first + BATCH]]), len(texts[first : first + BATCH]))
        for first in range(0, len(texts), BATCH)
    ]
    lengths = np.concatenate([np.bincount(block.parts, minlength=size) for block, size in blocks])
    return Encoded(
        torch.from_numpy(np.concatenate([block.buckets for block, _ in blocks]).astype(np.int32)),
        torch.from_numpy(np.concatenate([block.weights for block, _ in blocks])),
        torch.from_numpy(np.cumsum(lengths) - lengths),
        torch.zeros(len(texts), len(lexicon.NAMES)),
    )


@dataclass(frozen=True)
class Targets:
    """What the texts should be answered with: class shares (n, 3), and how much each counts (n,)."""

    shares: Tensor
    weights: Tensor


def fit(
    encoded: Encoded,
    targets: Targets,
    *,
    epochs: int,
    rate: float = RATE,
    decay: float = 0.0,
    start: Weights | None = None,
) -> Student:
    """Return a student fitted to the targets by Adam with a linearly falling rate, from `start` on."""
    torch.manual_seed(SEED)
    student = Student() if start is None else Student.of(start)
    scale = 1.0 if start is None else start.temperature
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=decay, fused=True)
    generator = torch.Generator().manual_seed(SEED)
    steps = epochs * math.ceil(len(encoded) / BATCH)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, steps)
    for epoch in range(epochs):
        total = 0.0
        order = torch.randperm(len(encoded), generator=generator)
        for chosen in torch.split(order, BATCH):
            loss = _loss(student(encoded.take(chosen)) / scale, targets, chosen)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        log.info("student epoch %d of %d, loss %.4f", epoch + 1, epochs, total / len(encoded))
    return student.eval()


def _loss(logits: Tensor, targets: Targets, chosen: Tensor) -> Tensor:
    each = F.cross_entropy(logits, targets.shares[chosen], reduction="none")
    return (each * targets.weights[chosen]).mean()


def temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the T that makes softmax(logits / T) likeliest on held-out labels (Guo et al. 2017)."""
    grid = torch.logspace(math.log10(0.3), math.log10(4.0), 200)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in grid])
    return float(grid[losses.argmin()])


def weights_of(student: Student, scale: float) -> Weights:
    """Return a student's numbers as they are shipped, with the table in float16."""
    return Weights(
        student.bag.weight.detach().half().numpy(),
        student.lexicon.weight.detach().T.contiguous().numpy(),
        student.lexicon.bias.detach().numpy(),
        scale,
    )
