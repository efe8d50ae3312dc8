"""Measure the shipped reviews models on rows they never saw, beside VADER and TextBlob."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.reviews import minilm
from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import Review
from workers.reviews.training import corpus, measures
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("small", "minilm")
# sources that stand for the kinds of test sets that others publish
KINDS = {
    "film": ("vader-movie", "rt-polarity"),
    "products": ("vader-amazon", "liu-products"),
    "unseen": tuple(sorted(corpus.UNTRAINED_SOURCES)),
}
TIMED_TEXTS = 500

Sets = Mapping[str, tuple[str, Sequence[corpus.Row]]]  # name -> language, rows


def evaluate(data: Path, *, folders: Mapping[str, Path] | None = None) -> dict[str, Any]:
    """Return figures by version and test set, and those of the baselines on the English sets.

    The sets are the test part of each `train_*.jsonl.gz` in `data`, kinds of English
    sources, and the whole of every other `.jsonl` or `.jsonl.gz` there.

    Raises:
        ValueError: there is none, or a line of one is no row.

    """
    sets = test_sets(data)
    if not sets:
        raise ValueError(f"{data} has no rows to measure on: it needs files such as train_en.jsonl.gz")
    measured: dict[str, Any] = {}
    for version, folder in (folders or _installed()).items():
        predictor = SentimentPredictor.load(folder)
        served = {name: each for name, each in sets.items() if each[0] in predictor.languages}
        timed = served.get("en") or next(iter(served.values()), None)
        speed = speeds(predictor, timed[1][:TIMED_TEXTS]) if timed else {}
        measured[version] = {**figures(predictor, served), "texts_per_second": speed}
    measured["baselines"] = baselines({name: rows for name, (code, rows) in sets.items() if code == "en"})
    return measured


def test_sets(data: Path) -> dict[str, tuple[str, list[corpus.Row]]]:
    """Return every set to test on, with its language."""
    sets: dict[str, tuple[str, list[corpus.Row]]] = {}
    for path in sorted([*data.glob("*.jsonl"), *data.glob("*.jsonl.gz")]):
        name = path.name.split(".")[0]
        if name.startswith("train_"):
            code, _, kind = name.removeprefix("train_").partition("_")
            rows = corpus.rows_of(path, corpus.TEST)
            sets |= {f"{code}_{kind}": (code, rows)} if kind else _parts_of(code, rows)
        else:
            rows = list(corpus.read_rows(path))
            sets |= {f"{name}": (rows[0].language, rows)} if rows else {}
    return {name: each for name, each in sets.items() if each[1]}


def _parts_of(code: str, rows: list[corpus.Row]) -> dict[str, tuple[str, list[corpus.Row]]]:
    trained = [row for row in rows if row.source not in corpus.UNTRAINED_SOURCES]
    sets = {code: (code, trained)}
    if code == "en":
        for kind, sources in KINDS.items():
            sets[f"en_{kind}"] = (code, [row for row in rows if row.source in sources])
    return sets


def baselines(sets: Mapping[str, Sequence[corpus.Row]]) -> dict[str, Any]:
    """Return the figures of those of VADER and TextBlob that are installed."""
    packages = {"vaderSentiment": ("vader", measures.vader), "textblob": ("textblob", measures.text_blob)}
    measured: dict[str, Any] = {}
    for package, (name, make) in packages.items():
        if find_spec(package):
            score = make()
            measured[name] = {key: measures.measure(score, rows).rounded() for key, rows in sets.items()}
    return measured


def speeds(predictor: SentimentPredictor, rows: Sequence[corpus.Row]) -> dict[str, int]:
    """Return texts per second on one core, one at a time and 64 at a time, everything included."""
    reviews = [Review(row.text) for row in rows]
    predictor.predict(reviews[:64])
    return {f"batch_{size}": round(_speed(predictor, reviews, size)) for size in (1, 64)}


def _speed(predictor: SentimentPredictor, reviews: Sequence[Review], size: int) -> float:
    started = time.process_time()
    for start in range(0, len(reviews), size):
        predictor.predict(reviews[start : start + size])
    return len(reviews) / (time.process_time() - started)


def figures(predictor: SentimentPredictor, sets: Sets) -> dict[str, Any]:
    """Return the figures on each set; a text that is in several is scored once.

    The language is given, so that these are the sentiment's figures; how often it
    is told rightly is a figure of its own.
    """
    measured = {}
    for code in dict.fromkeys(code for code, _ in sets.values()):
        mine = {name: rows for name, (other, rows) in sets.items() if other == code and rows}
        texts = list(dict.fromkeys(row.text for rows in mine.values() for row in rows))
        scored = dict(zip(texts, predictor.shares(texts, code), strict=True))
        for name, rows in mine.items():
            shares = np.array([scored[row.text] for row in rows])
            labels = np.array([row.label for row in rows])
            right = np.mean([predictor.language_of(Review(row.text)) == code for row in rows])
            measured[name] = measures.figures(shares, labels).rounded() | {
                "language_told": round(float(right), 4)
            }
    return measured


def _installed() -> dict[str, Path]:
    versions = VERSIONS if find_spec(minilm.BASE_PACKAGE) else VERSIONS[:1]
    return {version: model_folder("reviews", version) for version in versions}
