"""One accident in, one severity out: at once, later, once, in words of two languages."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from datetime import datetime

import httpx
import pytest

from app.accidents.severity import values
from tests.stacks import ACCIDENT, wait_for, wait_for_state

PATH = "/api/predict/eclo"
FIRST = ("eclo", "interpretation", "detail", "prediction_id", "model_version", "timestamp")
MORE = ("band", "typical", "interval", "components", "p_fatal", "warnings")
BANDS = {"minor", "moderate", "serious", "very_serious"}
# The same accident in English words.
ENGLISH = {
    **ACCIDENT,
    "weather": "clear",
    "road_surface": "dry",
    "road_type": "intersection",
    "accident_type": "vehicle-vehicle",
    "time_period": "day",
    "district": "Jung-gu",
    "day_of_week": "Monday",
}
STABLE = ("eclo", "typical", "interval", "components", "p_fatal", "band", "model_version")


def ask(client, accident=ACCIDENT, **headers):
    return client.post(
        PATH, json=accident, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def errors(answer):
    """Return the refused fields with what was said of each."""
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "invalid_fields"
    return {row["field"]: row for row in answer.json()["errors"]}


def test_the_documented_example_is_answered_at_once(client):
    answer = ask(client)
    assert answer.status_code == 200
    body = answer.json()
    assert tuple(body) == (*FIRST, *MORE)
    assert body["eclo"] > 0
    assert uuid.UUID(body["prediction_id"])
    assert datetime.fromisoformat(body["timestamp"]).utcoffset() is not None
    assert body["band"] in BANDS
    assert 0 <= body["interval"]["p10"] <= body["interval"]["p90"]
    assert 0 < body["p_fatal"] < 1
    assert set(body["components"]) == {"deaths", "serious", "minor", "reported"}
    assert answer.headers["Vary"] == "Accept-Language"


def test_the_expected_casualties_add_up_to_the_answer(client):
    body = ask(client).json()
    parts = body["components"]
    total = 10 * parts["deaths"] + 5 * parts["serious"] + 3 * parts["minor"] + parts["reported"]
    assert total == pytest.approx(body["eclo"], rel=0.05)


def test_an_answer_is_korean_unless_english_is_asked_for(client):
    korean = ask(client).json()
    english = ask(client, Accept_Language="en").json()
    assert re.search(r"[가-힣]", korean["interpretation"] + korean["detail"])
    assert re.fullmatch(r"[\x20-\x7e]+", english["interpretation"] + english["detail"])
    assert {name: korean[name] for name in STABLE} == {name: english[name] for name in STABLE}


@pytest.mark.parametrize(
    ("accepted", "korean"),
    [
        ("ko", True),
        ("de", True),
        ("*", True),
        ("en-GB,en;q=0.9", False),
        ("ko;q=0.5, en;q=0.8", False),
        ("de, en;q=0.1", False),
        (";;;", True),
    ],
)
def test_the_language_is_chosen_as_the_header_weighs_it(client, accepted, korean):
    assert bool(re.search(r"[가-힣]", ask(client, Accept_Language=accepted).json()["detail"])) is korean


def test_english_words_mean_the_same(client):
    korean, english = ask(client).json(), ask(client, ENGLISH).json()
    assert {name: korean[name] for name in STABLE} == {name: english[name] for name in STABLE}


@pytest.mark.parametrize(
    "district", ["중구", "대구 중구", "대구광역시 중구", "Jung-gu", "jung-gu, daegu", "JUNGGU"]
)
def test_a_district_is_known_by_all_its_names(client, district):
    assert ask(client, {**ACCIDENT, "district": district}).json()["eclo"] == ask(client).json()["eclo"]


def test_the_same_question_gets_the_same_answer(client):
    first, second = ask(client).json(), ask(client).json()
    assert {name: first[name] for name in STABLE} == {name: second[name] for name in STABLE}
    assert first["prediction_id"] != second["prediction_id"]


def test_what_else_is_known_changes_the_answer(client):
    more = {
        **ACCIDENT,
        "violation": "과속",
        "vehicle_at_fault": "이륜",
        "vehicle_other": None,
        "accident_subtype": "정면충돌",
    }
    assert ask(client, more).json()["eclo"] != ask(client).json()["eclo"]
    nothing = dict.fromkeys(values.OPTIONAL)
    assert ask(client, {**ACCIDENT, **nothing}).json()["eclo"] == ask(client).json()["eclo"]


def test_an_explanation_comes_only_when_it_is_asked_for(client):
    body = ask(client, {**ACCIDENT, "explain": True}).json()
    assert "contributions" not in ask(client, {**ACCIDENT, "explain": False}).json()
    assert tuple(body) == (*FIRST, *MORE, "contributions")
    named = {row["field"]: row for row in body["contributions"]}
    assert set(named) <= {*values.REQUIRED, *values.OPTIONAL}
    assert {"road_type", "accident_type"} <= set(named)
    sizes = [abs(row["contribution"]) for row in body["contributions"]]
    assert sizes == sorted(sizes, reverse=True)
    assert any(sizes)


@pytest.mark.parametrize("field", values.fields())
def test_an_unknown_word_is_refused_with_the_words_that_are_known(client, field):
    row = errors(ask(client, {**ACCIDENT, field: "달나라"}))[field]
    assert row["value"] == "달나라"
    assert row["allowed"] == list(values.allowed(field))
    assert "달나라" in row["reason"]


@pytest.mark.parametrize("field", [name for name in values.fields() if name in values.REQUIRED])
@pytest.mark.parametrize("bad", [None, 1, True, [], {}, "", " ", "x" * 10_000], ids=repr)
def test_what_is_no_word_is_refused_as_a_word(client, field, bad):
    assert list(errors(ask(client, {**ACCIDENT, field: bad}))) == [field]


@pytest.mark.parametrize("field", values.BOUNDS)
@pytest.mark.parametrize("bad", [None, True, False, "14", "", [], {}, 14.5, -1, 10**30, 1e300], ids=repr)
def test_what_is_no_number_is_refused_as_a_number(client, field, bad):
    row = errors(ask(client, {**ACCIDENT, field: bad}))[field]
    low, high = values.BOUNDS[field]
    assert f"{low} to {high}" in row["reason"]


@pytest.mark.parametrize("field", values.BOUNDS)
def test_the_ends_of_a_range_are_inside_and_the_next_are_not(client, field):
    low, high = values.BOUNDS[field]
    safe = {**ACCIDENT, "accident_month": 1}
    assert (
        ask(client, {**safe, field: low}).status_code == ask(client, {**safe, field: high}).status_code == 200
    )
    assert list(errors(ask(client, {**safe, field: low - 1}))) == [field]
    assert list(errors(ask(client, {**safe, field: high + 1}))) == [field]


@pytest.mark.parametrize(("month", "day"), [(2, 30), (2, 29), (4, 31), (6, 31), (11, 31)])
def test_a_day_that_its_month_has_not_is_refused(client, month, day):
    date = {"accident_year": 2023, "accident_month": month, "accident_day": day}
    row = errors(ask(client, {**ACCIDENT, **date}))["accident_day"]
    assert f"2023-{month:02}-{day:02}" in row["reason"]


def test_a_leap_day_is_a_day(client):
    assert (
        ask(client, {**ACCIDENT, "accident_year": 2024, "accident_month": 2, "accident_day": 29}).status_code
        == 200
    )


@pytest.mark.parametrize("field", values.REQUIRED)
def test_a_missing_field_is_named(client, field):
    row = errors(ask(client, {name: value for name, value in ACCIDENT.items() if name != field}))
    assert list(row) == [field]
    assert "missing" in row[field]["reason"]


def test_all_faults_are_named_at_once(client):
    bad = {**ACCIDENT, "weather": "달나라", "accident_hour": 25, "colour": "red", "explain": "yes"}
    del bad["road_type"]
    assert set(errors(ask(client, bad))) == {"weather", "accident_hour", "colour", "explain", "road_type"}
    assert set(errors(ask(client, {}))) == set(values.REQUIRED)


def test_a_day_that_its_month_does_not_have_is_named_beside_other_faults(client):
    bad = {**ACCIDENT, "accident_hour": 25, "accident_month": 2, "accident_day": 30}
    del bad["weather"]
    assert set(errors(ask(client, bad))) == {"weather", "accident_hour", "accident_day"}
    assert set(errors(ask(client, {**bad, "accident_month": 13}))) == {
        "weather",
        "accident_hour",
        "accident_month",
    }


def test_an_unknown_field_is_refused_with_the_fields_that_there_are(client):
    row = errors(ask(client, {**ACCIDENT, "colour": "red"}))["colour"]
    assert all(name in row["reason"] for name in (*values.REQUIRED, *values.OPTIONAL, "explain"))


@pytest.mark.parametrize("flag", [1, 0, "true", None, [], 1.0], ids=repr)
def test_only_true_and_false_say_whether_to_explain(client, flag):
    assert list(errors(ask(client, {**ACCIDENT, "explain": flag}))) == ["explain"]


@pytest.mark.parametrize("body", [[], [ACCIDENT], None, 1, "x", True], ids=lambda body: repr(body)[:20])
def test_a_body_that_is_no_object_is_refused(client, body):
    answer = (
        client.post(PATH, json=body)
        if body is not None
        else client.post(PATH, content=b"null", headers={"Content-Type": "application/json"})
    )
    assert answer.status_code == 400
    (row,) = answer.json()["errors"]
    assert (row["field"], row["reason"]) == ("body", "It is not an object.")
    assert row["value"] == (json.dumps(body, ensure_ascii=False)[:200] if isinstance(body, list) else body)


def test_contradictions_are_warnings(client):
    odd = {**ACCIDENT, "time_period": "밤", "day_of_week": "월요일", "accident_subtype": "차대사람 - 횡단중"}
    answer = ask(client, odd, Accept_Language="en")
    assert answer.status_code == 200
    warned = {row["code"]: row for row in answer.json()["warnings"]}
    assert set(warned) == {"weekday", "time_period", "year_untrained", "subtype"}
    assert all(row["field"] and row["message"] for row in warned.values())
    fitting = {**ACCIDENT, "accident_year": 2016, "accident_month": 12, "accident_day": 12}
    assert ask(client, fitting).json()["warnings"] == []


def test_an_answer_can_be_looked_up_later(client):
    first = ask(client).json()
    again = client.get(f"{PATH}/{first['prediction_id']}")
    assert again.status_code == 200
    assert again.json() == first
    english = client.get(f"{PATH}/{first['prediction_id']}", headers={"Accept-Language": "en"})
    assert english.json()["detail"] != first["detail"]


def test_an_answer_is_a_job_too(client):
    job = client.get(f"/api/v1/jobs/{ask(client).json()['prediction_id']}").json()
    assert (job["system"], job["task"], job["lane"], job["state"]) == (
        "accidents",
        "severity",
        "realtime",
        "succeeded",
    )


def test_a_caller_who_will_not_wait_gets_a_place_to_look(client):
    answer = ask(client, Prefer="respond-async")
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert int(answer.headers["Retry-After"]) > 0
    body = answer.json()
    assert set(body) == {"prediction_id", "status", "results_url"}
    assert body["status"] in {"pending", "processing", "success"}
    assert answer.headers["Location"] == body["results_url"] == f"{PATH}/{body['prediction_id']}"
    shown = wait_for(
        lambda: (looked := client.get(body["results_url"])).status_code == 200 and looked, what="the answer"
    )
    assert shown.json()["prediction_id"] == body["prediction_id"]
    assert shown.json()["eclo"] == ask(client).json()["eclo"]


@pytest.mark.parametrize(
    ("prefer", "applied", "status"),
    [
        ("wait=5", "wait=5", 200),
        ("wait=60", "wait=10", 200),
        ("wait=0", "wait=0", 202),
        ("Wait=5", "wait=5", 200),
        ("wait=5; why=hurry", "wait=5", 200),
        ("respond-async; why=hurry", "respond-async", 202),
        ("handling=lenient, wait=5", "wait=5", 200),
        ("respond-async, wait=5", "respond-async", 202),
        ("wait=soon", None, 200),
        ("wait=-1", None, 200),
        ("wait=" + "9" * 400, None, 200),
        ("return=minimal", None, 200),
        ('x="', None, 200),
    ],
)
def test_a_preference_is_followed_where_it_can_be_and_said_to_be(client, prefer, applied, status):
    answer = ask(client, Prefer=prefer)
    assert (answer.status_code, answer.headers.get("Preference-Applied")) == (status, applied)


def test_a_request_sent_again_with_its_key_is_the_same_prediction(client):
    key = str(uuid.uuid4())
    first, second = ask(client, Idempotency_Key=key), ask(client, Idempotency_Key=key)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert ask(client, Idempotency_Key=key + "x").json()["prediction_id"] != first.json()["prediction_id"]


def test_a_key_used_for_another_request_is_refused(client):
    key = str(uuid.uuid4())
    ask(client, Idempotency_Key=key)
    answer = ask(client, {**ACCIDENT, "accident_hour": 3}, Idempotency_Key=key)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_refused_request_does_not_use_its_key_up(client):
    key = str(uuid.uuid4())
    assert ask(client, {**ACCIDENT, "accident_hour": 99}, Idempotency_Key=key).status_code == 400
    assert ask(client, Idempotency_Key=key).status_code == 200


def test_one_key_of_two_owners_is_two_predictions(alice, bob):
    key = str(uuid.uuid4())
    first, second = (
        ask(alice, Idempotency_Key=key),
        ask(bob, {**ACCIDENT, "accident_hour": 3}, Idempotency_Key=key),
    )
    assert first.status_code == second.status_code == 200
    assert first.json()["prediction_id"] != second.json()["prediction_id"]


def test_one_key_sent_many_times_at_once_makes_one_job(running_stack):
    key = str(uuid.uuid4())

    async def send():
        async with httpx.AsyncClient(base_url=running_stack.url, timeout=30) as client:
            asked = [client.post(PATH, json=ACCIDENT, headers={"Idempotency-Key": key}) for _ in range(20)]
            return await asyncio.gather(*asked)

    answers = asyncio.run(send())
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    made = {answer.json()["prediction_id"] for answer in answers if answer.status_code in {200, 202}}
    assert len(made) == 1
    in_flight = [answer for answer in answers if answer.status_code == 409]
    assert all(
        answer.json()["code"] == "idempotency_key_in_flight" and answer.headers["Retry-After"]
        for answer in in_flight
    )


def test_fifty_callers_at_once_are_all_answered_with_their_own(running_stack):
    hours = [number % 24 for number in range(50)]

    async def send():
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(base_url=running_stack.url, timeout=30, limits=limits) as client:
            return await asyncio.gather(
                *(client.post(PATH, json={**ACCIDENT, "accident_hour": hour}) for hour in hours)
            )

    answers = asyncio.run(send())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["prediction_id"] for answer in answers}) == 50
    with running_stack.client() as client:
        alone = {hour: ask(client, {**ACCIDENT, "accident_hour": hour}).json()["eclo"] for hour in set(hours)}
    assert len(set(alone.values())) > 1
    assert [answer.json()["eclo"] for answer in answers] == [pytest.approx(alone[hour]) for hour in hours]


def test_a_batch_is_not_found_at_the_door_of_single_answers(client):
    batch = client.post(f"{PATH}/batch", json={"items": [ACCIDENT] * 2}).json()["batch_id"]
    wait_for_state(client, batch, "succeeded")
    assert client.get(f"{PATH}/{batch}").status_code == 404
    assert client.get(f"{PATH}/{batch}-1").json()["prediction_id"] == f"{batch}-1"
    assert client.get(f"/api/predict/batch/{ask(client).json()['prediction_id']}/results").status_code == 404
