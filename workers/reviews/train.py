"""Train the reviews models, measure them on rows they never saw, and write weights and cards.

The steps are resumable: the teacher's checkpoints and its labels lie in a cache outside
of version control, and what is finished there is read back. A language whose data and recipe are
those that the folder's card names keeps its weights, so that one language can be trained anew.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from safetensors.numpy import save_file
from torch import Tensor

from app.text.plain import plain_text
from workers.reviews import finetuned, language, lexicon, minilm
from workers.reviews.foreign import words_against
from workers.reviews.korean.model import KoreanModel
from workers.reviews.linear import LinearModel, Weights
from workers.reviews.predictor import FINE_TUNED_FILE, LEXICON_FILE, WORDS_FILE
from workers.reviews.training import cards, corpus, distil, measures, refine_encoder, student, teacher
from workers.reviews.training.evaluate import evaluate
from workers.reviews.training.korean import train_korean
from workers.reviews.training.refine import refined

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VERSION", "evaluate", "train"]

log = logging.getLogger(__name__)

VERSION = "small"
FINE_TUNED = "minilm"
CACHE = Path(__file__).parents[2] / "var" / "train" / "reviews"

HARD_SHARE = 0.2  # of the given label in a row's target; the rest is the teacher's
TEACHER_TEMPERATURE = 0.7  # averaged weights are less sure than their validation accuracy warrants
EXTRA_WEIGHT = 0.1  # of a text that only the teacher labelled, against a row
SIGN_WEIGHT = 2.0  # of an emoticon or emoji: there are few, and most single words are neutral
ROWS_PER_SOURCE = 4500  # a larger source counts as much as this many rows
EPOCHS = 5
EPOCHS_ALONE, STEPS_ALONE = 8, 400  # without a teacher: at least so many of both
RATE, DECAY = 2e-2, 0.02  # of the distilled model
RATE_ALONE, DECAY_ALONE = 1e-2, 0.05
# Added to the neutral logit before the temperature is found. Film and pros-and-cons rows have
# no neutral, so that plain statements in reviews lean to praise or blame; measured on the
# validation part, this raises the neutral F1 of product reviews for up to .01 of macro-F1 overall.
NEUTRAL_OFFSET = {"small": 0.2, "minilm": 0.1}
SMOOTHING = 0.1
KNOWN_FROM = 5  # occurrences that make a word one of its language

# A language is served where its validation rows beat "always the commonest label" by both.
LEAST_ACCURACY_GAIN = 0.10
LEAST_MACRO_F1 = 0.60


def train(data: Path, folder: Path) -> dict[str, Any]:
    """Write the small models to `folder` and the fine-tuned one beside it; return the figures."""
    torch.set_num_threads(1)
    beside = folder.parent / FINE_TUNED
    for made in (folder, beside, CACHE):
        made.mkdir(parents=True, exist_ok=True)
    words = lexicon.read_vader()
    both = (folder, beside)
    kept = [code for code in cards.RECIPES if all(cards.is_made(data, made, code) for made in both)]
    served = set(kept)
    for code in sorted(cards.RECIPES.keys() - {"en", *kept}):
        model = train_korean(data) if code == "ko" else train_linear(data, code)
        if passes(data, code, model):
            model.save(folder / f"{code}.safetensors")
            model.save(beside / f"{code}.safetensors")
            served.add(code)
    if "en" not in kept:
        train_english(data, words, folder, beside)
    (folder / LEXICON_FILE).write_text(_lexicon_text(words), encoding="utf-8")
    for made in both:
        save_file(known_words(data, words), made / WORDS_FILE)
        (made / WORDS_FILE).chmod(0o644)  # safetensors writes for its owner alone
    return cards.write(data, {VERSION: folder, FINE_TUNED: beside}, sorted({"en", *served}))


def train_english(data: Path, words: lexicon.Lexicon, folder: Path, beside: Path) -> None:
    """Write the English models: the fine-tuned one, and the linear one that it and phrases teach.

    Both are then taught phrases, as is what an earlier recipe made where it lies.
    """
    path, fine_tuned = folder / "en.safetensors", beside / FINE_TUNED_FILE
    if any(_are_made(data, (folder, beside), recipe) for recipe in range(1, cards.RECIPES["en"])):
        made = Weights.load(path)
    else:
        master = teacher.teach(corpus.read_part(data, "en", corpus.TRAIN), CACHE)
        made = distilled(data, master, words)
        with torch.no_grad():
            master.head.bias[measures.NEUTRAL] += NEUTRAL_OFFSET["minilm"]
        save_fine_tuned(data, master, fine_tuned)
    refined(data, made, words).save(path)
    lesson = refine_encoder.lesson(data, finetuned.FineTuned.load(fine_tuned))
    save_fine_tuned(data, refine_encoder.refined(fine_tuned, lesson), fine_tuned)


def _are_made(data: Path, folders: Sequence[Path], recipe: int) -> bool:
    return all(cards.is_made(data, folder, "en", recipe=recipe) for folder in folders)


def train_linear(data: Path, code: str) -> Weights:
    """Return the model of a language without a teacher, from its labels alone."""
    rows = corpus.read_part(data, code, corpus.TRAIN)
    labels = torch.tensor([row.label for row in rows])
    shares = F.one_hot(labels, 3) * (1 - SMOOTHING) + SMOOTHING / 3
    targets = student.Targets(shares, teacher.class_weights(labels)[labels])
    epochs = max(EPOCHS_ALONE, STEPS_ALONE * student.BATCH // len(rows))
    encoded = student.encode([row.text for row in rows], code, None)
    fitted = student.fit(encoded, targets, epochs=epochs, rate=RATE_ALONE, decay=DECAY_ALONE)
    return _scaled(data, code, fitted, None)


def distilled(data: Path, master: minilm.MiniLM, words: lexicon.Lexicon) -> Weights:
    """Return the English model, taught by the fine-tuned one."""
    rows = corpus.read_part(data, "en", corpus.TRAIN)
    texts = distil.transfer_texts(rows, words)
    logits = distil.labels(master, texts, CACHE / "labels")
    signs, shares = distil.signs(words)
    soft = (logits / TEACHER_TEMPERATURE).softmax(1)
    targets = _targets(rows, soft, shares)
    encoded = student.encode(texts + signs, "en", words)
    fitted = student.fit(encoded, targets, epochs=EPOCHS, rate=RATE, decay=DECAY)
    with torch.no_grad():
        fitted.lexicon.bias[measures.NEUTRAL] += NEUTRAL_OFFSET["small"]
    return _scaled(data, "en", fitted, words)


def _targets(rows: Sequence[corpus.Row], soft: Tensor, signs: Tensor) -> student.Targets:
    """Return the targets of rows and other texts, which `soft` labels, and then of signs."""
    count = len(rows)
    labels = torch.tensor([row.label for row in rows])
    shares = soft.clone()
    shares[:count] = (1 - HARD_SHARE) * soft[:count] + HARD_SHARE * F.one_hot(labels, 3)
    sizes = Counter(row.source for row in rows)
    by_source = torch.tensor([min(1.0, ROWS_PER_SOURCE / sizes[row.source]) for row in rows])
    by_class = torch.bincount(labels, by_source, minlength=3)
    of_rows = by_source * (by_class.sum() / by_class).sqrt()[labels]
    weights = torch.full((len(soft),), EXTRA_WEIGHT)
    weights[:count] = of_rows / of_rows.mean()
    sign_weights = torch.full((len(signs),), SIGN_WEIGHT)
    return student.Targets(torch.cat([shares, signs]), torch.cat([weights, sign_weights]))


def _scaled(data: Path, code: str, fitted: student.Student, words: lexicon.Lexicon | None) -> Weights:
    rows = corpus.read_part(data, code, corpus.VALIDATION)
    with torch.no_grad():
        logits = fitted(student.encode([row.text for row in rows], code, words))
    scale = student.temperature(logits, torch.tensor([row.label for row in rows]))
    return student.weights_of(fitted, scale)


def save_fine_tuned(data: Path, master: minilm.MiniLM, path: Path) -> None:
    """Write the fine-tuned model in four bits, its temperature found on what is written."""
    finetuned.save(master, path, temperature=1.0)
    model = finetuned.FineTuned.load(path)
    rows = corpus.read_part(data, "en", corpus.VALIDATION)
    logits = torch.from_numpy(np.log(model.probabilities([row.text for row in rows])))
    scale = student.temperature(logits, torch.tensor([row.label for row in rows]))
    finetuned.save(master, path, temperature=scale)


def passes(data: Path, code: str, weights: Weights) -> bool:
    """Return whether a language's model is enough better than its commonest label, on validation rows."""
    rows = corpus.read_part(data, code, corpus.VALIDATION)
    labels = np.array([row.label for row in rows])
    model = KoreanModel(weights) if code == "ko" else LinearModel(weights, code, None)
    texts = [plain_text(row.text).text for row in rows]
    figures = measures.figures(model.probabilities(texts), labels)
    commonest = np.bincount(labels).max() / len(labels)
    log.info("%s: %s, commonest label %.3f", code, figures.rounded(), commonest)
    return figures.accuracy >= commonest + LEAST_ACCURACY_GAIN and figures.macro_f1 >= LEAST_MACRO_F1


def known_words(data: Path, words: lexicon.Lexicon) -> dict[str, np.ndarray[Any, np.dtype[np.uint32]]]:
    """Return keys of the words that speak for a language in Latin script, for detection.

    They are the frequent ones of its rows, and the lexicon's for English, but not those that rows
    have only because they quote another language.
    """
    loaded = {word for word in words.valences if language.words_of(word) == [word]}
    keys_by_language = {}
    for code in ("en", "id"):
        counts: Counter[str] = Counter()
        for row in corpus.read_part(data, code, corpus.TRAIN):
            counts.update(language.words_of(row.text))
        frequent = {word for word, count in counts.items() if count >= KNOWN_FROM}
        frequent |= loaded if code == "en" else set()
        keys = {language.word_key(word) for word in frequent - words_against(code)}
        keys_by_language[code] = np.array(sorted(keys), dtype=np.uint32)
    return keys_by_language


def _lexicon_text(words: lexicon.Lexicon) -> str:
    return json.dumps(
        {"valences": dict(words.valences), "boosters": dict(words.boosters)}, ensure_ascii=False
    )
