"""Amounts as wordings write them in German, Swiss and English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.documents.understanding.amounts import amounts, basis

TABLE = json.loads((Path(__file__).parent / "cases" / "numbers-de-ch" / "amounts.json").read_text("utf-8"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["text"][:40])
def test_an_amount_is_read_with_value_unit_and_basis(row):
    read = [amount for amount in amounts(row["text"], "de") if not amount.unlimited]
    assert [(amount.text, amount.unit) for amount in read] == [
        (str(each["value"]), each["unit"]) for each in row["amounts"]
    ]
    for each in row["amounts"]:
        assert set(each.get("per", [])) <= set(basis(row["text"]))


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.500 EUR", "de", "1500"),
        ("EUR 1,500", "en", "1500"),
        ("EUR 1.5 million", "en", "1500000"),
        ("12,5 %", "de", "12.5"),
        ("12.5%", "en", "12.5"),
    ],
)
def test_separators_follow_the_language_of_the_block(text, language, value):
    assert [amount.text for amount in amounts(text, language)] == [value]


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("höchstens fünftausend Franken", "de", [("5000", "CHF")]),
        ("zweihundertfünfzig Euro je Tag", "de", [("250", "EUR")]),
        ("bis fünfundzwanzigtausend Euro", "de", [("25000", "EUR")]),
        ("hundert Millionen Franken, eine halbe Million Franken", "de", [("100000000", "CHF"), ("500000", "CHF")]),
        ("zehn Prozent, während einundzwanzig Tagen", "de", [("10", "%"), ("21", "day")]),
        ("up to five thousand pounds", "en", [("5000", "GBP")]),
        ("one hundred and fifty thousand pounds", "en", [("150000", "GBP")]),
        ("ten million pounds or twenty-five per cent", "en", [("10000000", "GBP"), ("25", "%")]),
        ("within forty-eight hours", "en", [("48", "hour")]),
        ("five thousand pounds (£5,000)", "en", [("5000", "GBP")]),
    ],
)  # fmt: skip
def test_an_amount_in_words_is_read_as_one_in_digits(text, language, read):
    assert [(amount.text, amount.unit) for amount in amounts(text, language)] == read


@pytest.mark.parametrize("text", ["Einer trage des anderen Last", "one of the pounds", "a hundred claims"])
def test_a_number_in_words_without_a_unit_is_no_amount(text):
    assert amounts(text, "de") == []


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("höchstens drei Schadenfälle pro Jahr", "de", "3"),
        ("bis zu zwei Pannen im Jahr", "de", "2"),
        ("up to three emergencies per year", "en", "3"),
    ],
)
def test_how_often_something_is_covered_is_an_amount(text, language, value):
    assert [(amount.text, amount.unit) for amount in amounts(text, language)] == [(value, "times")]
