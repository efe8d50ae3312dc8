"""A browser follows a job where keys are asked for: by the token in the job's `links.events`."""

from __future__ import annotations

import dataclasses
import time

import pytest
from itsdangerous import URLSafeTimedSerializer

from app.auth import stream_tokens
from app.auth.service import create_key, revoke_key
from tests.clients import job_of
from tests.stacks import ACCIDENT, SECRET


def ended_job(somebody):
    """Return the id of a job that has ended, and its link to its events."""
    answer = somebody.post("/api/v1/reviews/tasks", json={"text": "Lovely."}, headers={"Prefer": "wait=20"})
    job_id = answer.json()["task_id"]
    return job_id, somebody.get(f"/api/v1/jobs/{job_id}").json()["links"]["events"]


def test_the_link_of_a_job_is_followed_without_a_key(alice, anybody):
    _, link = ended_job(alice)
    answer = anybody.get(link)
    assert answer.status_code == 200
    assert "event: succeeded" in answer.text
    assert anybody.get(link.partition("?")[0]).status_code == 401


def test_a_link_opens_nothing_but_its_own_jobs_stream(alice, bob, anybody):
    job_id, link = ended_job(alice)
    other_id, _ = ended_job(alice)
    token = link.partition("?")[2]
    assert anybody.get(f"/api/v1/jobs/{other_id}/events?{token}").status_code == 401
    for path in (f"/api/v1/jobs/{job_id}", "/api/v1/jobs", f"/api/v1/reviews/tasks/{job_id}"):
        assert anybody.get(f"{path}?{token}").status_code == 401, path
    assert bob.get(link).status_code == 404  # who brings a key is asked by the key


def test_who_asks_again_and_again_is_shown_a_new_link_before_the_old_one_ends(app, monkeypatch):
    from app.auth import service

    now, keyed = [1_000_000.0], dataclasses.replace(app.config["SETTINGS"], auth_mode="keys")
    monkeypatch.setitem(app.config, "SETTINGS", keyed)
    monkeypatch.setattr("app.auth.stream_tokens.time.time", lambda: now[0])
    shown = service.stream_period()
    while service.stream_period() == shown:
        now[0] += 1
    assert now[0] - 1_000_000 <= stream_tokens.LIFE_S / 2


def test_polling_with_the_etag_is_a_304_for_a_while_and_then_brings_a_new_link(alice):
    job_id, link = ended_job(alice)
    first = alice.get(f"/api/v1/jobs/{job_id}")
    period = int(first.headers["ETag"].strip('"').rpartition("-")[2])
    assert abs(period - time.time() / stream_tokens.ANEW_S) <= 2
    before = first.headers["ETag"].replace(f"-{period}", f"-{period - 1}")
    again = alice.get(f"/api/v1/jobs/{job_id}", headers={"If-None-Match": before})
    assert again.status_code == 200
    assert again.json()["links"]["events"].partition("?")[0] == link.partition("?")[0]
    same = alice.get(f"/api/v1/jobs/{job_id}", headers={"If-None-Match": again.headers["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-2] + "xx", lambda _: "x", lambda _: "a.b.c", lambda _: "é" * 90]
)
def test_a_spoilt_token_is_a_401(alice, anybody, spoil):
    job_id, link = ended_job(alice)
    token = spoil(link.partition("token=")[2])
    answer = anybody.get(f"/api/v1/jobs/{job_id}/events", params={"token": token})
    assert answer.status_code == 401


def test_a_link_ends_after_a_quarter_of_an_hour(alice, anybody, monkeypatch):
    job_id, _ = ended_job(alice)
    old = URLSafeTimedSerializer(SECRET, salt="assay event stream")
    then = time.time() - stream_tokens.LIFE_S - 5
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: then)
    token = old.dumps([job_id, "alice", "user", ""])
    monkeypatch.undo()
    answer = anybody.get(f"/api/v1/jobs/{job_id}/events", params={"token": token})
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_a_link_ends_with_the_key_that_it_was_made_with(app, keyed_web, anybody):
    keyed_web.keys["leaver"] = create_key("leaver")
    with keyed_web.client("leaver") as leaver:
        _, link = ended_job(leaver)
    assert anybody.get(link).status_code == 200
    revoke_key("leaver")
    assert anybody.get(link).status_code == 401


def test_a_service_that_is_open_makes_no_tokens(client):
    job_id = job_of(client.post("/api/predict/eclo", json=ACCIDENT, headers={"Prefer": "respond-async"}))
    assert client.get(f"/api/v1/jobs/{job_id}").json()["links"]["events"] == f"/api/v1/jobs/{job_id}/events"
