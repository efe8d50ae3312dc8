import math
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.reviews import features, lexicon
from workers.reviews.checksums import Joiner
from workers.reviews.features import SCHEMES
from workers.reviews.vocabulary import ROOM, Vocabulary

ENGLISH = SCHEMES["en"]
WORDS = lexicon.Lexicon({"good": 2.0, "bad": -2.5, "🙂": 1.5}, {"very": 0.3, "slightly": -0.3})


def loaded(text):
    """Return the lexicon's features of a text by name."""
    (figures,) = lexicon.figures(encode([text])).tolist()
    return dict(zip(lexicon.NAMES, figures, strict=True))


def encode(texts, spans=None):
    """Return the tokens of texts in English."""
    return Vocabulary(ENGLISH, WORDS).encode(texts, spans)


def turned(text):
    """Return which words of a text a negator turns."""
    tokens = encode([text])
    return [
        word for word, is_turned in zip(["", *features.tokens(text)], tokens.turned, strict=True) if is_turned
    ]


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
    assert turned("not a very nice place, but good") == ["a", "very", "nice"]
    assert turned("not good, nice") == ["good"]
    assert turned("never not good at all, ever") == ["good", "at", "all"]


@pytest.mark.parametrize("negator", ["isn't", "isn\u2019t", "NOT", "hardly"])
def test_contractions_and_capitals_negate_too(negator):
    assert turned(f"{negator} good") == ["good"]


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
    contexts = list(encode(["Not GOOD", "", "naïve 👍"]).context())
    assert contexts == [
        [features.bucket("not good"), features.bucket("!good")],
        [],
        [features.bucket("naïve 👍")],
    ]


TEXTS = st.lists(
    st.sampled_from(
        [
            "good",
            "bad",
            "not",
            "never",
            "but",
            "very",
            "GOOD",
            "🙂",
            ":(",
            ",",
            ".",
            "!!",
            "?!",
            "..",
            "x",
            "n't",
            "\n",
        ]
    ),
    max_size=12,
)


@given(TEXTS, TEXTS, TEXTS)
def test_a_part_of_a_text_is_as_it_is_alone(before, part, after):
    around, inside = [" ".join(words) for words in (before, after)], " ".join(part).strip()
    text = f"{around[0]} {inside} {around[1]}"
    start = len(around[0]) + 1
    parts = encode([text, "good"], [[(0, len(text)), (start, start + len(inside))], [(0, 4)]])
    alone = encode([text, inside, "good"])
    assert lexicon.figures(parts).tolist() == lexicon.figures(alone).tolist()
    assert list(parts.context()) == list(alone.context())


def test_a_vocabulary_that_is_full_still_takes_all_words_of_a_text():
    words = Vocabulary(ENGLISH, WORDS)
    text = " ".join(f"w{n}" for n in range(ROOM)) + " not good"
    assert lexicon.figures(words.encode([text])).tolist() == lexicon.figures(words.encode([text])).tolist()
    assert words.is_full
    assert list(words.encode(["not good"]).context()) == list(encode(["not good"]).context())


@given(st.binary(max_size=40), st.binary(max_size=600))
def test_checksums_are_joined_as_if_their_strings_were(first, second):
    sums = np.array([[crc32(first)], [crc32(second)]], np.uint32)
    assert Joiner().join(*sums, np.array([len(second)])).tolist() == [crc32(first + second)]


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
