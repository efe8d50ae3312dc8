"""Results as JSON: pages, figures of the whole, and what there is while a job runs or after it ended."""

from __future__ import annotations

import uuid

import pytest

from tests.contract.problems import problem
from tests.results.actions import CANCEL, RESULTS, STATUS, ended, results, started
from tests.servers import ask as ask_database
from tests.stacks import wait_for

LIVE = "trial-1"  # the version whose name sorts last


def test_a_result_has_its_rows_and_the_figures_of_the_whole(client):
    job_id = ended(client, "one", "bad", "", "three")
    answer = client.get(f"{RESULTS}/{job_id}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = answer.json()
    rows = body.pop("rows")
    assert body == {
        "job_id": job_id,
        "system": "trial",
        "status": "completed",
        "partial": True,
        "progress": 1.0,
        "model_version": body["model_version"],
        "error": None,
        "coverage": {"total": 4, "done": 2, "failed": 1, "skipped": 1},
        "lines": 4,
        "next": None,
    }
    assert [(row["text"], row["length"], row["error"]) for row in rows] == [
        ("one", 3, None),
        (None, None, "bad"),
        (None, None, "empty"),
        ("three", 5, None),
    ]


def test_a_whole_result_is_not_partial(client):
    body = results(client, ended(client, "one", "two"))
    assert (body["status"], body["partial"]) == ("completed", False)


def test_pages_follow_each_other_without_gap_or_repeat(client):
    job_id = ended(client, *range(250))
    url, seen, sizes = f"{RESULTS}/{job_id}", [], []
    while url:
        answer = client.get(url)
        body = answer.json()
        seen += [row["position"] for row in body["rows"]]
        sizes.append(len(body["rows"]))
        url = body["next"]
        assert answer.headers.get("Link") == (f'<{url}>; rel="next"' if url else None)
        assert body["coverage"]["total"] == 250
    assert sizes == [100, 100, 50]
    assert seen == list(range(250))


def test_a_page_begins_and_ends_where_it_is_asked_to(client):
    job_id = ended(client, *range(10))
    page = results(client, job_id, first=3, limit=4)
    assert [row["text"] for row in page["rows"]] == ["3", "4", "5", "6"]
    assert page["next"] == f"{RESULTS}/{job_id}?format=json&first=7&limit=4"
    assert results(client, job_id, first=6, limit=4)["next"] is None
    assert results(client, job_id, first=10)["rows"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("format=xml", "format"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("first=-1", "first"),
        ("first=2147483648", "first"),
        ("bom=perhaps", "bom"),
    ],
)
def test_a_query_that_is_not_acceptable_is_a_422_that_names_it(client, query, field):
    body = problem(client.get(f"{RESULTS}/{uuid.uuid4()}?{query}"), 422, "invalid_fields")
    assert [row["field"] for row in body["errors"]] == [field]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_while_a_job_runs_there_are_the_rows_so_far(client, form):
    job_id = started(client, *range(8), block=2, seconds=0.7)
    answer = wait_for(
        lambda: (page := client.get(f"{RESULTS}/{job_id}", params={"format": form})).json()["rows"] and page,
        what="first rows",
    )
    body = answer.json()
    assert answer.status_code == 202
    assert int(answer.headers["Retry-After"]) >= 1
    assert (body["status"], body["partial"]) == ("processing", True)
    assert body["model_version"] == LIVE
    assert [row["position"] for row in body["rows"]] == list(range(len(body["rows"])))
    assert body["coverage"]["done"] == len(body["rows"])
    client.post(f"{CANCEL}/{job_id}")


def test_a_failed_job_keeps_the_rows_before_the_failure(client):
    job_id = ended(client, *range(6), block=2, fail_at=3)
    answer = client.get(f"{RESULTS}/{job_id}")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["partial"], body["model_version"]) == ("failed", True, LIVE)
    assert body["error"] == {"code": "bad_line", "detail": "Line 3 cannot be read."}
    assert [row["text"] for row in body["rows"]] == ["0", "1"]


def test_a_cancelled_job_keeps_the_rows_before_that(client):
    job_id = started(client, *range(8), block=2, seconds=0.7)
    wait_for(lambda: results(client, job_id)["rows"], what="first rows")
    client.post(f"{CANCEL}/{job_id}")
    body = results(client, job_id)
    assert (body["status"], body["partial"], body["model_version"]) == ("cancelled", True, LIVE)
    assert body["rows"]


def test_after_its_time_a_job_is_a_410_and_its_rows_and_files_are_gone(client, postgres_server):
    job_id = ended(client, "one", "two")
    assert results(client, job_id)["rows"]
    ask_database(postgres_server, f"UPDATE jobs SET expires_at = now() WHERE id = '{job_id}'")
    wait_for(lambda: client.get(f"{RESULTS}/{job_id}").status_code == 410, what="the job to expire")
    problem(client.get(f"{RESULTS}/{job_id}?format=csv"), 410, "expired")
    problem(client.get(f"{STATUS}/{job_id}"), 410, "expired")
    problem(client.post(f"{CANCEL}/{job_id}"), 410, "expired")
    assert ask_database(postgres_server, f"SELECT 1 FROM trial_rows WHERE job_id = '{job_id}'") == []
