"""Train the Korean model on film comments, comments of other kinds, phrases made by rule and by hand.

The phrases that tests judge by are in none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom

from workers.reviews.training import corpus, student

if TYPE_CHECKING:
    from workers.reviews.linear import Weights

PHRASES = Path(__file__).with_name("phrases_ko.jsonl")
FILM, COMMENTS, TRANSLATED, GRAMMAR = (
    *("train_ko.jsonl.gz", "train_ko_kote.jsonl.gz", "train_ko_goemotions.jsonl.gz"),
    "train_ko_grammar.jsonl.gz",
)
# How much a row counts: a machine's translation is half believed, what was made by rule says little new.
FILES = ((FILM, 1.0), (COMMENTS, 1.0), (TRANSLATED, 0.5), (GRAMMAR, 0.7))
PHRASES_WEIGHT = 1.0
HELD_OUT = frozenset({"돈이 아깝다"})  # a phrase to test by that film comments have too
# Chosen by the validation parts of film and other comments, beside 5 and 6 epochs and longer n-grams.
EPOCHS, RATE, DECAY, SMOOTHING = 4, 1e-2, 0.05, 0.1


def train_korean(data: Path) -> Weights:
    """Return the Korean model; its temperature is found on comments alone, none of them made up."""
    rows, weights = _training(data)
    labels = torch.tensor([row.label for row in rows])
    by_class = torch.bincount(labels, weights, minlength=3)
    counts = weights * (by_class.sum() / by_class / 3).sqrt()[labels]
    shares = F.one_hot(labels, 3) * (1 - SMOOTHING) + SMOOTHING / 3
    encoded = student.encode([row.text for row in rows], "ko", None)
    targets = student.Targets(shares, counts)
    fitted = student.fit(encoded, targets, epochs=EPOCHS, rate=RATE, decay=DECAY)
    return student.weights_of(fitted, _temperature(data, fitted))


def _training(data: Path) -> tuple[list[corpus.Row], torch.Tensor]:
    """Return the rows to train on, and how much each counts (n,)."""
    rows: list[corpus.Row] = []
    weights: list[float] = []
    for name, weight in FILES:
        kept = [row for row in corpus.rows_of(data / name, corpus.TRAIN) if row.text not in HELD_OUT]
        rows += kept
        weights += [weight] * len(kept)
    phrases = list(corpus.read_rows(PHRASES))
    return rows + phrases, torch.tensor(weights + [PHRASES_WEIGHT] * len(phrases))


def _temperature(data: Path, fitted: student.Student) -> float:
    rows = [row for name in (FILM, COMMENTS) for row in corpus.rows_of(data / name, corpus.VALIDATION)]
    with torch.no_grad():
        logits = fitted(student.encode([row.text for row in rows], "ko", None))
    return student.temperature(logits, torch.tensor([row.label for row in rows]))
