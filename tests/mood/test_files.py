"""A person's files through the API: upload, start, results, a history over uploads, and its end."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import transitions
from app.jobs.transitions import Ending, Fence
from tests.clients import watched
from tests.faults.actions import make_job
from tests.mood.exports import FIRST, archive, export, night, nights, push, steps
from tests.servers import ask as ask_database
from tests.stacks import wait_for_state

PLAN = ["date", "depression_risk", "hypomanic_risk", "manic_risk", "confidence"]


def started(client, content, **options):
    """Upload a file, start a job on it, and return the job's id."""
    answer = client.post("/api/v1/upload/file", files={"file": ("export", content)})
    assert answer.status_code == 201, answer.text
    body = {"upload_id": answer.json()["upload_id"], "options": {"subject": uuid4().hex, **options}}
    answer = client.post("/api/v1/process/start", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def ended(client, content, state="succeeded", **options):
    """Return the result of a file once its job has ended."""
    job_id = started(client, content, **options)
    wait_for_state(client, job_id, state)
    answer = client.get(f"/api/v1/results/{job_id}", params={"limit": 1000})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("pack", [lambda content: content, archive], ids=["xml", "zip"])
def test_an_export_gives_one_row_a_day(client, pack):
    result = ended(client, pack(export(*nights(10))))
    assert (result["system"], result["status"], result["partial"]) == ("mood", "completed", False)
    assert result["reading"]["records"] == result["reading"]["used"] == 20
    assert [row["date"] for row in result["rows"]] == [str(FIRST + timedelta(days=n)) for n in range(10)]
    assert {row["sleep_minutes"] for row in result["rows"]} == {480}
    assert result["rows"][0]["steps"] == 6002
    assert result["rows"][0]["sleep"][0]["start"] == "2025-01-01T23:00:00+00:00"
    assert result["months"][0]["sleep_minutes"] == {"mean": 480, "n": 10}
    assert "not a diagnosis" in result["notice"]


def test_a_csv_begins_with_the_five_columns_of_the_plan(client):
    job_id = started(client, export(*nights(3)))
    wait_for_state(client, job_id, "succeeded")
    answer = client.get(f"/api/v1/results/{job_id}", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0])[:5] == PLAN
    assert [row["sleep_minutes"] for row in rows] == ["480.0"] * 3


def test_what_was_cut_off_is_partial(client):
    result = ended(client, export(*nights(3), whole=False))
    assert (result["partial"], result["coverage"]["failed"], result["reading"]["truncated"]) == (
        True,
        1,
        True,
    )
    assert len(result["rows"]) == 3


def test_a_file_without_data_fails_and_says_why(client):
    result = ended(client, export(), state="failed")
    assert result["status"] == "failed"
    assert result["error"]["code"] == "no_usable_data"


def test_pushes_of_single_days_make_one_history(client):
    subject = uuid4().hex
    days = [FIRST + timedelta(days=n) for n in range(3)]
    for number, day in enumerate(days, start=1):
        result = ended(client, push(day, 5000 + number), subject=subject)
        assert [row["date"] for row in result["rows"]] == [str(day)]
        assert result["history"] == {"days": number, "nights": number}
    again = ended(client, push(days[0], 4000), subject=subject)
    assert again["history"] == {"days": 3, "nights": 3}
    assert again["rows"][0]["steps"] == 5001  # the fuller bucket stays


def test_an_export_replaces_poorer_days_and_keeps_the_rest(client):
    subject = uuid4().hex
    later = FIRST + timedelta(days=5)
    ended(client, export(night(FIRST, hours=3), steps(FIRST, 100), night(later)), subject=subject)
    result = ended(client, export(*nights(2)), subject=subject)
    assert [row["sleep_minutes"] for row in result["rows"]] == [480, 480]
    assert result["history"] == {"days": 6, "nights": 3}


def test_a_time_zone_counts_no_sample_twice(client):
    subject, days = uuid4().hex, nights(10)
    once = ended(client, export(*days), subject=subject)
    # in Seoul the middle of each night lies on the date after
    again = ended(client, export(*days), subject=subject, timezone="Asia/Seoul")
    assert again["history"]["nights"] == 10
    assert sum(row["steps"] or 0 for row in again["rows"]) == sum(row["steps"] for row in once["rows"])
    assert [row["sleep_minutes"] for row in again["rows"]] == [None] + [480] * 10


def test_dates_can_be_chosen(client):
    result = ended(client, export(*nights(10)), date_from="2025-01-05", date_to="2025-01-06")
    assert [row["date"] for row in result["rows"]] == ["2025-01-05", "2025-01-06"]
    assert result["history"]["days"] == 10


