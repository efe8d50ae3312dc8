"""What others wrote into our queues is refused, logged and removed; the worker lives."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from uuid import uuid4

import pytest
import redis

from tests.faults.acts import submit
from tests.house import wait_for, wait_for_state


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
        "broken json": {"data": b"{"},
        "10 MB": {"data": b"x" * 10_000_000},
        "bomb": {"data": zlib.compress(b"0" * 50_000_000)},
        "nothing": {"x": "y"},
    }


@pytest.mark.parametrize("queue", ["batch-interactive", "batch-bulk", "realtime"])
def test_planted_jobs_are_refused_logged_and_removed(house, client, tmp_path, queue):
    marker = tmp_path / "marker"
    kind = "realtime" if queue == "realtime" else "batch"
    worker = house.of(kind)[0]
    before = len(refusals(worker))
    with redis.Redis.from_url(house.redis_url) as broker:
        ids = []
        for fields in planted(marker).values():
            ids.append(str(uuid4()))
            broker.hset(f"rq:job:{ids[-1]}", mapping=fields)
            broker.rpush(f"rq:queue:{queue}", ids[-1])
        broker.rpush(f"rq:queue:{queue}", "not-an-id", b"\xff\xfe")
        wait_for(lambda: not broker.llen(f"rq:queue:{queue}"), what="the queue to be emptied")
        wait_for(lambda: len(refusals(worker)) - before >= len(ids), what="refusals to be logged")
        wait_for(lambda: not any(broker.exists(f"rq:job:{i}") for i in ids), what="the jobs to be removed")
    assert worker.popen.poll() is None
    assert not marker.exists()
    wait_for_state(client, submit(client, n=1), "succeeded")
    assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200


def refusals(worker):
    return [line for line in worker.lines() if line.get("event") == "job_refused"]


def test_a_forged_envelope_is_refused_and_its_owner_gets_nothing(house, client):
    worker = house.of("realtime")[0]
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
    body = json.dumps({"batch_id": ticket, "reply_to": "", "requests": [request]}).encode()
    with redis.Redis.from_url(house.redis_url) as broker:
        broker.set(f"assay:envelope:{ticket}", b"0" * 64 + b"." + body, ex=60)
        broker.hset(f"rq:job:{ticket}", "data", data("workers.run.perform_many", None, [ticket], {}))
        broker.rpush("rq:queue:realtime", ticket)
        wait_for(lambda: any("signed" in line["reason"] for line in refusals(worker)), what="the refusal")
        wait_for(lambda: not broker.exists(f"assay:envelope:{ticket}"), what="the envelope to be removed")
    assert client.get(f"/api/v1/jobs/{job_id}").status_code == 404
    assert worker.popen.poll() is None


def test_a_forged_reply_answers_nobody(house, client):
    with redis.Redis.from_url(house.redis_url) as broker:
        assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200
        slow = client.post(
            "/trial/echo",
            json={"input": {"n": 5, "do": "sleep", "seconds": 0.2}},
            headers={"Prefer": "wait=5"},
        )
        assert slow.json()["result"]["n"] == 5
        assert not broker.keys("assay:reply:*")


def test_a_full_redis_says_503_and_loses_nothing(house, client):
    with redis.Redis.from_url(house.redis_url) as broker:
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
    house.ready()
    assert client.post("/trial/echo", json={"input": {"n": 3}}).status_code == 200
