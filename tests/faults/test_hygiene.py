"""What others wrote into our queues is refused, logged and removed; the worker lives."""

from __future__ import annotations

import json
import os
import pickle
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis

from app.jobs.queue.messages import BadSignature, Envelope
from tests.faults.actions import ask_later, results, submit
from tests.stacks import wait_for, wait_for_state
from workers.runtime.inbox import check_life


class Exploit:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def data(*parts):
    return zlib.compress(json.dumps(parts).encode())


def planted(marker):
    """Return hashes that an intruder could plant, by what is wrong with each."""
    ours = data("workers.run.perform", None, [str(uuid4())], {})
    return {
        "pickle": {"data": zlib.compress(pickle.dumps(("os.system", None, (f"touch {marker}",), {})))},
        "pickled object": {"data": zlib.compress(pickle.dumps(Exploit(marker)))},
        "os.system": {"data": data("os.system", None, [f"touch {marker}"], {})},
        "os.system with an id": {"data": data("os.system", None, [str(uuid4())], {})},
        "a method": {"data": data("perform", "workers.run", [str(uuid4())], {})},
        "further arguments": {"data": data("workers.run.perform", None, [str(uuid4())], {"x": 1})},
        "no id": {"data": data("workers.run.perform", None, ["../../etc/passwd"], {})},
        "callback": {"data": ours, "success_callback_name": "os.system"},
        "webhook": {"data": ours, "webhooks": '[{"url": "http://127.0.0.1:1/"}]'},
        "pickled meta": {"data": ours, "meta": pickle.dumps(Exploit(marker))},
        "meta of its own": {"data": ours, "meta": '{"x": 1}'},
        "a queue that is no text": {"data": ours, "origin": b"\xff"},
        "a strange queue": {"data": ours, "origin": "elsewhere"},
        "a time that is no text": {"data": ours, "enqueued_at": b"\xff"},
        "broken json": {"data": b"{"},
        "10 MB": {"data": b"x" * 10_000_000},
        "bomb": {"data": zlib.compress(b"0" * 50_000_000)},
        "nothing": {"x": "y"},
    }


@pytest.mark.parametrize("queue", ["batch-interactive", "batch-bulk", "realtime"])
def test_planted_jobs_are_refused_logged_and_removed(stack, client, tmp_path, queue):
    marker = tmp_path / "marker"
    kind = "realtime" if queue == "realtime" else "batch"
    worker = stack.of(kind)[0]
    before = len(refusals(worker))
    with redis.Redis.from_url(stack.redis_url) as broker:
        ids = {}
        for what, fields in planted(marker).items():
            job_id = str(uuid4())
            ids[job_id] = what
            broker.hset(f"rq:job:{job_id}", mapping=fields)
            broker.rpush(f"rq:queue:{queue}", job_id)
        broker.rpush(f"rq:queue:{queue}", "not-an-id", b"\xff\xfe")
        wait_for(lambda: not broker.llen(f"rq:queue:{queue}"), what="the queue to be emptied")
        wait_for(lambda: len(refusals(worker)) - before >= len(ids) + 2, what="refusals to be logged")
        refused = {line["ticket"] for line in refusals(worker)}
        assert [what for job_id, what in ids.items() if job_id not in refused] == []
        wait_for(lambda: not any(broker.exists(f"rq:job:{i}") for i in ids), what="the jobs to be removed")
    assert worker.popen.poll() is None
    assert not marker.exists()
    wait_for_state(client, submit(client, n=1), "succeeded")
    assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200


def refusals(worker):
    return [line for line in worker.lines() if line.get("event") == "job_refused"]


def test_a_forged_envelope_is_refused_and_its_owner_gets_nothing(stack, client):
    worker = stack.of("realtime")[0]
    ticket, job_id = str(uuid4()), str(uuid4())
    request = {
        "id": job_id,
        "owner": "somebody",
        "system": "trial",
        "task": "echo",
        "input": {},
        "options": {},
        "request_id": "",
        "attempt": 0,
    }
    body = json.dumps(
        {"batch_id": ticket, "reply_to": "", "requests": [request], "born": time.time()}
    ).encode()
    with redis.Redis.from_url(stack.redis_url) as broker:
        broker.set(f"assay:envelope:{ticket}", b"0" * 64 + b"." + body, ex=60)
        broker.hset(f"rq:job:{ticket}", "data", data("workers.run.perform_many", None, [ticket], {}))
        broker.rpush("rq:queue:realtime", ticket)
        wait_for(lambda: any("signed" in line["reason"] for line in refusals(worker)), what="the refusal")
        wait_for(lambda: not broker.exists(f"assay:envelope:{ticket}"), what="the envelope to be removed")
    assert client.get(f"/api/v1/jobs/{job_id}").status_code == 404
    assert worker.popen.poll() is None


