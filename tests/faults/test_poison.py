"""One bad request among many in a micro-batch fails alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.actions import ask_later, dead, waiting
from tests.stacks import wait_for, wait_for_state

pytestmark = pytest.mark.slow("ends workers one after the other")


def keep_alive(stack, stop):
    """Start a realtime worker whenever there is none, as whatever runs the stack would."""
    while not stop.wait(0.1):
        stack.have("web realtime batch clock")


@contextmanager
def kept_alive(stack):
    """Have a realtime worker start whenever there is none."""
    stop = threading.Event()
    keeper = threading.Thread(target=keep_alive, args=(stack, stop))
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def test_of_64_requests_one_that_raises_and_one_that_kills_fail_alone(stack):
    inputs = [{"n": n} for n in range(64)]
    inputs[20]["do"] = "raise"
    inputs[40]["do"] = "die"

    def ask(body):
        with stack.client() as client:
            return client.post("/trial/echo", json={"input": body}, headers={"Prefer": "wait=10"})

    stack.of("realtime")[0].kill()  # so that all 64 wait together
    before = len(dead(stack, "realtime"))
    with ThreadPoolExecutor(64) as pool:
        asked = [pool.submit(ask, body) for body in inputs]
        wait_for(lambda: waiting(stack) > 0, what="requests to wait")
        with kept_alive(stack):
            answers = [future.result() for future in asked]
            ids = [answer.json().get("id") for answer in answers]
            with stack.client() as client:
                for n in set(range(64)) - {20, 40}:
                    assert result(client, answers[n], ids[n])["n"] == n
                assert final(client, answers[20])["code"] == "internal"
                assert final(client, answers[40])["code"] == "poison"
    assert len(dead(stack, "realtime")) - before == 3


def result(client, answer, job_id):
    """Return what a request was answered with, now or a little later."""
    if answer.status_code == 200:
        return answer.json()["result"]
    return wait_for(
        lambda: first(client.get(f"/trial/results/{job_id}").json()["results"]), what="the answer"
    )


def test_a_request_that_kills_ends_three_workers_when_nobody_waits_for_it(stack, client):
    before = len(dead(stack, "realtime"))
    with kept_alive(stack):
        killer, other = ask_later(client, do="die"), ask_later(client, n=1)
        assert wait_for_state(client, killer, "failed")["error"]["code"] == "poison"
        wait_for_state(client, other, "succeeded")
    assert len(dead(stack, "realtime")) - before == 3


def test_a_request_whose_result_cannot_be_stored_fails_alone(stack, client):
    stack.have("web batch clock")
    jobs = [ask_later(client, n=n, **({"do": "store badly"} if n == 2 else {})) for n in range(5)]
    stack.have("web realtime batch clock")
    (worker,) = stack.of("realtime")
    ended = [wait_for_state(client, job_id, "succeeded", "failed") for job_id in jobs]
    assert [shown["state"] for shown in ended] == [*["succeeded"] * 2, "failed", *["succeeded"] * 2]
    assert ended[2]["error"]["code"] == "internal"
    assert "secret" not in str(ended[2])
    assert worker.popen.poll() is None


def test_a_cause_that_may_pass_is_a_503(client):
    answer = client.post("/trial/echo", json={"input": {"do": "transient"}})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def first(rows):
    return rows[0] if rows else None


def final(client, answer):
    """Return the error that a request ended with, now or a little later."""
    if answer.status_code != 202:
        return answer.json()
    job_id = answer.json()["id"]

    def ended():
        shown = client.get(f"/api/v1/jobs/{job_id}").json()
        return shown["error"] if shown["state"] == "failed" else None

    return wait_for(ended, what="the request to fail")
