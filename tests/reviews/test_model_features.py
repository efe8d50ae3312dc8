import math

import pytest

from workers.reviews import features, lexicon
from workers.reviews.features import SCHEMES

ENGLISH = SCHEMES["en"]
WORDS = lexicon.Lexicon({"good": 2.0, "bad": -2.5, "🙂": 1.5}, {"very": 0.3, "slightly": -0.3})


def loaded(text):
    """Return the lexicon's features of a text by name."""
    written = features.tokens(text)
    words = [word.lower() for word in written]
    turned = set(features.negated_positions(words, ENGLISH))
    return dict(zip(lexicon.NAMES, lexicon.lexicon_features(WORDS, written, words, turned), strict=True))


def test_tokens_are_words_emoticons_and_signs():
    assert features.tokens("I don't LIKE it :( at all!!!") == [
        "I",
        "don't",
        "LIKE",
        "it",
        ":(",
        "at",
        "all",
        "!!!",
    ]


def test_an_emoji_is_a_token_of_its_own():
    assert features.tokens("good🙂") == ["good", "🙂"]


def test_a_negator_turns_three_words_up_to_the_next_sign():
    words = ["not", "a", "very", "nice", "place", ",", "but", "good"]
    assert [words[i] for i in features.negated_positions(words, ENGLISH)] == ["a", "very", "nice"]
    words = ["not", "good", ",", "nice"]
    assert [words[i] for i in features.negated_positions(words, ENGLISH)] == ["good"]


def test_contractions_negate_too():
    assert features.negated_positions(["isn't", "good"], ENGLISH) == [1]
    assert features.negated_positions(["isn\u2019t", "good"], ENGLISH) == [1]


def test_long_runs_of_a_letter_are_one_word():
    assert features.word_features("soooooo", ENGLISH) == features.word_features("sooo", ENGLISH)
    assert features.word_features("soo", ENGLISH) != features.word_features("sooo", ENGLISH)


def test_a_word_is_itself_and_its_letters():
    buckets, weights = features.word_features("film", ENGLISH)
    # <film> has 4 runs of three letters, 3 of four, 2 of five
    assert len(buckets) == 1 + 4 + 3 + 2
    assert weights == [1.0] + [features.GRAM_WEIGHT] * 9
    assert buckets[0] == features.bucket("film")
    assert features.bucket("#<fil") in buckets


def test_a_sign_has_no_letters():
    assert features.word_features("!!", ENGLISH) == ([features.bucket("!!")], [1.0])


def test_context_is_pairs_and_turned_words():
    words = ["not", "good"]
    assert features.context_features(words, [1]) == [features.bucket("not good"), features.bucket("!good")]


def test_buckets_stay_within_the_table_for_any_text():
    assert 0 <= features.bucket("half a pair \ud83d") < features.BUCKETS


def test_negation_turns_the_valence():
    assert loaded("good")["compound"] == pytest.approx(2 / math.sqrt(4 + 15))
    turned = 2 * lexicon.NEGATED
    assert loaded("not good")["compound"] == pytest.approx(turned / math.sqrt(turned**2 + 15))


def test_boosters_strengthen_and_dampeners_weaken_both_signs():
    assert loaded("very good")["positive"] > loaded("good")["positive"] > loaded("slightly good")["positive"]
    assert loaded("very bad")["negative"] > loaded("bad")["negative"] > loaded("slightly bad")["negative"]


def test_what_follows_a_contrast_counts_more():
    assert loaded("bad but good")["compound"] > 0 > loaded("good but bad")["compound"]


def test_features_of_a_text_without_loaded_words_are_finite():
    values = loaded("___")
    assert values["any"] == 0.0
    assert all(math.isfinite(value) for value in values.values())
