"""Judge the texts of files, equal ones once, as the caller's options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.reviews.texts import MAX_TEXT, cut
from workers.reviews.sentiment import Judged, Review

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.reviews.predictor import SentimentPredictor

Asked = tuple[str | None, str | None]  # a text, None where a row has none, and its language where it says one


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
    judged = model.judge([review_of(text, code, options) for text, code in different])
    answers = dict(zip(different, judged, strict=True))
    return [answers[each] if each is not None else None for each in asked]
