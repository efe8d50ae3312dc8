"""Features of the VADER lexicon: how strong the loaded words of a text are, and how turned.

The lexicon and the constants are those of C.J. Hutto & E. Gilbert, "VADER: A Parsimonious
Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014, MIT licence
(vaderSentiment 3.3.2); the rules are told more simply than there.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.reviews import features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NEGATED = -0.74
FADING = (1.0, 0.95, 0.9)  # a booster one, two, three words before
CAPITALS = 0.733
SHORT = 3  # tokens; hardly a sentence
NORMAL = 15.0  # compound = s / sqrt(s^2 + 15)
BEFORE_BUT, AFTER_BUT = 0.5, 1.5

_CONTRASTS = frozenset({"but", "however", "although", "though", "yet", "except"})

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
_NOTHING_LOADED = [0.0] * len(LOADED_NAMES)


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


def normal(total: float) -> float:
    """Return a sum of valences squeezed into -1..1, VADER's compound."""
    return total / math.sqrt(total * total + NORMAL)


@dataclass(frozen=True)
class _Loaded:
    """A loaded word: where, its valence as listed and as adjusted to its context."""

    index: int
    listed: float
    adjusted: float
    boost: float
    turned: bool


def _loaded(
    lexicon: Lexicon, written: Sequence[str], words: Sequence[str], turned: set[int]
) -> list[_Loaded]:
    found = []
    valences, boosters = lexicon.valences, lexicon.boosters
    for index, word in enumerate(words):
        listed = valences.get(word)
        if listed is None or word in boosters:
            continue
        boost = 0.0
        for distance in range(1, min(index, 3) + 1):
            boost += boosters.get(words[index - distance], 0.0) * FADING[distance - 1]
        if len(word) > 1 and written[index].isupper():
            boost += CAPITALS
        adjusted = listed + math.copysign(boost, listed * boost) if boost else listed
        is_turned = index in turned
        found.append(_Loaded(index, listed, adjusted * NEGATED if is_turned else adjusted, boost, is_turned))
    return found


def lexicon_features(
    lexicon: Lexicon, written: Sequence[str], words: Sequence[str], turned: set[int]
) -> list[float]:
    """Return the features in the order of NAMES.

    Args:
        lexicon: the valences and boosters.
        written: the text's tokens as they were written.
        words: the same tokens in lower case.
        turned: the indexes of words that a negator turns.

    """
    contrast = next((index for index, word in enumerate(words) if word in _CONTRASTS), -1)
    loaded = _loaded(lexicon, written, words, turned)
    surface = _surface(written, words)
    surface[:2] = float(bool(turned)), float(contrast >= 0)
    return surface + (_strengths(loaded, contrast, len(words)) if loaded else _NOTHING_LOADED)


def _surface(written: Sequence[str], words: Sequence[str]) -> list[float]:
    """Return the features of SURFACE_NAMES, the first two of them still 0."""
    signs = "".join([word for word in words if word[0] in "!?."])
    return [
        0.0,
        0.0,
        min(signs.count("!"), 4) / 4,
        min(signs.count("?"), 3) / 3,
        float(any(word.isupper() and len(word) > 1 for word in written)),
        math.log1p(len(words)) / 5,
        float(len(words) <= SHORT),
        float(".." in signs),
    ]


def _strengths(loaded: Sequence[_Loaded], contrast: int, count: int) -> list[float]:
    """Return the features of LOADED_NAMES of a text of `count` tokens, with a contrast at an index or -1."""
    positive = [word.adjusted for word in loaded if word.adjusted > 0]
    negative = [-word.adjusted for word in loaded if word.adjusted < 0]
    plus, minus = sum(positive), sum(negative)
    before = sum([word.adjusted for word in loaded if word.index < contrast])
    after = plus - minus - before if contrast >= 0 else 0.0
    total = BEFORE_BUT * before + AFTER_BUT * after if contrast >= 0 else plus - minus
    turned = [word.listed for word in loaded if word.turned]
    root = math.sqrt(count)
    return [
        1.0,
        normal(total),
        normal(plus),
        normal(minus),
        plus / root,
        minus / root,
        1.0 - len(loaded) / count,
        max(positive, default=0.0) / 4,
        max(negative, default=0.0) / 4,
        float(bool(positive)),
        float(bool(negative)),
        float(bool(positive and negative)),
        math.log1p(len(positive)),
        math.log1p(len(negative)),
        normal(sum([listed for listed in turned if listed > 0])),
        normal(sum([listed for listed in turned if listed < 0])),
        normal(after),
        normal(before),
        loaded[-1].adjusted / 4,
        loaded[0].adjusted / 4,
        normal(sum([word.adjusted for word in loaded if word.boost])),
    ]


# Signs common in reviews whose VADER description ("thumbs up") holds no loaded word.
_OWN_SIGNS = dict(
    zip("👍❤💯🔥👌👏🙌🥰⭐★🌟", (2.0, 2.8, 1.8, 1.6, 1.8, 1.9, 1.9, 2.8, 1.4, 1.4, 1.6), strict=True)
) | dict(
    # A hollow star is one that was withheld.
    zip("👎😡🤬😠🤮🤢💩🙄😤☆", (-2.0, -2.6, -2.9, -2.3, -2.7, -2.4, -2.4, -1.5, -1.6, -1.4), strict=True)
)


def read_vader() -> Lexicon:
    """Return the installed vaderSentiment's lexicon, its emoji and boosters included, and our signs."""
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 - needed for training only
        BOOSTER_DICT,
        SentimentIntensityAnalyzer,
    )

    analyzer = SentimentIntensityAnalyzer()
    valences: dict[str, float] = dict(analyzer.lexicon)
    for emoji, description in analyzer.emojis.items():
        found = [valences[word] for word in description.split() if word in valences]
        if len(emoji) == 1 and found:
            valences.setdefault(emoji, round(sum(found), 2))
    valences |= _OWN_SIGNS
    boosters = {word: add for word, add in BOOSTER_DICT.items() if " " not in word}
    return Lexicon({w: v for w, v in valences.items() if features.tokens(w) == [w]}, boosters)
