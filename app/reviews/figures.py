"""Running counters of a file's reviews: totals, shares, languages, words; they go on where they stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

LABELS = ("positive", "negative", "neutral")
FORMATS = ("csv", "text", "json", "json_lines")  # `text` is one text a line
SIDES = ("positive", "negative")
MOST_WORDS = 2000  # kept between two checkpoints: memory does not grow with the file
MOST_LANGUAGES = 50  # a column of a file may name any number of them
OTHER, UNKNOWN = "other", "unknown"
TOP_WORDS = 10


@dataclass
class Figures:
    """What is known of the rows so far.

    `words` has, for each word, the number of positive and of negative texts that it
    stands in; the rarest are forgotten at each checkpoint. `files` says what of each file is read.
    """

    version: str = ""  # of the model that judged the rows
    files: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    failed: int = 0
    skipped: int = 0
    confidence: float = 0.0
    labels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LABELS, 0))
    languages: dict[str, dict[str, int]] = field(default_factory=dict)
    words: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, counters: Mapping[str, Any]) -> Self:
        """Return the figures that were stored as counters, by this or an earlier release."""
        names = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in counters.items() if name in names})

    @property
    def seen(self) -> int:
        """Return how many rows are counted: the position of the next one."""
        return self.done + self.failed + self.skipped

    def count(self, label: str | None, confidence: float | None, language: str | None) -> None:
        """Count a row that was judged, or that is in a language without a model."""
        row = self._language(language or UNKNOWN)
        row["rows"] += 1
        if label is None:
            self.skipped += 1
            return
        self.done += 1
        self.labels[label] += 1
        self.confidence += confidence or 0.0
        row[label] += 1

    def count_words(self, label: str, texts: Mapping[str, int]) -> None:
        """Count words of positive or of negative texts, each with the number of texts that have it."""
        side = SIDES.index(label)
        for word, amount in texts.items():
            self.words.setdefault(word, [0, 0])[side] += amount

    def _language(self, code: str) -> dict[str, int]:
        name = code if code in self.languages or len(self.languages) < MOST_LANGUAGES else OTHER
        return self.languages.setdefault(name, dict.fromkeys(("rows", *LABELS), 0))

    def counters(self) -> dict[str, Any]:
        """Return all that is needed to go on counting; what is forgotten here is forgotten on both sides."""
        if len(self.words) > MOST_WORDS:
            # by the word too, so that a resumed count forgets the same ones
            often = sorted((-positive - negative, word) for word, (positive, negative) in self.words.items())
            self.words = {word: self.words[word] for _, word in often[:MOST_WORDS]}
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def summary(self) -> dict[str, Any]:
        """Return the figures as they are shown; shares and confidence are of the labelled rows."""
        return {
            "totals": dict(self.labels),
            "shares": {label: _share(amount, self.done) for label, amount in self.labels.items()},
            "mean_confidence": _share(self.confidence, self.done) if self.done else None,
            "languages": [
                {"language": code, **counts}
                for code, counts in sorted(self.languages.items(), key=lambda item: (-item[1]["rows"], item))
            ],
            "top_words": self.top_words(),
            "files": self.files,
            "coverage": {
                "total": self.seen,
                "done": self.done,
                "failed": self.failed,
                "skipped": self.skipped,
            },
        }

    def top_words(self) -> dict[str, list[dict[str, Any]]]:
        """Return the words that speak most for each side, of those that were counted.

        By the log-odds ratio over its standard error, with one text more that has the word and one
        that has not, each split between the sides by their size, so that a word of one side goes
        before one of both, and a frequent one before a rare one: after Monroe, Colaresi & Quinn
        2008, "Fightin' Words", doi:10.1093/pan/mpn018. That keeps out no function word of which a
        side has a few more; who counts leaves those out.
        """
        sizes = [max(self.labels[side], 1) for side in SIDES]
        scored = sorted((-_lean(counts, sizes), word) for word, counts in self.words.items())
        sides = {"positive": scored, "negative": [(-lean, word) for lean, word in reversed(scored)]}
        return {
            side: [
                {"word": word, "texts": self.words[word][SIDES.index(side)]}
                for lean, word in leaning[:TOP_WORDS]
                if lean < 0
            ]
            for side, leaning in sides.items()
        }


def _lean(counts: list[int], sizes: list[int]) -> float:
    """Return how surely a word is one of positive texts; below 0, of negative ones.

    `counts` are the texts of each side that have it, of `sizes`.
    """
    whole = sum(sizes)
    odds, variance = [], 0.0
    for inside, size in zip(counts, sizes, strict=True):
        more = size / whole
        odds.append(math.log((inside + more) / (max(size - inside, 0) + more)))
        variance += 1 / (inside + more)
    return round((odds[0] - odds[1]) / math.sqrt(variance), 9)  # equal shares are no lean at all


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
