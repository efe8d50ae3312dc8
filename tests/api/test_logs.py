"""Logs are JSON, follow a request into its job, and hold nobody's secrets."""

from __future__ import annotations

import json
import uuid

import pytest
import redis

from tests.api.test_accident_batches import batch_lane_stopped
from tests.clients import job_of
from tests.stacks import ACCIDENT, wait_for, wait_for_state

CANARY = "canary" + uuid.uuid4().hex
KEY = f"sk-ant-{CANARY}"


def lines(stack, **wanted):
    """Return the log lines of all processes that have some values."""
    every = (line for process in stack.processes for line in process.lines())
    return [line for line in every if wanted.items() <= line.items()]


def everything_in_redis(stack):
    """Return all keys and values that the stack has in Redis, as one text."""
    readers = {
        b"string": lambda client, key: [client.get(key)],
        b"hash": lambda client, key: [part for pair in client.hgetall(key).items() for part in pair],
        b"list": lambda client, key: client.lrange(key, 0, -1),
        b"set": lambda client, key: client.smembers(key),
        b"zset": lambda client, key: client.zrange(key, 0, -1),
        b"stream": lambda client, key: [repr(client.xrange(key)).encode()],
        b"none": lambda client, key: [],
    }
    with redis.Redis.from_url(stack.redis_url) as client:
        parts = []
        for key in client.scan_iter():
            parts += [key, *readers[client.type(key)](client, key)]
    return b"\n".join(part or b"" for part in parts).decode("utf-8", "replace")


def test_every_line_of_every_process_is_one_json_object(running_stack, dashboard, client):
    client.post("/api/predict/eclo", json=ACCIDENT)
    for process in running_stack.processes:
        for line in process.log.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            assert {"event", "level", "timestamp", "process"} <= set(entry), line


def test_a_request_is_logged_once_with_its_route_and_without_its_query(running_stack, client):
    sent = uuid.uuid4().hex
    client.get(f"/api/v1/jobs?limit=1&system={'x' * 8}", headers={"X-Request-ID": sent})
    (line,) = wait_for(lambda: lines(running_stack, request_id=sent), what="the line")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/jobs", 200)
    assert line["ms"] >= 0
    assert "xxxxxxxx" not in json.dumps(line)


def test_what_machines_ask_every_second_is_not_logged(running_stack, client):
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    client.get("/nothing", headers={"X-Request-ID": "the-last-one"})
    wait_for(lambda: lines(running_stack, request_id="the-last-one"), what="the line")
    assert not [
        line
        for line in lines(running_stack, event="request")
        if line["route"] in {"/healthz", "/readyz", "/metrics"}
    ]


def test_a_requests_id_follows_it_into_its_job(running_stack, client):
    sent = uuid.uuid4().hex
    job_id = job_of(client.post("/trial/work", json={"n": 1}, headers={"X-Request-ID": sent}))
    job = wait_for_state(client, job_id, "succeeded")
    assert job["request_id"] == sent
    wait_for(
        lambda: lines(running_stack, event="job_succeeded", request_id=sent, job_id=job_id),
        what="the worker's line",
    )
    assert {line["process"] for line in lines(running_stack, request_id=sent)} == {"web", "batch"}


def test_a_requests_id_follows_it_into_the_realtime_lane(running_stack, client):
    sent = uuid.uuid4().hex
    answer = client.post("/api/predict/eclo", json=ACCIDENT, headers={"X-Request-ID": sent})
    asked = {"event": "job_succeeded", "request_id": sent, "job_id": answer.json()["prediction_id"]}
    wait_for(lambda: lines(running_stack, **asked), what="the worker's line")


