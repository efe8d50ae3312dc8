"""What-if: one question answers many values of one field, in one job and one row."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.stacks import ACCIDENT

URL = "/api/predict/eclo"


def test_24_hours_are_answered_in_one_question_and_one_row(client, app):
    from app.extensions import db

    answer = client.post(URL, json={**ACCIDENT, "vary": {"accident_hour": list(range(24))}})
    assert answer.status_code == 200, answer.text
    prediction = answer.json()
    varied = prediction["varied"]
    assert (varied["field"], [each["value"] for each in varied["answers"]]) == (
        "accident_hour",
        list(range(24)),
    )
    same = next(each for each in varied["answers"] if each["value"] == ACCIDENT["accident_hour"])
    assert (same["eclo"], same["p_fatal"]) == (prediction["eclo"], prediction["p_fatal"])
    rows = db.session.scalar(
        text("SELECT count(*) FROM accident_predictions WHERE job_id = :id"),
        {"id": prediction["prediction_id"]},
    )
    assert rows == 1
    again = client.get(f"{URL}/{prediction['prediction_id']}").json()
    assert again["varied"] == varied


def test_a_question_without_vary_has_no_varied(client):
    assert "varied" not in client.post(URL, json=ACCIDENT).json()


def test_the_chart_of_a_varied_prediction_has_its_hours(client):
    prediction = client.post(URL, json={**ACCIDENT, "vary": {"accident_hour": [0, 6, 12, 18]}}).json()
    figure = client.get("/api/charts/what_if_hour", params={"prediction": prediction["prediction_id"]})
    assert figure.json()["data"][1]["x"] == ["0", "6", "12", "18"]


def test_the_waterfall_of_an_explained_prediction_has_its_fields(client):
    prediction = client.post(URL, json={**ACCIDENT, "explain": True}).json()
    figure = client.get("/api/charts/shap_waterfall", params={"prediction": prediction["prediction_id"]})
    assert len(figure.json()["data"][0]["x"]) == len(prediction["contributions"])
    plain = client.post(URL, json=ACCIDENT, headers={"Cache-Control": "no-cache"}).json()
    refused = client.get("/api/charts/shap_waterfall", params={"prediction": plain["prediction_id"]})
    assert refused.json()["code"] == "not_explained"


@pytest.mark.parametrize(
    "vary",
    [
        [],
        {},
        {"accident_hour": []},
        {"accident_hour": [24]},
        {"accident_hour": list(range(24)) * 3},
        {"accident_hour": 5},
        {"eclo": [1]},
        {"explain": [True]},
        {"accident_hour": [1], "weather": ["비"]},
        {"weather": ["hail"]},
        {"accident_month": [2], "accident_day": [30]},
        {"accident_day": [32]},
    ],
)
def test_what_cannot_be_varied_is_a_400_that_names_the_field(client, vary):
    answer = client.post(URL, json={**ACCIDENT, "vary": vary})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("vary")


def test_a_day_that_a_month_has_not_is_refused(client):
    asked = {**ACCIDENT, "accident_day": 31, "accident_month": 12, "vary": {"accident_month": [1, 2]}}
    answer = client.post(URL, json=asked)
    assert answer.status_code == 400
    assert "2024-02-31 is not a date" in answer.json()["errors"][0]["reason"]