def test_a_forged_reply_answers_nobody(stack, client):
    stack.have("web batch clock")
    with redis.Redis.from_url(stack.redis_url) as broker, ThreadPoolExecutor() as pool:
        asked = pool.submit(
            client.post, "/trial/echo", json={"input": {"n": 5}}, headers={"Prefer": "wait=10"}
        )
        envelope = wait_for(lambda: envelopes_of(broker), what="the envelope")[0]
        forged = {
            "outcomes": [{"id": envelope["requests"][0]["id"], "state": "succeeded", "result": {"n": 666}}]
        }
        broker.rpush(f"assay:reply:{envelope['reply_to']}", b"0" * 64 + b"." + json.dumps(forged).encode())
        wait_for(
            lambda: not broker.exists(f"assay:reply:{envelope['reply_to']}"), what="the reply to be read"
        )
        stack.have("web realtime batch clock")
        answer = asked.result().json()  # the lane comes back after the wait where its models load for long
        if "result" not in answer:
            wait_for_state(client, answer["id"], "succeeded", timeout_s=60)
            answer = {"result": results(client, answer["id"])[0]}
        assert answer["result"]["n"] == 5


def envelopes_of(broker):
    """Return the envelopes that hold requests."""
    envelopes = [broker.get(key) or b"." for key in broker.scan_iter("assay:envelope:*")]
    opened = [json.loads(data.partition(b".")[2] or "{}") for data in envelopes]
    return [envelope for envelope in opened if envelope.get("requests")]


def test_a_copy_of_an_envelope_is_worth_nothing_under_another_ticket(stack, client):
    stack.have("web batch clock")
    with redis.Redis.from_url(stack.redis_url) as broker:
        job_id = ask_later(client, n=1)
        ticket = broker.lrange("rq:queue:realtime", 0, -1)[-1].decode()
        sealed = broker.get(f"assay:envelope:{ticket}")
        stack.have("web realtime batch clock")
        wait_for_state(client, job_id, "succeeded")
        assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
        (worker,), other = stack.of("realtime"), str(uuid4())
        broker.set(f"assay:envelope:{other}", sealed)
        broker.hset(f"rq:job:{other}", "data", data("workers.run.perform_many", None, [other], {}))
        broker.rpush("rq:queue:realtime", other)
        wait_for(lambda: any(ticket in line["reason"] for line in refusals(worker)), what="the refusal")
    assert client.get(f"/api/v1/jobs/{job_id}").status_code == 404


def test_an_envelope_is_worth_nothing_after_its_life(inside):
    ticket = str(uuid4())
    envelope = Envelope(ticket, "", [], born=time.time() - 60 * 60)
    with pytest.raises(BadSignature, match="old"):
        check_life(envelope, ticket)


def test_consumers_that_are_none_stop_nobody(stack, client):
    with redis.Redis.from_url(stack.redis_url) as broker:
        broker.sadd("assay:consumers", b"\xff", "gone")
        broker.set("assay:processing:gone", "no list")
        wait_for(
            lambda: not broker.smembers("assay:consumers") & {b"\xff", b"gone"}, what="them to be removed"
        )
        assert not broker.exists("assay:processing:gone")
    assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200


def test_a_full_redis_says_503_and_loses_nothing(stack, client):
    with redis.Redis.from_url(stack.redis_url) as broker:
        used = broker.info("memory")["used_memory"]
        broker.config_set("maxmemory", used // 2)
        try:
            answer = client.post("/trial/echo", json={"input": {"n": 1}})
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            job_id = submit(client, n=2)
        finally:
            broker.config_set("maxmemory", 0)
    wait_for_state(client, job_id, "succeeded")
    stack.ready()
    assert client.post("/trial/echo", json={"input": {"n": 3}}).status_code == 200
