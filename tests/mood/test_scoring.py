"""Risks by date: what moves them, in words, and what does not."""

import math
from datetime import timedelta

import numpy as np
import pytest

from tests.mood.people import FIRST, history, night, nights
from workers.mood.days import DURATION_ONLY, Day, History
from workers.mood.scoring import RISKS, agreements, score
from workers.mood.wording import span

LATER = FIRST + timedelta(days=60)


def changed(n=75, *, first=60, **change):
    """Return the rows of somebody who changes on a date."""
    records = nights(first) + nights(n - first, first=LATER, **change)
    return score(history(records))


def logit(p):
    return math.log(p / (1 - p))


def median(rows, risk):
    return float(np.median([getattr(row, risk).risk for row in rows]))


@pytest.fixture(scope="module")
def steady():
    return changed()


def test_there_is_no_risk_under_seven_nights_and_low_confidence_under_thirty(steady):
    assert all(row.mania is None and row.confidence == 0 for row in steady[:6])
    assert all(row.mania and row.depression and row.hypomanic for row in steady[6:])
    assert all(row.confidence < 0.5 for row in steady[:29])
    assert steady[40].confidence > 0.6
    assert "nights" in " ".join(steady[10].confidence_reasons)


def test_a_date_without_sleep_has_no_risk_and_says_why():
    records = nights(40)
    del records[30]
    row = score(history(records))[30]
    assert row.depression is row.hypomanic is row.mania is None
    assert row.confidence == 0
    assert any("no sleep" in reason for reason in row.confidence_reasons)


def test_short_nights_raise_mania_and_say_so(steady):
    rows = changed(hours=4.0, onset=23.0)
    assert median(rows[63:70], "mania") > 5 * median(steady[63:70], "mania")
    assert any("less than usual" in text for text in rows[65].explanation)
    assert any("평소보다" in text for text in rows[65].explanation_ko)


def test_a_later_clock_raises_depression_and_says_so(steady):
    rows = changed(onset=25.5)
    assert median(rows[66:], "depression") > 1.5 * median(steady[66:], "depression")
    assert any("later than usual" in text for text in rows[70].explanation)
    assert any("늦습니다" in text for text in rows[70].explanation_ko)


@pytest.mark.parametrize("zone_h", [9, -9])
def test_a_journey_is_no_mania(steady, zone_h):
    rows = changed(zone_h=zone_h)
    assert median(rows[60:72], "mania") < 1.5 * median(steady[60:72], "mania")
    assert rows[62].confidence < steady[62].confidence


def test_the_parts_add_up_to_the_score(steady):
    rows = [*steady[10:60:9], *changed(hours=4.0, steps=9000.0, low=0.6, high=0.4)[60:]]
    for row in rows:
        for risk in RISKS:
            parts = sum(each.amount for each in row.reasons if each.risk == risk)
            assert parts == pytest.approx(logit(getattr(row, risk).risk), abs=1e-9)


def test_every_risk_lies_in_its_interval_and_has_a_usual(steady):
    for row in steady[7:]:
        for risk in (row.depression, row.hypomanic, row.mania):
            assert 0 < risk.low < risk.risk < risk.high < 1
            assert 0 < risk.usual < 1
    assert steady[6].mania.usual is None


def test_rows_do_not_know_the_days_after_them():
    records = nights(
        90, onset=lambda n: 23 + (n % 11) / 3, hours=lambda n: 6 + (n % 7) / 3, low=lambda n: (n % 5) / 5
    )
    whole, part = score(history(records)), score(history(records[:60]))
    assert whole[:60] == part


def test_the_whole_history_may_be_used_and_is_said_to_be_retrospective():
    records = nights(60) + nights(30, first=LATER, hours=5.0)
    rows = score(history(records), options={"history": "whole"})
    assert all("retrospective" in " ".join(row.notes) for row in rows)
    assert rows[20].mania.risk != score(history(records))[20].mania.risk


@pytest.mark.parametrize(
    "options", [{"history": "future"}, {"alerts_a_month": "often"}, {"alerts_a_month": -1}]
)
def test_an_option_without_meaning_is_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        score(history(nights(10)), options=options)


@pytest.mark.parametrize(("a_month", "apart"), [(1, 30), (2, 15)])
def test_alerts_come_no_more_often_than_was_asked(a_month, apart):
    records = nights(300, hours=lambda n: 8 - 3 * ((n // 9) % 4 == 3), onset=lambda n: 23 + (n % 13) / 4)
    rows = score(history(records), options={"alerts_a_month": a_month})
    days = [index for index, row in enumerate(rows) if row.alert]
    assert days
    assert min(np.diff(days), default=apart) >= apart


def test_no_alerts_are_a_choice():
    rows = score(history(nights(90, hours=lambda n: 8 - 4 * (n > 70))), options={"alerts_a_month": 0})
    assert not any(row.alert for row in rows)


def test_own_ratings_join_by_a_weight_that_is_shown():
    calm = changed()
    rated = changed(low=0.9)
    assert calm[65].rating_weight == {"depression": 0.0, "mania": 0.0}
    assert 0 < rated[65].rating_weight["depression"] < 1
    assert rated[65].depression.risk > 3 * calm[65].depression.risk
    assert any(each.name == "ratings" for each in rated[65].reasons)


def test_the_weight_follows_what_told_earlier_ratings_better():
    steady = changed(90, low=0.8)[-1].rating_weight["depression"]
    erratic = changed(90, low=lambda n: 0.2 * (n % 2))[-1].rating_weight["depression"]
    assert steady > erratic


def test_the_index_is_held_against_twenty_rated_days_of_this_person():
    low = nights(60) + nights(30, first=LATER, onset=25.5)
    rated = [{**each, "low": 0.7 if number >= 60 else 0.1} for number, each in enumerate(low)]
    [agreement] = agreements(history(rated))
    assert (agreement.risk, agreement.days) == ("depression", 84)
    assert agreement.low < agreement.auc <= agreement.high <= 1
    assert agreement.auc > 0.8
    assert agreements(history([{**each, "low": None} for each in rated[:80]] + rated[80:])) == []


def test_a_duration_alone_is_scored_without_a_clock():
    days = [Day(FIRST + timedelta(days=n), sleep_minutes=420.0, basis=DURATION_ONLY) for n in range(40)]
    row = score(History((), tuple(days)))[-1]
    assert row.mania is not None
    assert row.dlmo_h is None
    assert row.confidence < 0.6


def test_naps_alone_are_scored_as_what_they_are():
    rows = score(history([night(FIRST + timedelta(days=n), onset=14.0, hours=1.5) for n in range(40)]))
    assert rows[-1].mania is not None
    assert rows[-1].confidence < 0.4
    assert any("only naps" in reason for reason in rows[-1].confidence_reasons)


def test_a_short_night_after_long_ones_is_no_nap():
    rows = changed(n=66, hours=3.0)
    assert not any("naps" in reason for row in rows for reason in row.confidence_reasons)


def test_one_night_is_one_night(steady):
    assert steady[0].confidence_reasons[0].startswith("only 1 night so far")


def test_nothing_gives_nothing():
    assert score(history([])) == []


@pytest.mark.parametrize(
    ("hours", "english", "korean"),
    [(3.3, "3 h 18 min", "3시간 18분"), (-0.75, "45 min", "45분"), (2, "2 h", "2시간"), (0, "0 min", "0분")],
)
def test_lengths_of_time_are_said_as_people_say_them(hours, english, korean):
    assert span(hours) == english
    assert span(hours, korean=True) == korean
