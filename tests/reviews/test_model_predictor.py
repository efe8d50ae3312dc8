import json
import multiprocessing
from dataclasses import asdict

import numpy as np
import pytest

from workers.reviews import features, linear, vocabulary
from workers.reviews.linear import LinearModel
from workers.reviews.predictor import SentimentPredictor
from workers.reviews.sentiment import Review
from workers.reviews.spans import clause_spans, sentence_spans
from workers.reviews.training.corpus import LABELS
from workers.sdk.predictor import BadInput, NotExplainable
from workers.sdk.weights import live_folder, model_folder

PRAISE = "I love this camera, the pictures are wonderful and it is easy to use."
BLAME = "Awful. The battery died after two days and nobody answered my mails."
FACT = "The meeting is on Monday at nine."
MIXED = "The food was absolutely delicious. The waiter was rude and horrible."
KOREAN_PRAISE = "정말 재미있고 감동적인 최고의 영화"
KOREAN_BLAME = "지루하고 돈이 아까운 최악의 영화"
GERMAN = "Das Essen war leider kalt und der Kellner unfreundlich."
REVIEWS = [
    Review(text) for text in (PRAISE, BLAME, FACT, MIXED, KOREAN_PRAISE, KOREAN_BLAME, GERMAN, "👍", "meh...")
]


@pytest.fixture(scope="module")
def predictor():
    return SentimentPredictor.load(live_folder("reviews"))


@pytest.fixture(scope="module")
def fine_tuned():
    return SentimentPredictor.load(model_folder("reviews", "minilm"))


@pytest.fixture(params=["small", "minilm"])
def either(request, predictor, fine_tuned):
    return {"small": predictor, "minilm": fine_tuned}[request.param]


def numbers(sentiment):
    whole = [sentiment.positive, sentiment.negative, sentiment.neutral, sentiment.mixed]
    return whole + [share for s in sentiment.sentences for share in (s.positive, s.negative, s.neutral)]


def test_praise_blame_and_fact_are_told_apart(either):
    answers = either.predict([Review(PRAISE), Review(BLAME), Review(FACT)])
    assert [sentiment.label for sentiment in answers] == ["positive", "negative", "neutral"]


def test_korean_is_judged_by_its_own_model(either):
    answers = either.predict([Review(KOREAN_PRAISE), Review(KOREAN_BLAME)])
    assert [(s.language, s.label) for s in answers] == [("ko", "positive"), ("ko", "negative")]


def test_negation_turns_praise(either):
    good, turned = either.predict([Review("The food is good."), Review("The food is not good.")])
    assert good.label == "positive"
    assert turned.label == "negative"


def test_shares_add_up_to_one_and_the_label_is_the_largest(either):
    for sentiment in either.predict(REVIEWS):
        if sentiment.language_supported:
            shares = {name: getattr(sentiment, name) for name in LABELS}
            assert sum(shares.values()) == pytest.approx(1.0)
            assert shares[sentiment.label] == max(shares.values())


def test_an_unsupported_language_gets_no_answer(either):
    (answer,) = either.predict([Review(GERMAN)])
    assert (answer.language, answer.language_supported) == ("de", False)
    assert answer.label is None
    assert numbers(answer) == [None] * 4
    assert answer.sentences == ()


def test_the_stated_language_goes_before_the_seen_one(predictor):
    stated, seen = predictor.predict([Review(PRAISE, "de"), Review(PRAISE, "en-GB")])
    assert not stated.language_supported
    assert seen == predictor.predict([Review(PRAISE)])[0]


@pytest.mark.parametrize(("good", "bad"), [(":)", ":("), ("👍", "👎")])
def test_signs_alone_are_judged(predictor, good, bad):
    praise, blame = predictor.predict([Review(good), Review(bad)])
    assert (praise.language, praise.language_supported) == ("zxx", True)
    assert praise.positive > 10 * praise.negative
    assert blame.label == "negative"


def test_sentences_that_disagree_are_mixed(either):
    mixed, plain = either.predict([Review(MIXED), Review(PRAISE)])
    assert mixed.mixed > 0.5 > plain.mixed
    assert [MIXED[s.start : s.end] for s in mixed.sentences] == [
        "The food was absolutely delicious.",
        "The waiter was rude and horrible.",
    ]
    assert [s.label for s in mixed.sentences] == ["positive", "negative"]


def test_clauses_that_disagree_are_mixed(either):
    (answer,) = either.predict(
        [Review("The food was absolutely delicious but the waiter was rude and horrible.")]
    )
    assert answer.mixed > 0.5
    assert len(answer.sentences) == 1


def test_an_empty_text_is_named_by_its_index(either):
    with pytest.raises(BadInput) as caught:
        either.predict([Review(PRAISE), Review(" \n")])
    assert caught.value.index == 1


@pytest.mark.parametrize(
    "text", ["___", "\u200b", "half a pair \ud83d", "e\u0301" * 200, "👩‍👩‍👧" * 60, "a" * 512]
)
def test_odd_text_is_answered(either, text):
    (answer,) = either.predict([Review(text, "en")])
    assert json.dumps(asdict(answer), allow_nan=False)
    assert answer.label in LABELS


