"""What fault tests do over and over: ask, look, find the processes in between."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import redis
from uuid_utils.compat import uuid7

from app.jobs.models import Job
from tests.servers import ask
from tests.stacks import wait_for


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
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def children(process):
    """Return the process ids of a worker's children, once there are any."""
    return wait_for(lambda: child_ids(process), what="a child of the worker")


def lingering(database):
    """Say whether a request of /trial/linger has asked its question, and is not answered yet."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query = 'SELECT 1'"
    )
    return ask(database, waiting)[0][0] > 0


def processing(stack):
    """Return the tickets of the requests that living realtime workers took and have not committed."""
    with redis.Redis.from_url(stack.redis_url) as client:
        lists = [key for key in client.scan_iter("assay:processing:*") if client.exists(alive_key(key))]
        tickets = [ticket for key in lists for ticket in client.lrange(key, 0, -1)]
        envelopes = [client.get(b"assay:envelope:" + ticket) or b"" for ticket in tickets]
    return [ticket for ticket, data in zip(tickets, envelopes, strict=True) if b'"request_id"' in data]


def alive_key(key):
    """Return the key that the worker of a processing list signs."""
    return key.replace(b"processing", b"alive")


def dead(stack, kind):
    """Return the processes of a kind that were killed."""
    return [p for p in stack.processes if p.kind == kind and p.popen.poll() == -signal.SIGKILL]


def waiting(stack):
    """Return how many envelopes wait in the realtime lane."""
    with redis.Redis.from_url(stack.redis_url) as client:
        return client.llen("rq:queue:realtime")


@contextmanager
def delivered_twice(stack):
    """Copy the last envelope that waits, and at the end, once it was taken, have it taken again."""
    with redis.Redis.from_url(stack.redis_url) as broker:
        ticket = broker.lrange("rq:queue:realtime", 0, -1)[-1]
        envelope = b"assay:envelope:" + ticket
        saved = {key: broker.dump(key) for key in (envelope, b"rq:job:" + ticket)}
        yield
        wait_for(lambda: not broker.exists(envelope), what="the envelope to be taken")
        for key, value in saved.items():
            broker.restore(key, 0, value)
        broker.rpush("rq:queue:realtime", ticket)
        wait_for(lambda: not broker.exists(envelope), what="the envelope to be taken again")


def make_job(session, **facts):
    """Add a job to a session's transaction, by default one of the batch lane that waits."""
    usual = {"owner": "local", "system": "trial", "task": "work", "lane": "batch", "state": "queued"}
    made = Job(id=uuid7(), input={}, timeout_s=60, **{**usual, **facts})
    session.add(made)
    session.flush()
    return made


def lives(pid):
    """Say whether a process runs; one that nobody has buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def lose(process):
    """End a process and its children, as when their machine vanishes."""
    pids = children(process)
    process.kill()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def send(sock, path, method="GET", **headers):
    """Send a request without a body over a socket."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **headers}.items())
    sock.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())


def answered(sock):
    """Return an answer once all of it is there, of one without a length the head; b"" when it just ends."""
    received, whole = b"", None
    while (whole is None or len(received) < whole) and (piece := sock.recv(4096)):
        received += piece
        head, end, _ = received.partition(b"\r\n\r\n")
        if end:
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            whole = len(head) + len(end) + int(length[1] if length else 0)
    return received
