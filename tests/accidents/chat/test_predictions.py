"""The severity of one accident, asked in a talk: fields are read, what is missing is asked for, the model answers."""

from __future__ import annotations

import pytest

from app.accidents.chat.answers.slots import NEEDED, asks_prediction, read_accident

WHOLE = "2017년 6월 5일 18시 비 오는 수성구 범어동 교차로에서 젖음 노면, 차대사람 사고의 심각도를 예측해줘"


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("오후 3시 중구 교차로", {"accident_hour": 15, "district": "대구광역시 중구", "road_type": "교차로"}),
        ("at 3 pm in the rain", {"accident_hour": 15, "weather": "비"}),
        ("12 am on 5 June 2017", {"accident_hour": 0, "accident_month": 6, "day_of_week": "월요일"}),
        ("June 5, 2017 at 07:30, dry", {"accident_day": 5, "accident_hour": 7, "road_surface": "건조"}),
        ("밤 11시 눈", {"accident_hour": 23, "weather": "눈", "time_period": "심야"}),
        ("2017-02-30", {}),
        ("other, 25시", {}),
    ],
)
def test_fields_are_read_out_of_a_message(message, fields):
    read = read_accident(message).fields
    assert {name: read.get(name) for name in fields} == fields
    assert bool(read) == bool(fields)


def test_a_whole_accident_is_predicted_with_evidence(accidents):
    reply = accidents(WHOLE)
    assert "ECLO" in reply.content
    assert "모델의 예측" in reply.content
    row = dict(zip(reply.evidence[0]["columns"], reply.evidence[0]["rows"][0], strict=True))
    assert f"{row['eclo']:.1f}" in reply.content
    assert reply.evidence[0]["arguments"]["district"] == "대구광역시 수성구 범어동"


def test_what_is_missing_is_asked_for_until_it_is_there(accidents):
    first = accidents("Predict the severity of a crash in Suseong-gu in the rain")
    assert first.evidence == []
    assert first.open.options == ("road_surface", "road_type", "accident_type")
    second = accidents("wet, intersection, car to car")
    assert second.open.options == ("accident_hour", "accident_date")
    third = accidents("at 6 pm on 5 June 2017")
    assert third.open is None
    assert third.evidence[0]["arguments"] == {
        "weather": "비",
        "district": "대구광역시 수성구",
        "road_surface": "젖음/습기",
        "road_type": "교차로",
        "accident_type": "차대차",
        "accident_year": 2017,
        "accident_month": 6,
        "accident_day": 5,
        "accident_hour": 18,
        "day_of_week": "월요일",
        "time_period": "퇴근시간대",
    }


def test_another_question_meanwhile_is_answered(accidents):
    accidents("심각도를 예측해줘")
    assert "6건" in accidents("사고는 모두 몇 건이야?").content


@pytest.mark.parametrize(
    "message",
    [
        "내년 사고 심각도를 예측해줘",
        "How many severe accidents were predicted?",
        "구별 심각도 예측",
        "사고 건수를 예측해줘",
    ],
)
def test_a_forecast_and_a_count_are_no_prediction(message):
    assert not asks_prediction(message)


def test_every_field_is_asked_for_by_a_name(accidents):
    assert set(accidents("심각도를 예측해줘").open.options) <= set(NEEDED)
