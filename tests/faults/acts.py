"""What fault tests do over and over: ask, look, find the processes in between."""

from __future__ import annotations

import subprocess

import redis

from tests.house import wait_for


def submit(client, **body):
    """Submit a job of the batch lane and return its id."""
    answer = client.post("/trial/work", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def ask_later(client, **body):
    """Ask the realtime lane without waiting and return the job's id."""
    answer = client.post("/trial/echo", json={"input": body}, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def results(client, job_id):
    """Return the rows that a job wrote."""
    return client.get(f"/trial/results/{job_id}").json()["results"]


def outcomes(shown):
    """Return how a job's attempts ended, first to last."""
    return [attempt["outcome"] for attempt in shown["attempts"]]


def child_ids(process):
    """Return the process ids of a process's children."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


def children(process):
    """Return the process ids of a worker's children, once there are any."""
    return wait_for(lambda: child_ids(process), what="a child of the worker")


def processing(house):
    """Return the keys of the realtime envelopes that are taken and not committed."""
    with redis.Redis.from_url(house.redis_url) as client:
        return list(client.scan_iter("assay:processing:*"))


def waiting(house):
    """Return how many envelopes wait in the realtime lane."""
    with redis.Redis.from_url(house.redis_url) as client:
        return client.llen("rq:queue:realtime")
