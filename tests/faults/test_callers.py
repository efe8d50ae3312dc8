"""Right answer to right caller: thousands at once, over two web processes and two workers."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
from collections import Counter
from urllib.parse import urlsplit

import pytest
import redis

from tests.faults.actions import waiting
from tests.servers import ask
from tests.stacks import ACCIDENT, wait_for

pytestmark = pytest.mark.slow("holds many connections whose callers hang up")

REQUESTS = 10_000
CONNECTIONS = 1000


@pytest.fixture(scope="module")
def served():
    return "accidents trial"


@pytest.fixture(scope="module")
def settings():
    return {"web_concurrency": 2}


def body_of(n):
    """Return a request of its own: its number, and one of a few options."""
    return json.dumps({"input": {"n": n}, "options": {"shade": n % 5, "deep": n % 2 == 0}}).encode()


def message(body, *, path="/trial/echo"):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def exchange(reader, writer, body, path="/trial/echo"):
    """Send one request and return the status and the document that comes back."""
    writer.write(message(body, path=path))
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    return status, json.loads(await reader.readexactly(length))


async def caller(address, numbers, answers):
    """Ask for numbers over one connection; now and then hang up instead of waiting."""
    connection = None
    while numbers:
        n = numbers.pop()
        reader, writer = connection or await asyncio.open_connection(*address)
        connection = (reader, writer)
        if n % 20 == 0:  # a caller that hangs up
            writer.write(message(body_of(n)))
            await writer.drain()
            writer.close()
            connection = None
            continue
        answers[n] = await exchange(reader, writer, body_of(n))
    if connection:
        connection[1].close()


@pytest.fixture(autouse=True)
def files():
    """A thousand connections are more files than a process may usually open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_10000_callers_get_each_their_own_answer(stack):
    stack.start("realtime")
    address = urlsplit(stack.url)
    numbers, answers = list(range(REQUESTS)), {}

    async def run():
        where = (address.hostname, address.port)
        await asyncio.gather(*(caller(where, numbers, answers) for _ in range(CONNECTIONS)))

    asyncio.run(run())
    expected = [n for n in range(REQUESTS) if n % 20]
    assert sorted(answers) == expected
    for n, (status, body) in answers.items():
        assert status == 200, body
        assert body["result"]["n"] == n
        assert body["result"]["options"] == {"shade": n % 5, "deep": n % 2 == 0}
    assert len({body["id"] for _, body in answers.values()}) == len(expected)
    assert max(body["result"]["batch"] for _, body in answers.values()) > 1


async def predictor(address, everybody, number, answers):
    """Connect, and when everybody has, ask for predictions one after the other."""
    reader, writer = await asyncio.open_connection(*address)
    await everybody.wait()
    for hour in (number % 24, (number + 1) % 24):
        body = json.dumps({**ACCIDENT, "accident_hour": hour}).encode()
        answers.append((hour, *await exchange(reader, writer, body, "/api/predict/eclo")))
    writer.close()


def test_1000_connections_get_every_prediction_and_none_is_refused(stack):
    address = urlsplit(stack.url)
    answers = []

    async def run():
        everybody = asyncio.Barrier(CONNECTIONS)
        where = (address.hostname, address.port)
        await asyncio.gather(*(predictor(where, everybody, n, answers) for n in range(CONNECTIONS)))

    asyncio.run(run())
    assert Counter(status for _, status, _ in answers) == {200: 2 * CONNECTIONS}
    assert len({body["prediction_id"] for _, _, body in answers}) == 2 * CONNECTIONS
    by_hour = {hour: {body["eclo"] for other, _, body in answers if other == hour} for hour in range(24)}
    assert all(len(predicted) == 1 for predicted in by_hour.values())


def test_a_burst_of_first_requests_makes_one_listener_in_each_web_process(stack, broker):
    fresh_web(stack)
    with redis.Redis.from_url(broker.url) as client:
        others = listeners(client)
        os.killpg(stack.of("web")[0].pid, signal.SIGSTOP)
        sockets = [ask_for(stack, n) for n in range(100)]
        os.killpg(stack.of("web")[0].pid, signal.SIGCONT)
        for sock in sockets:
            with sock:
                assert b" 200 OK" in sock.recv(20)
        assert listeners(client) - others <= stack.settings["web_concurrency"]


def listeners(client):
    """Return how many connections wait on a list."""
    return len([each for each in client.client_list() if each["cmd"] == "blpop"])


def ask_for(stack, n):
    """Send a request, and return the socket that its answer comes from."""
    address = urlsplit(stack.url)
    sock = socket.create_connection((address.hostname, address.port), timeout=30)
    sock.sendall(message(body_of(n)))
    return sock


def test_the_work_of_callers_that_hung_up_is_skipped(stack, client, database):
    stack.have("web batch clock")
    fresh_web(stack)  # with a log of its own
    sockets = [ask_for(stack, 90_000 + n) for n in range(10)]
    wait_for(lambda: waiting(stack), what="requests to wait")
    for sock in sockets:
        sock.close()
    wait_for(lambda: noticed(stack) == 10, what="their leaving to be noticed")
    stack.have("web realtime batch clock")
    assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200
    left = "SELECT count(*) FROM trial_results WHERE (result->>'n')::int BETWEEN 90000 AND 90009"
    assert ask(database, left) == [(0,)]


def fresh_web(stack):
    """Start the stack's web process anew."""
    earlier = stack.of("web")[0]
    earlier.signal(signal.SIGTERM)
    earlier.popen.wait(30)
    stack.restart(earlier)
    stack.ready_to_answer()


def noticed(stack):
    """Return how many requests the web process gave up because their callers hung up."""
    return len([line for line in stack.of("web")[0].lines() if line.get("status") == 499])
