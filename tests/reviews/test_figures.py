"""Running figures: they add up, stay small, and go on where they were stored."""

from __future__ import annotations

import json

from app.reviews.figures import MOST_LANGUAGES, MOST_WORDS, Figures


def counted(figures, numbers):
    for n in numbers:
        label = ("positive", "negative", None)[n % 3]
        figures.count(label, 0.9 if label else None, f"l{n % 70}")
        if label:
            figures.count_words(label, dict.fromkeys(("the", f"{label}-word", f"rare{n}"), 1))
    return figures


def test_stored_figures_go_on_as_if_nothing_had_happened():
    whole, first = Figures(), counted(Figures(), range(4000))
    counted(whole, range(4000)).counters()
    resumed = Figures.of(json.loads(json.dumps(first.counters())))
    assert counted(resumed, range(4000, 9000)).summary() == counted(whole, range(4000, 9000)).summary()


def test_memory_does_not_grow_with_the_file():
    figures = counted(Figures(), range(20_000))
    assert len(figures.counters()["words"]) == MOST_WORDS
    assert len(figures.languages) <= MOST_LANGUAGES + 1


def test_every_row_is_counted_once():
    figures = counted(Figures(), range(99))
    figures.failed += 1
    summary = figures.summary()
    assert summary["coverage"] == {"total": 100, "done": 66, "failed": 1, "skipped": 33}
    assert sum(row["rows"] for row in summary["languages"]) == 99


def test_words_of_every_text_speak_for_no_side():
    top = counted(Figures(), range(300)).summary()["top_words"]
    assert top["positive"][0] == {"word": "positive-word", "texts": 100}
    assert top["negative"][0] == {"word": "negative-word", "texts": 100}
    assert "the" not in {row["word"] for side in top.values() for row in side}


def test_a_word_that_each_side_has_alike_speaks_for_neither_however_large_they_are():
    figures = Figures()
    for label, texts in (("positive", 7), ("negative", 5)):
        for number in range(texts):
            figures.count(label, 0.9, "en")
            figures.count_words(label, {"screen": 1} | ({label: 1} if number else {}))
    assert [[row["word"] for row in side] for side in figures.top_words().values()] == [
        ["positive"],
        ["negative"],
    ]


def test_all_texts_of_one_side_have_words_that_speak_for_it():
    figures = Figures()
    figures.count("negative", 0.9, "en")
    figures.count_words("negative", {"broke": 1})
    assert figures.top_words() == {"positive": [], "negative": [{"word": "broke", "texts": 1}]}
