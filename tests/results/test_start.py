"""Start: which uploads, read by whom, with which options; what is refused, and why."""

from __future__ import annotations

import uuid

import pytest

from tests.contract.problems import problem
from tests.results.actions import (
    CANCEL,
    RESULTS,
    START,
    STATUS,
    content,
    ended,
    results,
    start,
    started,
    status,
    upload,
    upload_batch,
)
from tests.servers import ask as ask_database
from tests.stacks import status_of, wait_for, wait_for_state
from tests.trial.files import KIND


def test_a_job_on_an_upload_is_accepted_with_a_place_to_look(client):
    answer = start(client, upload(client, "one", "two"))
    assert answer.status_code == 202
    body = answer.json()
    assert set(body) == {"job_id", "status"}
    assert body["status"] in {"queued", "processing"}  # a worker may have begun already
    assert answer.headers["Location"] == f"{STATUS}/{body['job_id']}"
    assert int(answer.headers["Retry-After"]) >= 1
    wait_for_state(client, body["job_id"], "succeeded")
    job = client.get(answer.headers["Location"]).json()
    assert job == {
        "job_id": body["job_id"],
        "system": "trial",
        "status": "completed",
        "partial": False,
        "progress": 1.0,
        "stage": None,
        "processed": 2,
        "total": 2,
        "eta_s": None,
        "results_url": f"{RESULTS}/{body['job_id']}",
        "error": None,
    }


def test_a_job_on_a_batch_reads_its_files_in_order(client):
    batch = upload_batch(client, content("a", "b"), content("c"), content("d", "e"))
    job_id = client.post(START, json={"batch_id": batch}).json()["job_id"]
    wait_for_state(client, job_id, "succeeded")
    rows = results(client, job_id)["rows"]
    assert [(row["position"], row["file"], row["index"], row["text"]) for row in rows] == [
        (0, 0, 0, "a"),
        (1, 0, 1, "b"),
        (2, 1, 0, "c"),
        (3, 2, 0, "d"),
        (4, 2, 1, "e"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"upload_id": str(uuid.uuid4()), "batch_id": str(uuid.uuid4())},
        {"upload_id": "x"},
        {"upload_id": None},
        {"batch_id": 1},
    ],
)
def test_exactly_one_source_is_named(client, body):
    refusal = problem(client.post(START, json=body), 422, "invalid_fields")
    assert {row["field"] for row in refusal["errors"]} <= {"upload_id", "batch_id"}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"block": 0}, "options.block"),
        ({"nonsense": 1}, "options.nonsense"),
        ({"seconds": "x"}, "options.seconds"),
    ],
)
def test_options_are_the_systems_own(client, options, field):
    answer = start(client, upload(client, "x"), **options)
    refusal = problem(answer, 422, "invalid_fields")
    assert [row["field"] for row in refusal["errors"]] == [field]
    assert field in refusal["detail"]


@pytest.mark.parametrize("more", [{"options": []}, {"options": "x"}, {"nonsense": 1}, {"system": ""}])
def test_what_no_start_has_is_a_422(client, more):
    body = {"upload_id": upload(client, "x"), **more}
    refusal = problem(client.post(START, json=body), 422, "invalid_fields")
    assert [row["field"] for row in refusal["errors"]] == list(more)


@pytest.mark.parametrize("name", ["upload_id", "batch_id"])
def test_an_upload_that_there_is_none_of_is_a_404(client, name):
    problem(client.post(START, json={name: str(uuid.uuid4())}), 404, "not_found")


def test_an_upload_whose_time_is_over_is_a_410(client, postgres_server):
    upload_id = upload(client, "x")
    ask_database(postgres_server, f"UPDATE uploads SET expires_at = now() WHERE id = '{upload_id}'")
    problem(start(client, upload_id), 410, "expired")


def test_a_system_that_reads_no_files_is_a_422_that_names_those_that_do(client):
    body = {"upload_id": upload(client, "x"), "system": "accidents"}
    (row,) = problem(client.post(START, json=body), 422, "invalid_fields")["errors"]
    assert row["field"] == "system"
    assert "trial" in row["allowed"]
    assert "accidents" not in row["allowed"]


def test_a_system_that_does_not_read_what_was_found_is_a_415_that_names_both(client, postgres_server):
    upload_id = upload(client, "x")
    ask_database(postgres_server, f"UPDATE uploads SET detected = 'application/rtf' WHERE id = '{upload_id}'")
    for more in ({"system": "trial"}, {}):
        answer = client.post(START, json={"upload_id": upload_id, **more})
        refusal = problem(answer, 415, "unsupported_media_type")
        assert "application/rtf" in refusal["detail"]
        assert KIND in refusal["detail"]


