"""Alive is one thing, ready another; both are said in words that name what is missing."""

from __future__ import annotations

import json
import signal

import pytest
import redis

from tests.servers import ask
from tests.stacks import ACCIDENT, status_of, wait_for

MODELS = {f"model {name}" for name in ("accidents", "documents", "mood", "personality", "reviews", "trial")}
LOOPS = {  # of a web process that has asked the realtime lane and followed a job
    f"loop {name}" for name in ("changes heard", "changes looked for", "realtime flush", "realtime listen")
}
PARTS = {"database", "redis", "clock", "lane realtime", "lane batch"} | MODELS


def without_times(body):
    return {**body, "checks": {name: check["state"] for name, check in body["checks"].items()}}


def test_health_says_that_the_process_answers(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "healthy")


def test_readiness_names_each_thing_that_answers_need(alice):
    """Here of a service of one web process, all of whose loops have begun."""
    job_id = alice.post("/api/predict/eclo", json=ACCIDENT).json()["prediction_id"]
    assert alice.get(f"/api/v1/jobs/{job_id}/events").status_code == 200
    answer = alice.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ready"
    assert set(body["checks"]) == PARTS | LOOPS
    for check in body["checks"].values():
        assert set(check) == {"state", "ms", "detail"}
        assert check["state"] == "up"
        assert check["ms"] >= 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_both_names_of_readiness_say_the_same(client):
    assert without_times(client.get("/readyz").json()) == without_times(client.get("/ready").json())


@pytest.mark.parametrize(("version", "status"), [("0001", 503), ("9999", 200)])
def test_tables_that_are_older_than_the_code_are_not_ready(client, postgres_server, version, status):
    newest = ask(postgres_server, "SELECT version_num FROM alembic_version")[0][0]
    ask(postgres_server, f"UPDATE alembic_version SET version_num = '{version}'")
    try:
        answer = client.get("/readyz")
    finally:
        ask(postgres_server, f"UPDATE alembic_version SET version_num = '{newest}'")
    assert answer.status_code == status
    check = answer.json()["checks"]["database"]
    assert ("0001" in check["detail"] and newest in check["detail"]) == (status == 503)


def test_a_lane_without_workers_is_named_and_health_stays(running_stack, client):
    """It has gone as a worker that leaves goes, which takes its sign of life with it."""
    (worker,) = running_stack.of("batch")
    worker.signal(signal.SIGSTOP)
    with redis.Redis.from_url(running_stack.redis_url) as broker:
        assert broker.delete("assay:workers:batch")
    try:
        answer = wait_for(lambda: (shown := client.get("/readyz")).status_code == 503 and shown, what="a 503")
        body = answer.json()
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        assert body["code"] == "not_ready"
        down = {name for name, check in body["checks"].items() if check["state"] == "down"}
        assert "lane batch" in down
        assert "model accidents" in down
        assert all(name in body["detail"] for name in down)
        assert not down & {"database", "redis", "clock", "lane realtime"}
        assert client.get("/healthz").status_code == 200
    finally:
        worker.signal(signal.SIGCONT)
        wait_for(lambda: status_of(client, "/readyz") == 200, timeout_s=60, what="the lane to be back")


SIGN = {"pid": 1, "host": "x", "busy": False, "models": {}}


@pytest.mark.parametrize(
    "sign",
    [
        b"{}",
        b"\xff",
        b"",
        b'{"at": "now"}',
        b"[" * 2000,
        json.dumps({**SIGN, "at": 4e9}).encode(),
    ],
)
def test_a_sign_of_life_that_cannot_be_read_is_removed(running_stack, client, sign):
    with redis.Redis.from_url(running_stack.redis_url) as broker:
        broker.hset("assay:workers:batch", b"planted \xff", sign)
        answer = client.get("/readyz")
        assert answer.status_code == 200, answer.text
        assert answer.json()["checks"]["lane batch"]["detail"].startswith("1 live worker")
        assert not broker.hexists("assay:workers:batch", b"planted \xff")


def test_a_canary_that_is_no_time_is_removed_and_the_next_one_counts(running_stack, client):
    with redis.Redis.from_url(running_stack.redis_url) as broker:
        broker.set("assay:canary:batch", b"\xff")
        assert client.get("/readyz").status_code in {200, 503}
        wait_for(lambda: status_of(client, "/readyz") == 200, what="the next canary")
        assert float(broker.get("assay:canary:batch"))
