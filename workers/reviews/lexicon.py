"""Features of the VADER lexicon: how strong the loaded words of a text are, and how turned.

The lexicon and the constants are those of C.J. Hutto & E. Gilbert, "VADER: A Parsimonious
Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014, MIT licence
(vaderSentiment 3.3.2); the rules are told more simply than there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.reviews import features
from workers.reviews.vocabulary import NOTHING, Flags, Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Floats = npt.NDArray[np.float64]

NEGATED = -0.74
FADING = (1.0, 0.95, 0.9)  # a booster one, two, three words before
CAPITALS = 0.733
SHORT = 3  # tokens; hardly a sentence
NORMAL = 15.0  # compound = s / sqrt(s^2 + 15)
BEFORE_BUT, AFTER_BUT = 0.5, 1.5

SURFACE_NAMES = (
    *("negator", "contrast", "exclamations", "questions", "capitals", "length", "very_short", "ellipsis"),
)
LOADED_NAMES = (
    *("any", "compound", "positive", "negative", "positive_density", "negative_density", "unloaded_share"),
    *("strongest_positive", "strongest_negative", "any_positive", "any_negative", "both", "positive_count"),
    *("negative_count", "turned_positive", "turned_negative", "after_contrast", "before_contrast"),
    *("last", "first", "boosted"),
)
NAMES = (*SURFACE_NAMES, *LOADED_NAMES)


@dataclass(frozen=True)
class Lexicon:
    """Valences (-4..4) of lower-case words, and what boosters add to the next ones."""

    valences: Mapping[str, float]
    boosters: Mapping[str, float]

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read the lexicon that was saved beside a model."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(raw["valences"], raw["boosters"])


def normal(total: Floats) -> Floats:
    """Return sums of valences squeezed into -1..1, VADER's compound."""
    squeezed: Floats = total / np.sqrt(total * total + NORMAL)
    return squeezed


def figures(tokens: Tokens) -> Floats:
    """Return the features (n, 29) of n parts of texts, in the order of NAMES."""
    return np.stack([*_surface(tokens), *_strengths(tokens)], axis=1)


def _surface(tokens: Tokens) -> list[Floats]:
    """Return the features of SURFACE_NAMES, each (n,)."""
    facts, each = tokens.facts, _Each(tokens)
    return [
        each.any(tokens.turned),
        each.any(facts["contrast"]),
        np.minimum(each.sum(facts["exclamations"]), 4) / 4,
        np.minimum(each.sum(facts["questions"]), 3) / 3,
        each.any(facts["capitals"]),
        np.log1p(tokens.counts) / 5,
        (tokens.counts <= SHORT).astype(float),
        each.any(_dotted(tokens)),
    ]


def _dotted(tokens: Tokens) -> Flags:
    """Return which words (m,) are full stops with no other mark between them and full stops before."""
    facts = tokens.facts
    dotted = facts["ellipsis"].copy()
    marks = np.flatnonzero(facts["mark"] | (facts["word"] == NOTHING))
    stops = facts["stop"][marks]
    dotted[marks[1:][stops[1:] & stops[:-1]]] = True
    return dotted


def _strengths(tokens: Tokens) -> list[Floats]:
    """Return the features of LOADED_NAMES, each (n,); all are 0 without a loaded word."""
    facts, each = tokens.facts, _Each(tokens)
    loaded, place = facts["loaded"], np.arange(len(facts))
    boost = _boost(tokens)
    listed, adjusted = facts["valence"], _adjusted(tokens, boost)
    positive, negative = np.maximum(adjusted, 0.0), np.maximum(-adjusted, 0.0)
    plus, minus = each.sum(positive), each.sum(negative)
    contrast = each.least(np.where(facts["contrast"], place, len(place)))
    has_contrast = contrast < len(place)
    before = each.sum(np.where(place < each.spread(contrast * has_contrast), adjusted, 0.0))
    after = (plus - minus - before) * has_contrast
    total = np.where(has_contrast, BEFORE_BUT * before + AFTER_BUT * after, plus - minus)
    count, root = np.maximum(tokens.counts, 1), np.sqrt(np.maximum(tokens.counts, 1))
    pluses, minuses = each.sum(adjusted > 0), each.sum(adjusted < 0)
    last = np.maximum(each.most(np.where(loaded, place, -1)), 0)
    first = np.minimum(each.least(np.where(loaded, place, len(place))), len(place) - 1)
    any_loaded = each.any(loaded)
    return [
        any_loaded,
        normal(total),
        normal(plus),
        normal(minus),
        plus / root,
        minus / root,
        any_loaded * (1.0 - each.sum(loaded) / count),
        each.most(positive) / 4,
        each.most(negative) / 4,
        (pluses > 0).astype(float),
        (minuses > 0).astype(float),
        ((pluses > 0) & (minuses > 0)).astype(float),
        np.log1p(pluses),
        np.log1p(minuses),
        normal(each.sum(np.maximum(listed, 0.0) * tokens.turned)),
        normal(each.sum(np.minimum(listed, 0.0) * tokens.turned)),
        normal(after),
        normal(before),
        any_loaded * adjusted[last] / 4,
        any_loaded * adjusted[first] / 4,
        normal(each.sum(np.where(boost != 0, adjusted, 0.0))),
    ]


