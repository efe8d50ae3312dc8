"""English phrases of negation and idiom that were trained on in other wordings alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import Review
from workers.reviews.training import phrases
from workers.sdk.weights import live_folder

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "en_negation.jsonl").read_text("utf-8").splitlines()
]
LEAST = 26  # of 32; measured beside 17 before phrases were taught


@pytest.fixture(scope="module")
def predictor():
    return SentimentPredictor.load(live_folder("reviews"))


@pytest.mark.parametrize(
    ("text", "label"), [("No complaints whatsoever", "positive"), ("Nobody was helpful", "negative")]
)
def test_a_negation_turns_what_follows_it(predictor, text, label):
    assert predictor.predict([Review(text)])[0].label == label


def test_most_phrases_of_negation_are_judged_rightly(predictor):
    answers = predictor.predict([Review(case["text"], "en") for case in CASES])
    right = [answer.label == case["label"] for answer, case in zip(answers, CASES, strict=True)]
    assert sum(right) >= LEAST


def test_phrases_to_judge_by_are_not_trained_on():
    taught = {phrases.letters(row.text) for row in phrases.rows()}
    assert taught
    assert not taught & {phrases.letters(case["text"]) for case in CASES}