def test_a_failed_job_is_logged_by_its_class_and_place_only(running_stack, client):
    sent = uuid.uuid4().hex
    job_id = job_of(client.post("/trial/work", json={"do": "raise"}, headers={"X-Request-ID": sent}))
    wait_for_state(client, job_id, "failed")
    (line,) = wait_for(lambda: lines(running_stack, event="job_failed", request_id=sent), what="the line")
    assert line["exception"] == "ValueError"
    assert any("tasks.py" in place for place in line["places"])
    assert "secret-of-the-user" not in "".join(
        process.log.read_text(encoding="utf-8") for process in running_stack.processes
    )


@pytest.fixture(scope="module")
def canaries(running_stack, keyed_web):
    """A secret in every place that a request has, sent to routes that take, refuse and fail."""
    headers = {
        "X-Anthropic-API-Key": KEY,
        "Cookie": f"session={CANARY}",
        "User-Agent": CANARY,
        "Referer": f"https://example.org/?{CANARY}",
        "X-Forwarded-For": CANARY,
        "X-Unknown": CANARY,
    }
    body = {**ACCIDENT, "weather": CANARY, CANARY: CANARY}
    with running_stack.client() as client:
        client.headers.update(headers)
        client.post("/api/predict/eclo", json=ACCIDENT)
        client.post("/api/predict/eclo", json=body)
        client.post("/api/predict/eclo/batch", json={"items": [body]})
        client.post(
            "/api/predict/eclo", content=CANARY.encode(), headers={"Content-Type": "application/json"}
        )
        client.post("/api/predict/eclo", json=ACCIDENT, headers={"Prefer": CANARY, "Accept-Language": CANARY})
        client.get(f"/{CANARY}?token={CANARY}")
        client.get(f"/api/v1/jobs/{CANARY}")
        client.get(f"/api/v1/jobs?state={CANARY}&x={CANARY}")
        client.request(CANARY[:8].upper(), f"/api/v1/jobs?{CANARY}")
        client.get("/api/v1/jobs", headers={"X-Request-ID": f"{CANARY} "[:-1] + "/"})
        for body in ({"do": "raise", "n": CANARY}, {"n": CANARY}):
            client.post("/trial/echo", json={"input": body, "options": {}})
            job_id = job_of(client.post("/trial/work", json=body))
            wait_for_state(client, job_id, "succeeded", "failed")
    with keyed_web.client() as anybody:
        for scheme in ("Bearer", "Basic", "Token"):
            anybody.get("/api/v1/jobs", headers={"Authorization": f"{scheme} {CANARY}"})
            anybody.get("/api/v1/jobs", headers={"Authorization": f"{scheme} {KEY}"})
    with keyed_web.client("alice") as alice:
        alice.post("/api/predict/eclo", json=ACCIDENT)
    return CANARY


def test_no_secret_reaches_a_log(running_stack, keyed_web, canaries):
    for process in running_stack.processes:
        text = process.log.read_text(encoding="utf-8", errors="replace")
        assert canaries not in text, process.kind
        assert keyed_web.keys["alice"] not in text
        assert running_stack.environment()["SECRET_KEY"] not in text


def test_no_secret_stays_in_redis(running_stack, keyed_web, canaries):
    secrets = (canaries, keyed_web.keys["alice"], running_stack.environment()["SECRET_KEY"])
    assert "assay:" in everything_in_redis(running_stack)

    def clean():  # an envelope lives until its answer is committed, at most 60 s
        content = everything_in_redis(running_stack)
        return not any(secret in content for secret in secrets)

    wait_for(clean, timeout_s=90, what="Redis to hold no secret")


def test_no_secret_becomes_a_metric(client, canaries):
    assert canaries not in client.get("/metrics").text


def test_what_rq_keeps_of_a_job_is_one_id(running_stack, client):
    with batch_lane_stopped(running_stack):
        job_id = job_of(client.post("/trial/work", json={"n": CANARY}))
        with redis.Redis.from_url(running_stack.redis_url) as connection:
            kept = connection.hgetall(f"rq:job:{job_id}")
    assert kept[b"description"] == job_id.encode()
    assert CANARY.encode() not in b"".join(kept.values())
    wait_for_state(client, job_id, "succeeded")
