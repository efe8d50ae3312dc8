"""Figures of a three-class model on labelled texts, and of VADER and TextBlob beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from workers.reviews.training.corpus import LABELS, Row

Shares = npt.NDArray[np.float64]  # (n, 3) in the order of LABELS
Scorer = Callable[[Sequence[str]], npt.NDArray[np.floating]]

ECE_BINS = 15  # Guo et al. 2017, "On Calibration of Modern Neural Networks"
NEUTRAL_BAND = 0.05  # |compound| below is neutral: VADER's README, taken for TextBlob too
NEGATIVE, NEUTRAL, POSITIVE = range(len(LABELS))


@dataclass(frozen=True)
class Figures:
    """Shares of 0..1; `binary` is the accuracy of positive against negative without the neutral rows."""

    rows: int
    accuracy: float
    macro_f1: float
    negative_f1: float
    neutral_f1: float
    positive_f1: float
    binary: float
    ece: float

    def rounded(self) -> dict[str, float]:
        """Return the figures as a card holds them."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def figures(shares: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> Figures:
    """Return the figures of class shares (n, 3) against label indexes (n,)."""
    likeliest = shares.argmax(axis=1)
    f1 = [_f1(likeliest == label, labels == label) for label in range(len(LABELS))]
    # a class that no row has cannot be scored
    present = [score for label, score in enumerate(f1) if (labels == label).any()]
    polar = labels != NEUTRAL
    better = np.where(shares[:, POSITIVE] >= shares[:, NEGATIVE], POSITIVE, NEGATIVE)
    binary = float((better == labels)[polar].mean()) if polar.any() else 0.0
    accuracy = float((likeliest == labels).mean())
    mean = float(np.mean(present))
    ece = calibration_error(shares, labels)
    return Figures(len(labels), accuracy, mean, f1[0], f1[1], f1[2], binary, ece)


def calibration_error(shares: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> float:
    """Return the expected calibration error of the likeliest class, in ECE_BINS even bins."""
    sure = shares.max(axis=1)
    right = shares.argmax(axis=1) == labels
    bins = np.minimum((sure * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = [abs(float((right[bins == b] - sure[bins == b]).sum())) for b in range(ECE_BINS)]
    return sum(gaps) / len(labels)


def measure(score: Scorer, rows: Sequence[Row]) -> Figures:
    """Return a scorer's figures on labelled rows."""
    shares = score([row.text for row in rows])
    return figures(shares, np.array([row.label for row in rows]))


def vader() -> Scorer:
    """Return VADER as a scorer; needs the package vaderSentiment."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - for comparison only

    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: _from_polarity([analyzer.polarity_scores(text)["compound"] for text in texts])


def text_blob() -> Scorer:
    """Return TextBlob as a scorer; needs the package textblob."""
    from textblob import TextBlob  # noqa: PLC0415 - for comparison only

    return lambda texts: _from_polarity([TextBlob(text).sentiment.polarity for text in texts])


def _f1(predicted: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]) -> float:
    both = int(predicted.sum() + true.sum())
    return 2 * int((predicted & true).sum()) / both if both else 0.0


def _from_polarity(polarities: Sequence[float]) -> Shares:
    # one number is no distribution: neutral inside the band, else a share that grows with it
    value = np.array(polarities, dtype=np.float64)
    loaded = 0.5 + np.abs(value) / 2
    neutral = np.abs(value) < NEUTRAL_BAND
    shares = np.zeros((len(value), len(LABELS)))
    shares[:, POSITIVE] = np.where(value >= 0, loaded, 1 - loaded)
    shares[:, NEGATIVE] = 1 - shares[:, POSITIVE]
    shares[neutral] *= 0.5
    shares[neutral, NEUTRAL] = 0.5 + NEUTRAL_BAND
    normed: Shares = shares / shares.sum(axis=1, keepdims=True)
    return normed
