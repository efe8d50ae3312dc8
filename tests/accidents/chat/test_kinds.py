"""Kinds of questions: places in an order, alternatives, comparisons with a mean, conditions on groups, first rows."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accidents.chat.grammar.lexicon import function_words

ANSWERS = [
    ("visits", "Which department had the second most visits?", "피부과 1"),
    ("orders", "How many orders are from Chicago or have the category Furniture?", "2 rows"),
    ("orders", "주문 도시가 Seattle이거나 Returned가 Yes인 주문은 몇 건이야?", "3건"),
    ("orders", "How many orders are neither from Boston nor from Chicago?", "1 rows"),
    ("visits", "fee가 평균보다 큰 방문은 몇 건이야?", "2건"),
    ("orders", "How many orders have Sales above the average?", "2 rows"),
    ("orders", "How many orders have Sales more than twice the average?", "1 rows"),
    ("visits", "How many visits have wait_min greater than patient_age?", "3 rows"),
    ("orders", "Which cities have more than 1 order?", "Boston 3"),
    ("orders", "Show the 2 orders with the highest Sales", "A-2"),
    ("accidents", "비인 행은?", "2건"),
    ("orders", "Which order was placed first?", "A-1"),
    ("orders", "Order Date가 가장 늦은 주문은?", "A-5"),
    ("accidents", "주말이 아닌 사고는 몇 건이야?", "4건"),
    ("accidents", "How many accidents were not on weekends?", "4 rows"),
    ("accidents", "2017년을 제외한 사고는 몇 건이야?", "3건"),
    ("rides", "거리 합계는?", "7.5"),
    ("rides", "거리가 비어 있는 행은 몇 개야?", "1건"),
    ("rides", "mean distance by bike type", "3"),
    ("accidents", "비 행은 몇 개야?", "2건"),
    ("orders", "몇 년도에 주문이 몇 건 있었어?", "2020년 2건, 2021년 3건"),
    ("accidents", "How many accidents happened when it was raining?", "2 rows"),
    ("accidents", "정오에 난 사고는 몇 건이야?", "0건"),
    ("orders", "By how much did orders rise from 2020 to 2021?", "1 more"),
    ("visits", "department별로 가장 많이 방문한 doctor는?", "내과 · 김민준 2"),
]


@pytest.mark.parametrize(("table", "question", "part"), ANSWERS)
def test_an_answer_is_of_the_kind_that_was_asked(talkers, table, question, part):
    answer = talkers[table].anew()(question)
    assert answer.open is None, answer.content
    assert part in answer.content


def test_a_follow_up_that_names_a_function_alone_keeps_the_rest(visits):
    visits("내과 fee 합계는?")
    assert "9,333.33" in visits("평균은?").content


def test_a_follow_up_may_ask_for_the_other_end_of_a_ranking(orders):
    assert "Boston" in orders("Which city has the most orders?").content
    assert "Boston" not in orders("and the fewest?").content.split(":")[0]


def test_a_month_that_follows_up_stays_in_the_year_before(orders):
    orders("2021년 2월 Sales 합계는?")
    assert "40" in orders("3월은?").content


def test_a_superlative_that_nothing_uses_is_asked_back(visits):
    assert visits("가장 오래 일한 사람은?").evidence == []


@pytest.mark.parametrize("question", ["비율", "share of each", "비율은?"])
def test_a_share_of_nothing_is_asked_back(visits, question):
    reply = visits(question)
    assert reply.open is not None
    assert reply.evidence == []


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_row_of_words_is_answered_or_asked_back(orders, data):
    words = [*names_of(orders.table), *function_words().names]
    question = " ".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=6)))
    assert orders.anew()(question).content


def names_of(table):
    """Return what a table's columns and their values are called."""
    for column in table.profile.columns:
        yield column.source_name
        yield from (str(value) for value, _ in column.categories)