def test_an_option_that_is_not_acceptable_is_named(client):
    answer = client.post("/api/v1/upload/file", files={"file": ("export", export(*nights(1)))})
    for options, field in [
        ({"timezone": "../etc"}, "options.timezone"),
        ({"timezone": "Mars/X"}, "options.timezone"),
        ({"date_from": "2025-02-01", "date_to": "2025-01-01"}, "options.date_to"),
        ({"zone": "x"}, "options.zone"),
    ]:
        body = {"upload_id": answer.json()["upload_id"], "options": options}
        refused = client.post("/api/v1/process/start", json=body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field


def kept_of(server, subject, job_id):
    """Return how many days of a subject and how many rows of a job there are."""
    joined = "mood_days d JOIN mood_subjects s ON s.id = d.subject_id"
    days = f"SELECT count(*) FROM {joined} WHERE s.name = '{subject}'"
    rows = f"SELECT count(*) FROM mood_predictions WHERE job_id = '{job_id}'"
    return [ask_database(server, statement)[0][0] for statement in (days, rows)]


def test_erasing_a_subject_erases_all_of_it(client, postgres_server):
    subject = uuid4().hex
    result = ended(client, export(*nights(4)), subject=subject)
    assert kept_of(postgres_server, subject, result["job_id"]) == [4, 4]
    listed = client.get("/api/v1/mood/subjects").json()["subjects"]
    assert [each["nights"] for each in listed if each["name"] == subject] == [4]
    wanted = f"SELECT input->'upload_ids'->>0 FROM jobs WHERE id = '{result['job_id']}'"
    upload = ask_database(postgres_server, wanted)[0][0]
    assert client.get(f"/api/v1/upload/{upload}").status_code == 200
    assert client.delete("/api/v1/mood/subjects", params={"name": subject}).status_code == 204
    assert kept_of(postgres_server, subject, result["job_id"]) == [0, 0]
    assert client.get(f"/api/v1/jobs/{result['job_id']}").status_code == 404
    assert ask_database(postgres_server, f"SELECT count(*) FROM uploads WHERE id = '{upload}'") == [(0,)]
    assert client.delete("/api/v1/mood/subjects", params={"name": subject}).status_code == 404


@pytest.mark.parametrize(("lang", "sentence"), [("en", "not a diagnosis"), ("ko", "진단이 아니며")])
def test_a_report_is_one_page_that_first_says_what_it_is_not(client, lang, sentence):
    result = ended(client, export(*nights(10)))
    answer = client.get(f"/api/v1/results/{result['job_id']}/report", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.text.index(sentence) < answer.text.index("<h1>")
    assert answer.text.count("<rect") >= 10
    assert "style=" not in answer.text
    assert "http://" not in answer.text
    assert client.get("/api/v1/results/report/report.css").status_code == 200


def test_a_report_draws_no_risk_where_nothing_was_measured(client):
    before, after = nights(20), nights(10, first=FIRST + timedelta(days=40))
    result = ended(client, export(*before, *after))
    page = client.get(f"/api/v1/results/{result['job_id']}/report", params={"lang": "en"}).text
    assert page.count("<polyline") == 6, "two runs of dates with each of three risks"
    assert "lowered by: sleep is even" in " ".join(page.split())


@pytest.mark.browser
@pytest.mark.parametrize(
    "lang", ["en", pytest.param("ko", marks=pytest.mark.slow("draws the same page again"))]
)
def test_a_report_needs_no_network_and_nothing_that_its_policy_forbids(client, browser, lang):
    job_id = ended(client, export(*nights(40)))["job_id"]
    base = str(client.base_url)
    with watched(browser, f"{base}/api/v1/results/{job_id}/report?lang={lang}") as sight:
        assert sight.page.locator("svg").count() >= 2
        assert sight.page.evaluate("document.documentElement.lang") == lang
        assert (sight.console, sight.violations, sight.dialogs) == ([], [], [])
        assert [url for url in sight.requests if not url.startswith((f"{base}/", "data:"))] == []


def test_a_failed_try_is_followed_by_another_a_minute_later(app):
    with Session(db.engine) as session:
        made = make_job(session, system="mood", task="files", state="running", attempt=1)
        ended_try = transitions.end(session, Fence(made.id, 1), Ending("error", "transient", "", True, {}))
        pause = ended_try.not_before - session.scalar(select(func.now()))
        assert (ended_try.state, pause) == ("retrying", timedelta(seconds=60))
        session.rollback()


def test_daily_records_are_answered_at_once(client):
    records = [
        {
            "date": str(FIRST + timedelta(days=number)),
            "sleep": [
                {
                    "start": f"{FIRST + timedelta(days=number - 1)}T23:00:00+01:00",
                    "end": f"{FIRST + timedelta(days=number)}T06:30:00+01:00",
                }
            ],
            "steps": 5000,
        }
        for number in range(3)
    ]
    answer = client.post("/api/v1/mood/predict", json={"records": records})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["sleep_minutes"] for row in body["rows"]] == [450] * 3
    assert [row["local_bedtime"] for row in body["rows"]] == ["23:00"] * 3
    again = client.get(f"/api/v1/mood/predict/{body['job_id']}").json()
    assert again["rows"] == body["rows"]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"date": "2025-13-01"}, "records.0.date"),
        ({"date": "2025-01-01", "steps": -1}, "records.0.steps"),
        (
            {
                "date": "2025-01-01",
                "sleep": [{"start": "2025-01-01T01:00:00Z", "end": "2025-01-01T00:00:00Z"}],
            },
            "records.0.sleep.0.end",
        ),
    ],
)
def test_records_that_cannot_be_are_refused_by_field(client, record, field):
    answer = client.post("/api/v1/mood/predict", json={"records": [record]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
