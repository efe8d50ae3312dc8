"""A review as it is asked about, and its sentiment: whole, or as it is kept of a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

SHARES = ("positive", "negative", "neutral", "mixed")
DIGITS = 4  # of a share that is shown or stored


@dataclass(frozen=True, slots=True)
class Review:
    """One text; `language` (ISO 639, "en" or "en-GB") is detected where None.

    With `by_sentence`, it is judged by the mean of its sentences, by their lengths.
    """

    text: str
    language: str | None = None
    by_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a review, text[start:end], with its class shares."""

    start: int
    end: int
    label: str
    positive: float
    negative: float
    neutral: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The answer to one review.

    `label` is the likeliest of negative, neutral and positive, whose shares add up to 1.
    `mixed`, 0..1, is apart from these: the share of the surest positive sentence or clause or
    that of the surest negative one, whichever is less; from 0.5 on the text praises AND blames.
    Where no model serves the language, label, shares and mixed are None: an even share
    of a third would still be an answer. A text whose sentences are in different languages is judged
    by those that a model serves, each in its own; `language` is that of most of it.
    """

    label: str | None
    positive: float | None
    negative: float | None
    neutral: float | None
    mixed: float | None
    language: str | None
    language_supported: bool
    sentences: tuple[Sentence, ...]


def rounded_shares(sentiment: Sentiment) -> dict[str, float | None]:
    """Return the shares of a sentiment, rounded; none where no model serves its language."""
    shares = {name: getattr(sentiment, name) for name in SHARES}
    return {name: None if share is None else round(share, DIGITS) for name, share in shares.items()}


class Judged(NamedTuple):
    """What is kept of a row's sentiment, shares rounded; nothing of a row with an error."""

    label: str | None = None
    positive: float | None = None
    negative: float | None = None
    neutral: float | None = None
    mixed: float | None = None
    language: str | None = None

    @classmethod
    def of(cls, sentiment: Sentiment) -> Judged:
        """Return what is kept of a sentiment."""
        return cls(sentiment.label, **rounded_shares(sentiment), language=sentiment.language)
