"""Event streams and many connections at once."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import closing
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy.event import listen

from app.extensions import db
from app.jobs.event_stream import Feed
from tests.faults.actions import ask_later, send, submit
from tests.stacks import wait_for, wait_for_state

pytestmark = pytest.mark.slow("holds 500 streams and 1,000 connections")


def events(client, job_id, last=None, most=10_000):
    """Return the events of a stream until it ends, or until there are so many."""
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    events = []
    with client.stream("GET", f"/api/v1/jobs/{job_id}/events", headers=headers) as answer:
        if answer.status_code == 204:  # all has been seen
            return []
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line[6:]))
            if len(events) >= most:
                break
    return events


def test_a_stream_tells_every_change_in_order_and_ends(client):
    job_id = submit(client, steps=4, seconds=0.7)
    received = events(client, job_id)
    states = [event["state"] for event in received]
    assert states[-1] == "succeeded"
    assert set(states) <= {"received", "queued", "running", "succeeded"}
    versions = [event["version"] for event in received]
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    shares = [event["progress"] for event in received]
    assert shares == sorted(shares)
    assert 0 < shares[len(shares) // 2] < 1


def test_a_stream_goes_on_after_a_reconnect_where_it_broke(client):
    job_id = submit(client, steps=5, seconds=0.6)
    before = events(client, job_id, most=2)
    after = events(client, job_id, last=before[-1]["version"])
    versions = [event["version"] for event in (*before, *after)]
    assert versions == list(range(1, len(versions) + 1))
    assert events(client, job_id, last=versions[-1]) == []


def test_a_stream_of_a_prediction_tells_its_end(client):
    job_id = ask_later(client, n=1)
    wait_for_state(client, job_id, "succeeded")
    assert events(client, job_id)[-1]["state"] == "succeeded"


def test_a_stream_goes_on_while_redis_is_away(stack, client, broker):
    job_id = submit(client, steps=6, seconds=0.5)
    wait_for_state(client, job_id, "running")
    received = []
    reading = threading.Thread(target=lambda: received.extend(events(client, job_id)))
    reading.start()
    broker.stop()
    broker.start()
    reading.join(30)
    assert received[-1]["state"] == "succeeded"


@pytest.fixture
def some_jobs(client):
    """A function that makes some jobs that do not end by themselves."""
    made = []

    def make(amount):
        made.extend(submit(client, steps=200, seconds=0.3) for _ in range(amount))
        return made

    yield make
    for job_id in reversed(made):  # those that wait first: no other begins in place of the one that runs
        client.post(f"/api/v1/jobs/{job_id}/cancel")


def open_streams(stack, job_ids):
    """Return a socket for each of some jobs, on which its events come."""
    address = urlsplit(stack.url)
    sockets = []
    for job_id in job_ids:
        sock = socket.create_connection((address.hostname, address.port), timeout=60)
        send(sock, f"/api/v1/jobs/{job_id}/events")
        sockets.append(sock)
    return sockets


def read_until(sock, until):
    """Return what a stream sends, up to some bytes of it."""
    received = b""
    while until not in received:
        piece = sock.recv(65536)
        assert piece, received
        received += piece
    return received


@pytest.mark.parametrize("jobs", [1, 500])
def test_500_open_streams_hold_up_nobody(stack, client, some_jobs, jobs):
    job_ids = some_jobs(jobs)
    sockets = open_streams(stack, [job_ids[n % jobs] for n in range(500)])
    try:
        for n, sock in enumerate(sockets):
            assert job_ids[n % jobs].encode() in read_until(sock, b"data: ")
        for n in range(20):
            assert client.get("/healthz").status_code == 200
            answer = client.post("/trial/echo", json={"input": {"n": n}}, headers={"Prefer": "wait=10"})
            assert answer.status_code == 200
            assert answer.json()["result"]["n"] == n
        if jobs > 1:  # each stream has its own job's changes, also while all are open
            client.post(f"/api/v1/jobs/{job_ids[-1]}/cancel")
            assert job_ids[-1].encode() in read_until(sockets[-1], b"event: cancelled")
    finally:
        for sock in sockets:
            sock.close()
    wait_for(
        lambda: client.get(f"/api/v1/jobs/{ask_later(client, n=1)}/events").status_code == 200,
        what="streams to be free",
    )


class CountedLock:
    """A lock that counts who has asked for it."""

    def __init__(self):
        self.inner, self.asked = threading.Lock(), []

    def __enter__(self):
        self.asked.append(threading.current_thread())
        return self.inner.__enter__()

    def __exit__(self, *error):
        return self.inner.__exit__(*error)


def test_changes_that_come_faster_than_looks_hold_up_no_reader(inside, client, some_jobs):
    """Of many who wait, all are content with a look that began after they asked."""
    feed = Feed(UUID(some_jobs(1)[0]))
    looks, over = [], threading.Event()
    listen(db.engine, "before_cursor_execute", lambda *call: looks.append(call[2]))

    def ring_on():
        while not over.is_set():
            feed.ring()

    def read():
        with inside.app_context():
            feed.refresh()

    readers = [threading.Thread(target=read) for _ in range(50)]
    feed.lock = lock = CountedLock()
    with lock.inner:
        for thread in (*readers, ringing := threading.Thread(target=ring_on)):
            thread.start()
        wait_for(lambda: len(lock.asked) == len(readers), what="all to wait")
    for thread in readers:
        thread.join()
    over.set()
    ringing.join()
    assert feed.events
    assert len(looks) < 10  # of two queries each


def test_too_many_streams_are_refused(stack, client):
    web = stack.start("web", streams=3)
    with stack.client() as other:
        other.base_url = f"http://127.0.0.1:{stack.ports[-1]}"
        wait_for(lambda: web.popen.poll() is None and _answers(other))
        job_id = submit(other, steps=100, seconds=0.1)
        open_ones = [socket.create_connection(("127.0.0.1", stack.ports[-1])) for _ in range(3)]
        for sock in open_ones:
            sock.sendall(f"GET /api/v1/jobs/{job_id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert sock.recv(4096).startswith(b"HTTP/1.1 200")
        refused = other.get(f"/api/v1/jobs/{job_id}/events")
        assert refused.status_code == 429
        assert refused.headers["Content-Type"] == "application/problem+json"
        for sock in open_ones:
            with closing(sock):
                pass
        other.post(f"/api/v1/jobs/{job_id}/cancel")


def _answers(client):
    try:
        return client.get("/healthz").status_code == 200
    except Exception:
        return False
