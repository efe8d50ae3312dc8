"""What the words of a text add to its label, in the whole or in the sentences that it is judged by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from workers.reviews.korean.model import KoreanModel
from workers.reviews.linear import LinearModel
from workers.sdk.predictor import Explanation, NotExplainable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.text.mapped import Mapped
    from workers.reviews.vocabulary import Span

Key = TypeVar("Key")  # of a part: a place in the text, or a figure's name
Floats = npt.NDArray[np.floating[Any]]


def explained(sent: str, plain: Mapped, judged: Sequence[tuple[Span, Any]]) -> Explanation:
    """Return what words add to the label of a text, judged by spans of it and the model of each.

    Several spans count by their lengths, as in the shares: contributions then add up to the mean of
    their logits. Places are those in the text as it was sent.

    Raises:
        NotExplainable: a model is not linear.

    """
    if not judged:
        return Explanation(0.0, ())
    lengths = np.array([end - start for (start, end), _ in judged], dtype=float)
    weights = lengths / max(lengths.sum(), 1.0) if len(judged) > 1 else np.ones(1)
    label = _label(plain.text, judged, weights)
    base, words, figures = 0.0, list[tuple["Span", Floats]](), defaultdict[str, list[Floats]](list)
    for ((start, end), model), weight in zip(judged, weights.tolist(), strict=True):
        parts = _linear(model).contributions(plain.text[start:end])
        base += weight * _over_mean(parts.bias, label)
        words += [
            (plain.origin(start + first, start + last), part * weight) for (first, last), part in parts.words
        ]
        for name, part in parts.figures:
            figures[name].append(part * weight)
    ordered = _ordered(words, label)
    return Explanation(
        base,
        tuple((sent[start:end], amount) for (start, end), amount in ordered),
        _ordered(((name, sum(each)) for name, each in figures.items()), label),
        tuple(place for place, _ in ordered),
    )


def _label(text: str, judged: Sequence[tuple[Span, Any]], weights: npt.NDArray[np.float64]) -> int:
    """Return the label's number, as the mean of the spans' shares has it."""
    shares = np.stack([model.probabilities([text], [[span]])[0] for span, model in judged])
    return int((weights @ shares).argmax())


def _linear(model: object) -> LinearModel | KoreanModel:
    if not isinstance(model, LinearModel | KoreanModel):
        raise NotExplainable("the fine-tuned model is not linear in words")
    return model


def _over_mean(part: Any, label: int) -> float:
    return float(part[label] - part.mean())


def _ordered(parts: Iterable[tuple[Key, Any]], label: int) -> tuple[tuple[Key, float], ...]:
    """Return what parts add to the label's logit over the mean, largest first; none that adds nothing."""
    amounts = [(key, _over_mean(part, label)) for key, part in parts]
    return tuple(sorted((each for each in amounts if each[1]), key=lambda each: -abs(each[1])))
