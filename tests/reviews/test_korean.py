"""Korean reviews: clauses, what is negated in them, and what the model makes of everyday phrases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.text.plain import plain_text
from workers.reviews.korean.grams import grams
from workers.reviews.korean.model import KoreanModel
from workers.reviews.korean.stream import contrast_spans, stream_of
from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import Review
from workers.reviews.training import korean
from workers.reviews.training.corpus import read_rows
from workers.sdk.weights import live_folder

CASES = Path(__file__).parent / "cases"
LEAST_FIELD, LEAST_UNSEEN = 23, 41  # of 26 and of 54 phrases; measured: 25 and 42


@pytest.fixture(scope="module")
def predictor():
    return SentimentPredictor.load(live_folder("reviews"))


@pytest.fixture(scope="module")
def model():
    return KoreanModel.load(live_folder("reviews") / "ko.safetensors")


def letters(text):
    return "".join(filter(str.isalnum, text.lower()))


def turned(text):
    stream = stream_of(text)
    return [(stream.letters[start:end], amount) for start, end, amount in stream.negations]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("안 좋아요", [("좋아요", 1)]),
        ("좋지 않아요", [("좋", 1)]),
        ("좋진 않네요", [("좋", 1)]),
        ("추천 안 해요", [("추천", 1)]),
        ("추천하지 않습니다", [("추천", 1)]),
        ("다시 사고 싶지 않아요", [("다시사", 1)]),
        ("맛이 없어요", [("맛", 1)]),
        ("흠잡을 데가 없어요", [("흠잡을데", 1)]),
        ("못 먹겠어요", [("먹겠어요", 1)]),
        ("예전만 못하네요", [("예전", 1)]),
        ("추천하지 않을 수 없어요", [("추천", 2), ("지않을수", 2)]),
        ("안내도 안전하고 편안해요", []),
        ("안심하고 안에 잘못 동안", []),
    ],
)
def test_what_is_negated_is_found_in_each_clause(text, parts):
    assert turned(text) == parts


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("가격은 싸지만 품질이 안 좋아요", ["가격은싸지만", "품질이안좋아요"]),
        ("기대했는데 실망이에요", ["기대했는데", "실망이에요"]),
        ("좋아요. 그런데 느려요!", ["좋아요", "그런데", "느려요!"]),
        ("정말 좋은데요", ["정말좋은데요"]),
    ],
)
def test_clauses_end_where_the_next_one_is_set_against_them(text, clauses):
    stream = stream_of(text)
    assert [stream.letters[start:end] for start, end in stream.clauses] == clauses


def test_a_negation_counts_in_its_own_clause_alone():
    assert turned("기대하지 않았는데 맛이 없어요") == [("기대", 1), ("맛", 1)]


def test_both_forms_of_a_negation_share_features():
    short, long, plain = ({*grams([stream_of(text)]).buckets} for text in ("안 좋아", "좋지 않아", "좋아"))
    assert (short & long) - plain


@given(st.text(st.sampled_from("좋안지않없는데만못 .!?ㅋㅠ가요\nA1"), max_size=30))
@example("ㅋㅋ ㅋ")
@example("ㅋ ㅋㅋㅋ ㅋ좋")
@example("11 1")
@example("1.1 1")
def test_how_a_text_is_spaced_says_nothing(text):
    spaced, together = stream_of(text), stream_of(text.replace(" ", ""))
    assert spaced.letters == together.letters
    assert (spaced.clauses, spaced.negations) == (together.clauses, together.negations)
    assert [text[place].lower() for place in spaced.places] == list(spaced.letters)


@pytest.mark.parametrize(
    "text",
    ["안 좋아요", "가격은 싸지만 품질이 안 좋아요!! ㅠㅠ", "ㅋㅋㅋ", "...", "very 좋지 않을 수 없어요 10/10"],
)
def test_what_words_add_is_the_logit_exactly(predictor, model, text):
    (explanation,) = predictor.explain([Review(text, "ko")])
    logits = model.logits([plain_text(text).text])[0]
    total = explanation.base + sum(share for _, share in explanation.contributions)
    assert total == pytest.approx(float(logits.max() - logits.mean()), abs=1e-5)
    assert [text[start:end] for start, end in explanation.places] == [
        name for name, _ in explanation.contributions
    ]


def test_parts_of_a_batch_are_judged_as_alone(model):
    texts = ["안 좋아요", "", "가격은 싸지만 별로", "정말 좋아요!!"]
    together = model.logits(texts)
    for text, row in zip(texts, together, strict=True):
        assert model.logits([text])[0].tolist() == row.tolist()
    spans = model.logits(["정말 좋아요!! 안 좋아요"], [[(0, 8), (9, 14)]])
    assert spans.tolist() == model.logits(["정말 좋아요!!", "안 좋아요"]).tolist()


def test_contrasts_cut_sentences_and_make_a_text_mixed(predictor):
    text = "음식은 정말 맛있지만 직원이 너무 불친절해요"
    assert [text[a:b] for a, b in contrast_spans(text, [(0, len(text))])] == [
        "음식은 정말 맛있지만 ",
        "직원이 너무 불친절해요",
    ]
    mixed, plain = predictor.predict([Review(text), Review("음식은 정말 맛있고 직원도 친절해요")])
    assert mixed.mixed > 0.5 > plain.mixed


@pytest.mark.parametrize(
    ("name", "least"), [("ko_field_phrases", LEAST_FIELD), ("ko_unseen_phrases", LEAST_UNSEEN)]
)
def test_everyday_phrases_are_judged_rightly(predictor, name, least):
    rows = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]
    answers = predictor.predict([Review(row["text"]) for row in rows])
    right = [answer.label == row["label"] for answer, row in zip(answers, rows, strict=True)]
    assert sum(right) >= least


def test_phrases_to_judge_by_are_not_trained_on():
    trained = {letters(row.text) for row in read_rows(korean.PHRASES)}
    for name in ("ko_field_phrases", "ko_unseen_phrases"):
        rows = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]
        assert not trained & {letters(row["text"]) for row in rows}
