"""Fit the head and find how far it errs on faces that it has not seen, in good pictures and in poor ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.personality import ridge
from workers.personality.features import GROUPS, widths
from workers.personality.head import Head, Norms

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

PENALTY = 1200.0  # of 800, 1200, 2400: best mean r over five folds
POOR_WEIGHT = 0.5  # of a spoiled picture beside a good one; at 0.25 the lighter version fails its audit
LEVEL = 0.90  # of the intervals
LEAST_FACES = 30  # of a word of quality, to say how much wider errors are


@dataclass(frozen=True)
class Samples:
    """Figures (n, 2, width) of crops and their mirror images, which face each shows, and their quality.

    A face is shown once as it is, `poor` False, and in some spoiled copies.
    """

    views: npt.NDArray[np.float32]
    owners: Index
    poor: npt.NDArray[np.bool_]
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Fitted:
    """A head, its norms, and what its members say of the samples whose faces they have not seen, (n, 5)."""

    head: Head
    norms: Norms
    unseen: Matrix


def fit(samples: Samples, traits: Matrix, folds: Index, groups: Sequence[str]) -> Fitted:
    """Return a head of one member for each fold left out; `traits` (faces, 5) and `folds` are by face."""
    mean, scale = _standard(samples.views[~samples.poor])
    counts = np.concatenate([np.full(width, GROUPS[name]) for name, width in widths(groups)])
    blank = Head(mean, scale, np.zeros((1, len(mean), 5), np.float32), np.zeros((1, 5), np.float32))
    figures = blank.standardised(samples.views).astype(np.float64) * counts  # (n, 2, width)
    members, unseen = [], np.empty((len(samples.owners), 5))
    for fold in np.unique(folds):
        tested = folds[samples.owners] == fold
        member = _member(figures[~tested], traits[samples.owners[~tested]], samples.poor[~tested])
        unseen[tested] = figures[tested].mean(1) @ member[0] + member[1]
        members.append(member)
    weights = np.stack([each * counts[:, None] for each, _ in members]).astype(np.float32)
    head = Head(mean, scale, weights, np.stack([bias for _, bias in members]).astype(np.float32))
    unseen = np.clip(unseen, 0, 1)
    return Fitted(head, norms_of(unseen, traits, samples), unseen)


def norms_of(unseen: Matrix, traits: Matrix, samples: Samples) -> Norms:
    """Return the norms of faces and the usual errors of a head that has not seen them."""
    errors = np.abs(unseen - traits[samples.owners])
    usual = np.quantile(errors[~samples.poor], LEVEL, axis=0)
    factors = {}
    for word in sorted({word for words in samples.words for word in words}):
        marked = np.array([word in words for words in samples.words])
        if marked.sum() >= LEAST_FACES:
            wider = np.quantile(errors[marked], LEVEL, axis=0) / usual
            factors[word] = round(float(max(wider.mean(), 1.0)), 3)
    return Norms(_rounded(traits.mean(0)), _rounded(traits.std(0)), _rounded(usual), factors)


def _standard(views: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return mean and 1 / SD of figures; one that hardly varies is not blown up."""
    mean, sd = views.mean((0, 1)), views.std((0, 1))
    return mean, 1 / (sd + 0.01 * sd.mean() + 1e-9)


def _member(figures: Matrix, targets: Matrix, poor: npt.NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
    """Return a ridge regression on both views of each crop."""
    weights = np.where(poor, POOR_WEIGHT, 1.0)
    rows = figures.transpose(1, 0, 2).reshape(-1, figures.shape[2])
    return ridge.fit(rows, np.tile(targets, (2, 1)), penalty=PENALTY, weights=np.tile(weights, 2))


def _rounded(values: Matrix) -> tuple[float, ...]:
    return tuple(np.round(values, 5).tolist())