def _boost(tokens: Tokens) -> Floats:
    """Return what boosters before each word (m,), and its capitals, add to it."""
    adds = tokens.facts["boost"]
    boosts = np.where(tokens.facts["capitals"], CAPITALS, 0.0)
    inside = np.ones(len(adds), bool)
    for distance, fading in enumerate(FADING, start=1):
        inside = np.concatenate([[False], inside[:-1]]) & (tokens.facts["word"] != NOTHING)
        boosts[distance:] += inside[distance:] * adds[:-distance] * fading
    return boosts


def _adjusted(tokens: Tokens, boost: Floats) -> Floats:
    """Return the valences of words (m,) as their context changes them; 0 of those that are not loaded."""
    listed = tokens.facts["valence"]
    strengthened = listed + np.where(boost != 0, np.copysign(boost, listed * boost), 0.0)
    turned = np.where(tokens.turned, strengthened * NEGATED, strengthened)
    return np.where(tokens.facts["loaded"], turned, 0.0)


class _Each:
    """What numbers of words (m,) come to in each part (n,)."""

    def __init__(self, tokens: Tokens) -> None:
        self._starts = tokens.starts
        self._sizes = tokens.counts + 1

    def sum(self, column: npt.NDArray[Any]) -> Floats:
        """Return the sum in each part."""
        return np.add.reduceat(column, self._starts, dtype=float)

    def any(self, column: Flags) -> Floats:
        """Return 1 for each part that has one, 0 for others."""
        return np.logical_or.reduceat(column, self._starts).astype(float)

    def most(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the largest in each part."""
        return np.maximum.reduceat(column, self._starts)

    def least(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the smallest in each part."""
        return np.minimum.reduceat(column, self._starts)

    def spread(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a part's number (n,) for each of its words (m,)."""
        return np.repeat(column, self._sizes)


# Signs common in reviews whose VADER description ("thumbs up") holds no loaded word.
_OWN_SIGNS = {
    "👍": 2.0, "❤": 2.8, "💯": 1.8, "🔥": 1.6, "👌": 1.8, "👏": 1.9, "🙌": 1.9, "🥰": 2.8,
    "⭐": 1.4, "★": 1.4, "🌟": 1.6,
    "👎": -2.0, "😡": -2.6, "🤬": -2.9, "😠": -2.3, "🤮": -2.7, "🤢": -2.4, "💩": -2.4, "🙄": -1.5,
    "😤": -1.6, "☆": -1.4,  # a hollow star is one that was withheld
}  # fmt: skip


def read_vader() -> Lexicon:
    """Return the installed vaderSentiment's lexicon, its emoji and boosters included, and our signs."""
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 - needed for training only
        BOOSTER_DICT,
        SentimentIntensityAnalyzer,
    )

    analyzer = SentimentIntensityAnalyzer()
    valences: dict[str, float] = dict(analyzer.lexicon)
    for emoji, description in analyzer.emojis.items():
        valences_of_words = [valences[word] for word in description.split() if word in valences]
        if len(emoji) == 1 and valences_of_words:
            valences.setdefault(emoji, round(sum(valences_of_words), 2))
    valences |= _OWN_SIGNS
    boosters = {word: add for word, add in BOOSTER_DICT.items() if " " not in word}
    return Lexicon({w: v for w, v in valences.items() if features.tokens(w) == [w]}, boosters)