def test_a_batch_answers_as_its_texts_alone(either):
    together = either.predict(REVIEWS * 9)
    for review, answer in zip(REVIEWS * 9, together, strict=True):
        (alone,) = either.predict([review])
        assert alone.label == answer.label
        if alone.language_supported:
            assert numbers(alone) == pytest.approx(numbers(answer), abs=1e-4)


def test_the_words_are_exact_whether_cached_or_not(predictor, monkeypatch):
    monkeypatch.setattr(vocabulary, "ROOM", 4)
    fresh = SentimentPredictor.load(live_folder("reviews"))
    for review in REVIEWS:
        assert fresh.predict([review]) == predictor.predict([review])
    assert fresh.predict(REVIEWS) == predictor.predict(REVIEWS)


def test_explanations_add_up_to_the_logit_of_the_label(predictor):
    folder = live_folder("reviews")
    words = linear.lexicon.Lexicon.load(folder / "lexicon.json")
    english = LinearModel.load(folder / "en.safetensors", "en", words)
    for text in (PRAISE, BLAME, "not not good good!!"):
        (explanation,) = predictor.explain([Review(text, "en")])
        logits = english.logits([text])[0]
        total = explanation.base + sum(
            share for _, share in (*explanation.contributions, *explanation.features)
        )
        assert total == pytest.approx(float(logits.max() - logits.mean()), abs=1e-5)


def test_an_explanation_names_the_word_that_decides(predictor):
    (explanation,) = predictor.explain([Review("The chair is dreadful and arrived on Monday", "en")])
    assert explanation.contributions[0][0] == "dreadful"


def test_an_explanation_names_words_apart_from_figures_and_nothing_that_adds_nothing(predictor):
    text = "The chair is dreadful and arrived on Monday"
    (explanation,) = predictor.explain([Review(text, "en")])
    assert {name for name, _ in explanation.contributions} <= set(text.split())
    assert {name for name, _ in explanation.features} <= set(linear.lexicon.NAMES)
    assert all(share for _, share in (*explanation.contributions, *explanation.features))


def test_each_occurrence_of_a_word_has_its_place_in_the_text_as_sent(predictor):
    text = "- <b>Bad</b> room, isn&#39;t it? \U0001f600 bad&nbsp;food"
    (explanation,) = predictor.explain([Review(text, "en")])
    named = [name for name, _ in explanation.contributions]
    assert [text[start:end] for start, end in explanation.places] == named
    assert {"Bad", "bad", "isn&#39;t", "\U0001f600", "food"} <= set(named)
    assert len(set(explanation.places)) == len(named)


def test_an_unsupported_language_has_nothing_to_explain(predictor):
    assert predictor.explain([Review(GERMAN)])[0].contributions == ()


def test_the_fine_tuned_model_says_that_it_cannot_explain(fine_tuned):
    with pytest.raises(NotExplainable):
        fine_tuned.explain([Review(PRAISE)])


def _labels_in_child(predictor, queue):
    queue.put([sentiment.label for sentiment in predictor.predict(REVIEWS)])


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_answers_as_its_parent(either):
    expected = [sentiment.label for sentiment in either.predict(REVIEWS)]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_labels_in_child, args=(either, queue), daemon=True)
    child.start()
    assert queue.get(timeout=60) == expected
    child.join()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two!  Three", ["One.", "Two!", "Three"]),
        ("Version 2.0 is out", ["Version 2.0 is out"]),
        ("Really?! Yes...", ["Really?!", "Yes..."]),
        ("First line\nsecond line", ["First line", "second line"]),
        ("좋아요. 또 올게요", ["좋아요.", "또 올게요"]),
        ("  padded  ", ["padded"]),
    ],
)
def test_sentences_are_found_where_they_stand(text, sentences):
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


def test_only_contrasts_cut_a_sentence():
    text = "cheap, BUT good"
    assert [text[a:b] for a, b in clause_spans(text, [(0, len(text))])] == ["cheap", "good"]
    assert clause_spans("cheap and good, butter too", [(0, 26)]) == []


def test_the_table_is_as_wide_as_the_buckets():
    weights = linear.Weights.load(live_folder("reviews") / "en.safetensors")
    assert weights.table.shape == (features.BUCKETS, 3)
    assert weights.table.dtype == np.float16


def test_contributions_of_sentences_add_up_to_the_mean_of_their_logits(predictor):
    text = "The pizza was cold and bland. The staff were lovely, though."
    review = Review(text, "en", by_sentence=True)
    (answer,), (explanation,) = predictor.predict([review]), predictor.explain([review])
    model, label = predictor._models["en"], LABELS.index(answer.label)
    spans = [(each.start, each.end) for each in answer.sentences]
    logits = model.logits([text], [spans])
    lengths = np.array([end - start for start, end in spans])
    mean = (lengths / lengths.sum()) @ (logits[:, label] - logits.mean(axis=1))
    total = explanation.base + sum(part for _, part in (*explanation.contributions, *explanation.features))
    assert total == pytest.approx(mean)
    assert all(
        text[start:end] == word
        for (word, _), (start, end) in zip(explanation.contributions, explanation.places, strict=True)
    )


def test_a_quoted_word_of_another_language_does_not_part_a_text(predictor):
    text = "We had nasi goreng and sate. It was delicious. The waiter from Bali was kind."
    assert predictor.judge([Review(text)]) == predictor.judge([Review(text, "en")])
