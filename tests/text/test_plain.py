"""Texts as a reader takes them, and where their parts stand in what was sent."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.plain import plain_text, plain_word

WORDS = st.lists(
    st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd"]), min_size=1, max_size=8),
    min_size=1,
    max_size=6,
)


def words(text):
    return plain_text(text).text.split()


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("It isn\u02bct, isn\u2018t, isn\u00b4t, isn`t", "It isn't, isn't, isn't, isn't"),
        ("I wouldn&amp;#39;t &lt;b&gt;go&lt;/b&gt;", "I wouldn't go"),
        ("&amp;amp;amp; stays in part", "&amp; stays in part"),
        ("terri\u00adble\u200b \ufeffroom\u2060", "terrible room"),
        ("\uff27\uff4f\uff4f\uff44\u3000\uff46\uff4f\uff4f\uff44\uff01", "Good food!"),
        (unicodedata.normalize("NFD", "정말 좋아요, très bien"), "정말 좋아요, très bien"),
        ("**Bad** _food_, ~~good~~ `cold`", "Bad food, good cold"),
        ("f***ing snake_case 5* and 2 * 3", "f***ing snake_case 5* and 2 * 3"),
        ("- Bad food\n* cold\n\u2022 dear\n2) late\n# end", "Bad food\ncold\ndear\nlate\nend"),
        ("-1 star, -_- and 10/10", "-1 star, -_- and 10/10"),
        ("see https://x.example/z?a=1 or www.x.example", "see or"),
        ("@shop bad food, ask me@x.example @ 5", "bad food, ask @ 5"),
        ("[menu](http://x.example) is bad", "menu is bad"),
        ("\u201cBad food\u201d", "Bad food"),
        ("'Bad food'.", "Bad food."),
        ('the "suite"', 'the "suite"'),
        ("<Inception> was <i>great</i> <3", "<Inception> was great <3"),
        ("Bad<br/>food", "Bad food"),
    ],
)
def test_a_text_is_what_a_reader_takes_it_for(written, plain):
    assert words(written) == plain.split()


def test_a_word_keeps_its_signs_and_loses_what_cannot_be_seen():
    assert plain_word("\ufeff \uff32eview_text\u200b ") == "Review_text"
    assert plain_word("- a") == "- a"


@given(WORDS, st.sampled_from(["\u00ad", "\u200b", "\ufeff", "\u2060", "\ufe0f"]), st.integers(0, 40))
def test_what_cannot_be_seen_changes_nothing(parts, hidden, place):
    text = " ".join(parts)
    assert words(text[:place] + hidden + text[place:]) == words(text)


@given(WORDS)
def test_other_ways_to_write_a_text_are_the_same_to_a_reader(parts):
    text = " ".join(unicodedata.normalize("NFC", part) for part in parts)
    expected = words(text)
    assert words(unicodedata.normalize("NFD", text)) == expected
    assert words("".join(f"&#{ord(sign)};" for sign in text)) == expected
    assert words(f"- {text}") == expected
    assert words(f"**{text}**") == expected
    assert words(f"<p>{html.escape(text)}</p> https://x.example/a") == expected
    assert words(text.replace(" ", "\u00a0")) == expected


@given(st.text(max_size=60))
def test_every_part_has_its_place_in_the_text_as_sent(text):
    plain = plain_text(text)
    places = [plain.origin(n, n + 1) for n in range(len(plain.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.text(st.sampled_from("ab é\u0301\u1112\u1161&#;<>b/@*_`-\n\"'."), max_size=40))
def test_what_stays_as_it_was_stands_where_it_stood(text):
    plain = plain_text(text)
    for place, sign in enumerate(plain.text):
        start, end = plain.origin(place, place + 1)
        if sign in "ab" and end - start == 1:
            assert text[start] == sign


def test_a_place_reaches_over_all_that_a_character_was_written_with():
    text = "\u1112\u1161\u11ab isn&#39;t"
    plain = plain_text(text)
    assert plain.text == "한 isn't"
    assert plain.origin(0, 1) == (0, 3)
    assert plain.origin(2, 7) == (4, len(text))
