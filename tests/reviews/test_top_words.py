"""The words shown for each side say what is praised or blamed."""

from __future__ import annotations

import pytest

from app.reviews.figures import Figures
from workers.reviews.reading.input_row import InputRow
from workers.reviews.sentiment import Sentiment
from workers.reviews.tasks import _count_block

FILES = {
    "en": (
        "It\u2019s for you and me, the screen is great",
        "I don't use it and you shouldn\u2019t: the screen broke",
    ),
    "ko": ("정말 다시 봐도 최고 영화", "진짜 이게 뭔가 전혀 지루함 영화"),
    "id": ("dan makanannya sangat enak untuk saya", "saya tidak suka dan pelayanannya mengecewakan"),
}
TELLING = {
    "en": ({"great"}, {"broke"}),
    "ko": ({"최고"}, {"지루함"}),
    "id": ({"makanannya", "enak"}, {"suka", "pelayanannya", "mengecewakan"}),
}


def judged(label, language):
    return Sentiment(label, 0.1, 0.1, 0.8, 0.1, language, language_supported=True, sentences=())


def top(rows):
    """Return the words shown for rows, each a text, its label and its language."""
    figures = Figures()
    block = [InputRow(number, text) for number, (text, _, _) in enumerate(rows)]
    _count_block(figures, block, [judged(label, language) for _, label, language in rows])
    top_words = figures.top_words()
    return tuple({row["word"] for row in top_words[side]} for side in ("positive", "negative"))


@pytest.mark.parametrize("language", FILES)
def test_function_words_speak_for_no_side(language):
    praise, blame = FILES[language]
    rows = [(praise, "positive", language)] * 7 + [(blame, "negative", language)] * 5
    assert top(rows) == TELLING[language]


def test_a_word_is_left_out_in_its_own_language_only():
    rows = [("die dan screen", "positive", "en"), ("dan bagus", "negative", "id")]
    assert top(rows) == ({"die", "dan", "screen"}, {"bagus"})
