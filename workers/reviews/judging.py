"""Judge the texts of files, equal ones once, as the caller's options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.reviews.texts import MAX_TEXT, cut
from workers.reviews.predictor import Review, rounded_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.reviews.predictor import SentimentPredictor

Asked = tuple[str | None, str | None]  # a text, None where a row has none, and its language where it says one


class Judged(NamedTuple):
    """What is kept of a row's sentiment, shares rounded; nothing of a row with an error."""

    label: str | None = None
    positive: float | None = None
    negative: float | None = None
    neutral: float | None = None
    mixed: float | None = None
    language: str | None = None


def review_of(text: str, language: str | None, options: Mapping[str, Any]) -> Review:
    """Return a text as it is to be judged: cut where that is asked, or sentence by sentence."""
    is_cut = options.get("truncate") and len(text) > MAX_TEXT
    return Review(cut(text) if is_cut else text, language, by_sentence=bool(options.get("by_sentence")))


def judge(
    model: SentimentPredictor, options: Mapping[str, Any], texts: Sequence[Asked]
) -> list[Judged | None]:
    """Return what is kept of each text's sentiment, None of a row without a text."""
    default = options.get("language")
    asked = [None if text is None else (text, code or default) for text, code in texts]
    different = list(dict.fromkeys(each for each in asked if each is not None))
    sentiments = model.predict([review_of(text, code, options) for text, code in different])
    answers = {
        each: Judged(sentiment.label, **rounded_shares(sentiment), language=sentiment.language)
        for each, sentiment in zip(different, sentiments, strict=True)
    }
    return [answers[each] if each is not None else None for each in asked]
