"""One bad request among many in a micro-batch fails alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.faults.acts import waiting
from tests.house import wait_for


def keep_alive(house, stop):
    """Start a realtime worker whenever there is none, as whatever runs the house would."""
    while not stop.wait(0.1):
        house.have("web realtime batch clock")


def test_of_64_requests_one_that_raises_and_one_that_kills_fail_alone(house):
    inputs = [{"n": n} for n in range(64)]
    inputs[20]["do"] = "raise"
    inputs[40]["do"] = "die"
    stop = threading.Event()
    keeper = threading.Thread(target=keep_alive, args=(house, stop))

    def ask(body):
        with house.client() as client:
            return client.post("/trial/echo", json={"input": body}, headers={"Prefer": "wait=10"})

    house.of("realtime")[0].kill()  # so that all 64 wait together
    with ThreadPoolExecutor(64) as pool:
        asked = [pool.submit(ask, body) for body in inputs]
        wait_for(lambda: waiting(house) > 0, what="requests to wait")
        keeper.start()
        answers = [future.result() for future in asked]
    ids = [answer.json().get("id") for answer in answers]
    with house.client() as client:
        for n, answer in enumerate(answers):
            if n in {20, 40}:
                continue
            body = answer.json()
            if answer.status_code == 202:
                body["result"] = wait_for(
                    lambda job_id=ids[n]: first(client.get(f"/trial/results/{job_id}").json()["results"])
                )
            assert body["result"]["n"] == n
        assert final(client, answers[20])["code"] == "internal"
        assert final(client, answers[40])["code"] == "poison"
    stop.set()
    keeper.join()


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
