"""The job: listed, looked at, followed, cancelled, tried again, erased."""

from __future__ import annotations

import json
import signal
import uuid

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import idempotency
from app.jobs.models import IdempotencyKey
from tests.api.test_accident_batches import batch_lane_stopped
from tests.clients import job_of
from tests.servers import ask as ask_database
from tests.stacks import ACCIDENT, wait_for, wait_for_state

JOBS = "/api/v1/jobs"
MEMBERS = {
    "id",
    "system",
    "task",
    "lane",
    "state",
    "dead",
    "progress",
    "stage",
    "processed",
    "total",
    "eta_s",
    "error",
    "model_version",
    "request_id",
    "created_at",
    "started_at",
    "finished_at",
    "expires_at",
    "links",
}


def work(client, **body):
    return job_of(client.post("/trial/work", json=body))


def listed(client, **query):
    answer = client.get(JOBS, params=query)
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()["jobs"]]


def events(client, job_id, last=None):
    """Return a job's stream, read to its end, as ids, names and data."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with client.stream("GET", f"{JOBS}/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        blocks = "".join(answer.iter_text()).split("\n\n")
    assert blocks[0] == "retry: 1000"
    parsed = [
        dict(line.split(": ", 1) for line in block.splitlines())
        for block in blocks[1:]
        if block and block[0] != ":"
    ]
    return [(int(event["id"]), event["event"], json.loads(event["data"])) for event in parsed]


def test_jobs_are_listed_newest_first(client):
    made = [work(client) for _ in range(3)]
    assert listed(client, limit=3) == made[::-1]


def test_a_listed_job_says_all_but_its_attempts(client):
    work(client)
    job = client.get(JOBS, params={"limit": 1}).json()["jobs"][0]
    assert set(job) == MEMBERS


def test_pages_follow_each_other_without_gap_or_repeat(client):
    made = [work(client) for _ in range(5)]
    seen, url = [], f"{JOBS}?limit=2&system=trial"
    for _ in range(3):
        answer = client.get(url)
        seen += [job["id"] for job in answer.json()["jobs"]]
        link = answer.headers.get("Link", "")
        if not link:
            break
        assert link.endswith('>; rel="next"')
        url = link[1 : link.index(">")]
        assert f"cursor={answer.json()['next_cursor']}" in url
        assert "limit=2" in url
        assert "system=trial" in url
    assert seen[:5] == made[::-1]
    assert len(set(seen)) == len(seen)


def test_the_last_page_has_no_next(client):
    oldest = "00000000-0000-7000-8000-000000000000"
    answer = client.get(JOBS, params={"cursor": oldest})
    assert answer.json() == {"jobs": [], "next_cursor": None}
    assert "Link" not in answer.headers


def test_a_job_made_while_paging_does_not_move_the_pages(client):
    made = [work(client) for _ in range(4)]
    first = client.get(JOBS, params={"limit": 2}).json()
    work(client)
    assert listed(client, limit=2, cursor=first["next_cursor"]) == made[1::-1]


def test_jobs_are_chosen_by_system_state_and_death(client):
    failed, fine = work(client, do="refuse"), work(client)
    batch = job_of(client.post("/api/predict/eclo/batch", json={"items": [ACCIDENT]}))
    for job_id, state in ((failed, "failed"), (fine, "succeeded"), (batch, "succeeded")):
        wait_for_state(client, job_id, state)
    assert failed in listed(client, state="failed")
    assert fine not in listed(client, state="failed")
    assert batch in listed(client, system="accidents")
    assert fine not in listed(client, system="accidents")
    assert listed(client, system="none") == []
    assert failed not in listed(client, dead=True)
    assert fine in listed(client, dead=False)
    chosen = client.get(JOBS, params={"system": "trial", "state": "succeeded"}).json()["jobs"]
    assert {(job["system"], job["state"]) for job in chosen} == {("trial", "succeeded")}


def test_a_finished_job_tells_how_it_came_there(client):
    job_id = work(client, n=1)
    job = wait_for_state(client, job_id, "succeeded")
    assert set(job) == MEMBERS | {"attempts"}
    assert (job["progress"], job["processed"], job["total"], job["error"]) == (1.0, 1, 1, None)
    assert job["created_at"] <= job["started_at"] <= job["finished_at"] < job["expires_at"]
    (attempt,) = job["attempts"]
    assert (attempt["number"], attempt["outcome"]) == (1, "succeeded")
    assert attempt["worker"].startswith("batch-")


def test_a_failed_job_says_why_in_words_for_its_owner(client):
    refused = wait_for_state(client, work(client, do="refuse"), "failed")
    assert refused["error"] == {"code": "no_rows", "detail": "The file holds no rows."}
    assert not refused["dead"]
    raised = wait_for_state(client, work(client, do="raise"), "failed")
    assert "secret-of-the-user" not in json.dumps(raised)


def test_the_links_of_a_job_lead_where_they_say(client):
    job = wait_for_state(client, work(client), "succeeded")
    assert set(job["links"]) == {"self", "events", "cancel", "retry"}
    assert client.get(job["links"]["self"]).json()["id"] == job["id"]
    assert events(client, job["links"]["events"].split("/")[-2])
    assert client.post(job["links"]["cancel"]).status_code == 409
    assert client.post(job["links"]["retry"]).status_code == 409


def test_an_unchanged_job_is_not_sent_again(client):
    job_id = work(client)
    wait_for_state(client, job_id, "succeeded")
    etag = client.get(f"{JOBS}/{job_id}").headers["ETag"]
    for sent in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        same = client.get(f"{JOBS}/{job_id}", headers={"If-None-Match": sent})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag), sent
    assert client.get(f"{JOBS}/{job_id}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_changed_job_has_another_etag(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = work(client)
        before = client.get(f"{JOBS}/{job_id}").headers["ETag"]
        client.post(f"{JOBS}/{job_id}/cancel")
    assert client.get(f"{JOBS}/{job_id}", headers={"If-None-Match": before}).status_code == 200


def test_a_waiting_job_is_cancelled_at_once(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = work(client)
        answer = client.post(f"{JOBS}/{job_id}/cancel")
        assert answer.status_code == 202
        assert answer.json()["state"] == "cancelled"
        assert answer.json()["error"]["code"] == "cancelled"
        again = client.post(f"{JOBS}/{job_id}/cancel")
        assert (again.status_code, again.json()["state"]) == (202, "cancelled")
    assert client.get(f"/trial/results/{job_id}").json()["results"] == []


def test_a_running_job_is_stopped(client):
    job_id = work(client, steps=200, seconds=0.1)
    wait_for_state(client, job_id, "running")
    assert client.post(f"{JOBS}/{job_id}/cancel").json()["state"] == "cancelling"
    job = wait_for_state(client, job_id, "cancelled")
    assert [attempt["outcome"] for attempt in job["attempts"]] == ["cancelled"]
    assert client.get(f"/trial/results/{job_id}").json()["results"] == []


def test_a_cancelled_job_can_be_tried_again(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = work(client, n=5)
        client.post(f"{JOBS}/{job_id}/cancel")
        answer = client.post(f"{JOBS}/{job_id}/retry")
        assert answer.status_code == 202
        assert answer.json()["state"] in {"received", "queued"}
        assert answer.json()["error"] is None
    wait_for_state(client, job_id, "succeeded")
    assert client.get(f"/trial/results/{job_id}").json()["results"] == [{"n": 5, "attempt": 1}]


def test_a_failed_job_can_be_tried_again_and_keeps_its_attempts(client):
    job_id = work(client, do="refuse")
    wait_for_state(client, job_id, "failed")
    assert client.post(f"{JOBS}/{job_id}/retry").status_code == 202
    job = wait_for(
        lambda: (
            len((shown := client.get(f"{JOBS}/{job_id}").json())["attempts"]) == 2
            and shown["state"] == "failed"
            and shown
        ),
        what="a second attempt",
    )
    assert [attempt["number"] for attempt in job["attempts"]] == [1, 2]


def test_a_job_that_runs_can_be_neither_tried_again_nor_erased(client):
    job_id = work(client, steps=200, seconds=0.1)
    wait_for_state(client, job_id, "running")
    for answer in (client.post(f"{JOBS}/{job_id}/retry"), client.delete(f"{JOBS}/{job_id}")):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert "runs" in answer.json()["detail"] or "running" in answer.json()["detail"]
    client.post(f"{JOBS}/{job_id}/cancel")
    wait_for_state(client, job_id, "cancelled")


def test_an_erased_job_leaves_nothing(client, postgres_server):
    key = str(uuid.uuid4())
    answer = client.post(
        "/api/predict/eclo/batch", json={"items": [ACCIDENT] * 3}, headers={"Idempotency-Key": key}
    )
    job_id = job_of(answer)
    wait_for_state(client, job_id, "succeeded")
    erased = client.delete(f"{JOBS}/{job_id}")
    assert (erased.status_code, erased.content) == (204, b"")
    tables = {
        "jobs": "id",
        "job_attempts": "job_id",
        "job_events": "job_id",
        "accident_predictions": "job_id",
        "idempotency_keys": "job_id",
    }
    left = {
        table: ask_database(postgres_server, f"SELECT count(*) FROM {table} WHERE {column} = '{job_id}'")[0][
            0
        ]
        for table, column in tables.items()
    }
    assert left == dict.fromkeys(tables, 0)
    assert client.get(answer.json()["results_url"]).status_code == 404
    assert client.get(f"{JOBS}/{job_id}").status_code == 404
    assert client.delete(f"{JOBS}/{job_id}").status_code == 404


def test_an_erased_waiting_job_is_never_done(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = work(client)
        assert client.delete(f"{JOBS}/{job_id}").status_code == 204
    wait_for_state(client, work(client), "succeeded")
    assert client.get(f"{JOBS}/{job_id}").status_code == 404


def test_a_stream_tells_each_change_in_order_and_ends(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = work(client, steps=4, seconds=0.6)
    received = events(client, job_id)
    assert [version for version, _, _ in received] == sorted({version for version, _, _ in received})
    states = [state for _, state, _ in received]
    assert states[0] == "received"
    assert states[-1] == "succeeded"
    assert [
        state for state in dict.fromkeys(states) if state in {"received", "queued", "running", "succeeded"}
    ] == ["received", "queued", "running", "succeeded"]
    progress = [data["progress"] for _, state, data in received if state == "running"]
    assert progress == sorted(progress)
    assert len(set(progress)) > 2
    assert all(
        data["job_id"] == job_id and data["version"] == version and data["state"] == state
        for version, state, data in received
    )


def test_a_stream_goes_on_after_the_last_event_that_was_seen(client):
    job_id = work(client)
    wait_for_state(client, job_id, "succeeded")
    whole = events(client, job_id)
    assert events(client, job_id, last=whole[1][0]) == whole[2:]
    seen = {"Last-Event-ID": str(whole[-1][0])}
    assert client.get(f"{JOBS}/{job_id}/events", headers=seen).status_code == 204  # an EventSource stops then


def test_a_stream_of_an_answer_given_at_once_tells_its_end(client):
    job_id = client.post("/api/predict/eclo", json=ACCIDENT).json()["prediction_id"]
    assert [state for _, state, _ in events(client, job_id)] == ["succeeded"]


def test_a_stream_shows_a_cancellation_as_it_happens(client):
    job_id = work(client, steps=200, seconds=0.1)
    wait_for_state(client, job_id, "running")
    states = []
    with client.stream("GET", f"{JOBS}/{job_id}/events") as answer:
        for line in answer.iter_lines():
            states += [line.removeprefix("event: ")] if line.startswith("event: ") else []
            if states[-1:] == ["running"] and "cancelling" not in states:
                client.post(f"{JOBS}/{job_id}/cancel")
    assert states[-2:] == ["cancelling", "cancelled"]


def test_work_goes_on_after_a_lane_stood_still(running_stack, client):
    (worker,) = running_stack.of("batch")
    worker.signal(signal.SIGSTOP)
    made = [work(client) for _ in range(3)]
    worker.signal(signal.SIGCONT)
    for job_id in made:
        wait_for_state(client, job_id, "succeeded")
    order = sorted(made, key=lambda job_id: client.get(f"{JOBS}/{job_id}").json()["started_at"])
    assert order == made


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_an_act_on_a_job_that_there_is_none_of_is_a_404(client, act):
    assert client.post(f"{JOBS}/{uuid.uuid4()}/{act}").status_code == 404


def test_the_key_of_a_job_that_was_made_is_not_forgotten(app, client):
    job_id, unmade = work(client), uuid.uuid4()
    with Session(db.engine) as session:
        for each in (job_id, unmade):
            key = {"owner": "local", "route": "POST /x", "key": str(each), "body_sha256": "", "job_id": each}
            session.execute(insert(IdempotencyKey).values(key))
        session.commit()
        for each in (job_id, unmade):
            idempotency.forget(uuid.UUID(str(each)))
        kept = select(IdempotencyKey.key).where(IdempotencyKey.route == "POST /x")
        assert session.scalars(kept).all() == [job_id]