def test_a_file_larger_than_its_system_reads_is_a_413(client, postgres_server):
    upload_id = upload(client, "x")
    ask_database(postgres_server, f"UPDATE uploads SET size = 100001 WHERE id = '{upload_id}'")
    refusal = problem(start(client, upload_id), 413, "too_large")
    assert "100001" in refusal["detail"]
    assert "100000" in refusal["detail"]


@pytest.fixture(scope="module")
def twins(running_stack):
    """A web process that has a second system for the same files."""
    running_stack.start("web", extra_systems="tests.trial:SYSTEM,tests.trial:TWIN", web_concurrency=1)
    import httpx

    with httpx.Client(base_url=f"http://127.0.0.1:{running_stack.ports[-1]}", timeout=30) as twin_client:
        wait_for(
            lambda: status_of(twin_client, "/healthz") == 200, timeout_s=60, what="the second web process"
        )
        yield twin_client


def test_files_that_two_systems_read_need_a_name(twins):
    upload_id = upload(twins, "x")
    (row,) = problem(start(twins, upload_id), 422, "invalid_fields")["errors"]
    assert (row["field"], row["allowed"]) == ("system", ["trial", "twin"])
    answer = twins.post(START, json={"upload_id": upload_id, "system": "trial"})
    assert answer.status_code == 202
    assert status(twins, answer.json()["job_id"])["system"] == "trial"


def test_files_that_were_sent_for_a_system_need_no_name(twins):
    job = start(twins, upload(twins, "x", system="trial"))
    assert job.status_code == 202
    assert status(twins, job.json()["job_id"])["system"] == "trial"


def test_the_same_request_sent_again_starts_nothing_again(client):
    upload_id, key = upload(client, "x"), {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (start(client, upload_id, key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["job_id"] == again.json()["job_id"]
    problem(start(client, upload_id, key, block=7), 422, "idempotency_key_reused")


def test_a_refused_request_leaves_its_key_free(client):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    upload_id = upload(client, "x")
    for _ in range(2):
        problem(start(client, upload_id, key, block=0), 422, "invalid_fields")
    assert start(client, upload_id, key).status_code == 202


def test_a_job_that_reads_no_files_is_a_404_here(client):
    job_id = client.post("/trial/work", json={}).json()["id"]
    wait_for_state(client, job_id, "succeeded")
    problem(client.get(f"{STATUS}/{job_id}"), 404, "not_found")
    problem(client.get(f"{RESULTS}/{job_id}"), 404, "not_found")
    problem(client.post(f"{CANCEL}/{job_id}"), 404, "not_found")


def test_a_running_job_tells_how_far_it_is(client):
    job_id = started(client, *"abcdefgh", block=1, seconds=0.7)
    seen = wait_for(
        lambda: (shown := status(client, job_id))["progress"] > 0 and shown, what="a first report"
    )
    assert seen["status"] == "processing"
    assert seen["partial"] is None
    assert (seen["stage"], seen["total"]) == ("read", 8)
    assert seen["progress"] == pytest.approx(seen["processed"] / 8)
    assert seen["eta_s"] > 0
    client.post(f"{CANCEL}/{job_id}")


def test_a_running_job_is_cancelled_by_the_time_of_the_answer(client):
    job_id = started(client, *"abcdefgh", block=1, seconds=1)
    wait_for_state(client, job_id, "running")
    answer = client.post(f"{CANCEL}/{job_id}")
    assert (answer.status_code, answer.json()) == (200, {"job_id": job_id, "status": "cancelled"})
    shown = status(client, job_id)
    assert (shown["status"], shown["partial"], shown["error"]["code"]) == ("cancelled", True, "cancelled")
    assert client.post(f"{CANCEL}/{job_id}").json()["status"] == "cancelled"


def test_who_does_not_wait_for_a_cancellation_gets_a_place_to_look(client):
    job_id = started(client, *"abcdefgh", block=1, seconds=1)
    wait_for_state(client, job_id, "running")
    answer = client.post(f"{CANCEL}/{job_id}", headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert answer.headers["Location"] == f"{STATUS}/{job_id}"
    assert answer.headers["Preference-Applied"] == "respond-async"
    wait_for_state(client, job_id, "cancelled")


def test_a_job_that_has_ended_cannot_be_cancelled(client):
    problem(client.post(f"{CANCEL}/{ended(client, 'x')}"), 409, "conflict")


def test_a_failed_job_says_why(client):
    job_id = ended(client, *"abcdef", block=2, fail_at=3)
    shown = status(client, job_id)
    assert (shown["status"], shown["partial"]) == ("failed", True)
    assert shown["error"] == {"code": "bad_line", "detail": "Line 3 cannot be read."}


def test_a_job_of_which_a_part_failed_is_not_plainly_completed(client):
    job_id = ended(client, "good", "bad", "", "good")
    shown = status(client, job_id)
    assert (shown["status"], shown["partial"]) == ("completed", True)
