"""Pairs that a reader takes for one text have one label, one language and the same shares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import SHARES, Review
from workers.sdk.weights import live_folder

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "same_to_a_reader.jsonl").read_text("utf-8").splitlines()
]
NEAR = 0.05


@pytest.fixture(scope="module")
def predictor():
    return SentimentPredictor.load(live_folder("reviews"))


@pytest.mark.parametrize("case", CASES, ids=[f"{n} {case['tag']}" for n, case in enumerate(CASES)])
def test_a_pair_is_judged_as_one_text(predictor, case):
    written, plain = predictor.predict([Review(case["written"]), Review(case["plain"])])
    assert (written.label, written.language) == (plain.label, plain.language)
    assert written.label is not None
    for name in SHARES[:3]:
        assert getattr(written, name) == pytest.approx(getattr(plain, name), abs=NEAR)
