"""The sentiment of reviews: class shares of the text, of its sentences, and how mixed they are."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

import numpy as np
from safetensors.numpy import load_file

from app.reviews.languages import base_code
from app.text.plain import plain_text
from workers.reviews import explaining, language, lexicon
from workers.reviews.korean.model import KoreanModel
from workers.reviews.linear import LinearModel
from workers.reviews.sentiment import DIGITS, Judged, Review, Sentence, Sentiment
from workers.reviews.spans import Layout, has_several_scripts, sentence_spans
from workers.reviews.training.corpus import LABELS
from workers.sdk.predictor import BadInput, Card, Explanation, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from app.text.mapped import Mapped
    from workers.reviews.vocabulary import Span

Result = TypeVar("Result")

LEXICON_FILE, WORDS_FILE, FINE_TUNED_FILE = "lexicon.json", "words.safetensors", "minilm.safetensors"
BLOCK = 256  # texts scored together
NEGATIVE, NEUTRAL, POSITIVE = range(len(LABELS))


class Model(Protocol):
    """What answers for one language: the linear models, or the fine-tuned MiniLM."""

    def probabilities(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> npt.NDArray[np.floating]:
        """Return class shares (n, 3) of texts, or of spans of them, in the order of LABELS."""


class SentimentPredictor(Predictor[Review, Sentiment]):
    """Models by language behind one door.

    A text's answer does not depend on its batch: exactly for the linear models, within
    1e-4 for MiniLM, whose sums change their order with the padding.
    """

    def __init__(self, card: Card, models: Mapping[str, Model], vocabulary: language.KnownWords) -> None:
        self.card = card
        self._models = models
        self._vocabulary = vocabulary

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the predictor of a checked folder of weights."""
        card = read_checked(folder)
        words = lexicon.Lexicon.load(folder / LEXICON_FILE) if LEXICON_FILE in card.files else None
        models: dict[str, Model] = {
            code: _linear(folder / f"{code}.safetensors", code, words if code == "en" else None)
            for code in card.data["languages"]
            if f"{code}.safetensors" in card.files
        }
        if FINE_TUNED_FILE in card.files:
            # torch takes a second to import and the linear models do without it
            from workers.reviews.finetuned import FineTuned  # noqa: PLC0415

            models["en"] = FineTuned.load(folder / FINE_TUNED_FILE)
        return cls(card, models, language.KnownWords(load_file(folder / WORDS_FILE)))

    @property
    def languages(self) -> tuple[str, ...]:
        """The ISO 639 codes that have a model."""
        return tuple(sorted(self._models))

    def predict(self, batch: Sequence[Review]) -> list[Sentiment]:
        """Return one sentiment per review, in order."""
        return self._answers(batch, self._predict_in, lambda sentiment: sentiment)

    def judge(self, batch: Sequence[Review]) -> list[Judged]:
        """Return what is kept of each review's sentiment, in order: the same in less time."""
        return self._answers(batch, self._judge_in, Judged.of)

    def _answers(
        self,
        batch: Sequence[Review],
        answer_in: Callable[[str | None, Sequence[Mapped]], list[Result]],
        shown: Callable[[Sentiment], Result],
    ) -> list[Result]:
        """Return the answers of models by language, and those to texts that are judged by sentence."""
        plain = [plain_text(review.text) for review in batch]
        codes = [self._code(index, review, plain[index].text) for index, review in enumerate(batch)]
        results: dict[int, Result] = {}
        for index, review in enumerate(batch):
            if parts := self._parts(review, plain[index].text, codes[index]):
                results[index] = shown(self._by_sentence(plain[index], parts))
        for code in dict.fromkeys(codes):
            chosen = [n for n, other in enumerate(codes) if other == code and n not in results]
            answers = answer_in(code, [plain[index] for index in chosen]) if chosen else []
            results |= zip(chosen, answers, strict=True)
        return [results[index] for index in range(len(batch))]

    def _parts(self, review: Review, text: str, code: str | None) -> list[tuple[Span, str | None]]:
        """Return the sentences to judge a text by, each with its language; [] to judge it as a whole."""
        scripts, several = self._mixture(review, text)
        if not several and not review.by_sentence:
            return []
        spans = sentence_spans(text)
        codes = [language.of_sentence(text[a:b], self._vocabulary) if several else code for a, b in spans]
        codes = codes if scripts else [each or code for each in codes]
        served = {each for each in codes if each in self._models}
        is_parted = len(served) > 1 or (review.by_sentence and len(spans) > 1)
        return list(zip(spans, codes, strict=True)) if is_parted else []

    def _mixture(self, review: Review, text: str) -> tuple[bool, bool]:
        """Say whether a text has several scripts, and whether its sentences may be in several languages."""
        if review.language is not None:
            return False, False
        scripts = has_several_scripts(text)
        return scripts, scripts or self._vocabulary.has_several(text)

    def _by_sentence(self, plain: Mapped, parts: Sequence[tuple[Span, str | None]]) -> Sentiment:
        """Return the sentiment of a text by the mean of its sentences, those without a model left out."""
        judged = [(span, model) for span, code in parts if (model := self._model(code))]
        sizes = Counter[str | None]()
        for (start, end), code in parts:
            sizes[code] += end - start
        main = max(sizes, key=sizes.__getitem__)
        if not judged:
            return _unsupported(main)
        rows = [model.probabilities([plain.text], [[span]])[0].tolist() for span, model in judged]
        lengths = [end - start for (start, end), _ in judged]
        mean = [
            sum(n * row[i] for n, row in zip(lengths, rows, strict=True)) / sum(lengths)
            for i in range(len(LABELS))
        ]
        places = [plain.origin(*span) for span, _ in judged]
        return _sentiment(main, mean, places, rows, rows)

    def explain(self, batch: Sequence[Review]) -> list[Explanation]:
        """Return what each word adds to the logit of the label over the mean of the three logits.

        `features` are what figures of the whole text add, by the names of lexicon.NAMES. Base,
        contributions and features add up to that difference exactly; those that add nothing are
        left out. Each occurrence of a word has a contribution, and its place in the text as sent.
        Of a text judged by its sentences, it is the mean of their logits by their lengths.
        A review in an unsupported language has neither.

        Raises:
            NotExplainable: the language's model is not linear.

        """
        return [self._explain(index, review) for index, review in enumerate(batch)]

    def shares(self, texts: Sequence[str], code: str) -> list[list[float]]:
        """Return the class shares of texts in a served language, without their sentences."""
        rows: list[list[float]] = []
        for start in range(0, len(texts), BLOCK):
            block = [plain_text(text).text for text in texts[start : start + BLOCK]]
            rows += self._models[code].probabilities(block).tolist()
        return rows

    def language_of(self, review: Review) -> str | None:
        """Return the language a review says it is in, or the one it seems to be in."""
        return self._language_of(review, plain_text(review.text).text)

    def _language_of(self, review: Review, text: str) -> str | None:
        return base_code(review.language) if review.language else language.detect(text, self._vocabulary)

    def _code(self, index: int, review: Review, text: str) -> str | None:
        if not review.text.strip():
            raise BadInput(index, "the text is empty")
        return self._language_of(review, text)

    def _model(self, code: str | None) -> Model | None:
        return self._models.get("en" if code == language.NO_LANGUAGE else code or "")

    def _predict_in(self, code: str | None, plain: Sequence[Mapped]) -> list[Sentiment]:
        model = self._model(code)
        if model is None:
            return [_unsupported(code)] * len(plain)
        layouts = [Layout.of(each.text, code) for each in plain]
        spans = [each.spans for each in layouts]
        shares = iter(model.probabilities([each.text for each in plain], spans).tolist())
        answers = []
        for sent, layout in zip(plain, layouts, strict=True):
            own = list(islice(shares, len(layout.spans)))
            inner = own[1 : 1 + len(layout.inner)] or [own[0]] * len(layout.sentences)
            start, amount = layout.finest()
            places = [sent.origin(*span) for span in layout.sentences]
            answers.append(_sentiment(code, own[0], places, inner, own[start : start + amount]))
        return answers

    def _judge_in(self, code: str | None, plain: Sequence[Mapped]) -> list[Judged]:
        model = self._model(code)
        if model is None:
            return [Judged(language=code)] * len(plain)
        layouts = [Layout.of(each.text, code) for each in plain]
        shares = model.probabilities([each.text for each in plain], [each.spans for each in layouts])
        sizes = np.array([len(each.spans) for each in layouts])
        starts = np.cumsum(sizes) - sizes
        finest = np.array([each.finest() for each in layouts]) + np.array([[1, 0]]) * starts[:, None]
        whole = shares[starts]
        labels = [LABELS[n] for n in whole.argmax(axis=1).tolist()]
        columns = (whole[:, POSITIVE], whole[:, NEGATIVE], whole[:, NEUTRAL], _mixed_of(shares, finest))
        rows: list[tuple[float, float, float, float]] = np.stack(columns, axis=1).round(DIGITS).tolist()
        return [Judged(label, *row, code) for label, row in zip(labels, rows, strict=True)]

    def _explain(self, index: int, review: Review) -> Explanation:
        plain = plain_text(review.text)
        code = self._code(index, review, plain.text)
        parts = self._parts(review, plain.text, code) or [((0, len(plain.text)), code)]
        judged = [(span, model) for span, each in parts if (model := self._model(each))]
        return explaining.explained(review.text, plain, judged)


def _linear(path: Path, code: str, words: lexicon.Lexicon | None) -> Model:
    return KoreanModel.load(path) if code == "ko" else LinearModel.load(path, code, words)


def _unsupported(code: str | None) -> Sentiment:
    return Sentiment(None, None, None, None, None, code, language_supported=False, sentences=())


def _sentiment(
    code: str | None,
    whole: Sequence[float],
    spans: Sequence[Span],
    inner: Sequence[Sequence[float]],
    parts: Sequence[Sequence[float]],
) -> Sentiment:
    sentences = tuple(
        Sentence(start, end, _label(row), row[POSITIVE], row[NEGATIVE], row[NEUTRAL])
        for (start, end), row in zip(spans, inner, strict=True)
    )
    return Sentiment(
        _label(whole),
        whole[POSITIVE],
        whole[NEGATIVE],
        whole[NEUTRAL],
        _mixed(parts),
        code,
        language_supported=True,
        sentences=sentences,
    )


def _label(shares: Sequence[float]) -> str:
    return LABELS[shares.index(max(shares))]


def _mixed(parts: Sequence[Sequence[float]]) -> float:
    # one part alone is as mixed as it is at once positive and negative: never over a half
    return min(max(row[POSITIVE] for row in parts), max(row[NEGATIVE] for row in parts))


def _mixed_of(shares: npt.NDArray[np.floating], parts: npt.NDArray[np.int64]) -> npt.NDArray[np.floating]:
    """Return how mixed texts are (n,), by shares (m, 3) of parts: of each text, the first and how many."""
    starts, counts = parts.T
    firsts = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(starts - firsts, counts)
    best = np.maximum.reduceat(shares[places], firsts, axis=0)
    mixed: npt.NDArray[np.floating] = np.minimum(best[:, POSITIVE], best[:, NEGATIVE])
    return mixed
