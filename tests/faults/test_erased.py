"""What its owner has erased does not come back, whatever is still on its way."""

from __future__ import annotations

import pytest

from tests.faults.actions import ask_later, delivered_twice, processing, waiting
from tests.servers import ask as ask_database
from tests.stacks import wait_for, wait_for_state


@pytest.mark.parametrize("first", ["", "cancel"])
def test_an_erased_prediction_that_still_waits_is_not_made_anew(stack, client, database, first):
    stack.have("web batch clock")
    job_id = ask_later(client, n=1)
    path = f"/api/v1/jobs/{job_id}"
    if first:
        assert client.post(f"{path}/{first}").status_code == 202
    assert client.delete(path).status_code == 204
    stack.have("web realtime batch clock")
    wait_for(lambda: not waiting(stack), what="the envelope to be taken")
    wait_for_state(client, ask_later(client, n=2), "succeeded")
    assert client.get(path).status_code == 404
    assert left_of(database, job_id) == [0, 0]


def left_of(database, job_id):
    """Return how many rows there are of a job, and of its results."""
    places = (("jobs", "id"), ("trial_results", "job_id"))
    counts = (f"SELECT count(*) FROM {table} WHERE {column} = '{job_id}'" for table, column in places)
    return [ask_database(database, count)[0][0] for count in counts]


def test_an_erased_prediction_whose_caller_waited_in_vain_is_not_made_anew(stack, client, database):
    stack.have("web batch clock")
    answer = client.post("/trial/echo", json={"input": {"n": 1}}, headers={"Prefer": "wait=1"})
    assert answer.status_code == 202
    job_id = answer.json()["id"]
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
    stack.have("web realtime batch clock")
    wait_for(lambda: not waiting(stack), what="the envelope to be taken")
    wait_for_state(client, ask_later(client, n=2), "succeeded")
    assert left_of(database, job_id) == [0, 0]


def test_a_prediction_that_is_erased_while_it_is_made_is_not_made_anew(stack, client, database):
    job_id = ask_later(client, n=1, do="sleep", seconds=3)
    wait_for(lambda: processing(stack), what="the request to be taken")
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
    wait_for(lambda: not processing(stack), what="the worker to be done")
    assert left_of(database, job_id) == [0, 0]


def test_an_answered_and_erased_prediction_survives_no_second_delivery(stack, client):
    stack.have("web batch clock")
    job_id = ask_later(client, n=3)
    with delivered_twice(stack):
        stack.have("web realtime batch clock")
        wait_for_state(client, job_id, "succeeded")
        assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
    assert client.get(f"/api/v1/jobs/{job_id}").status_code == 404


@pytest.mark.parametrize("prefer", ["respond-async", "wait=1"])
def test_a_cancelled_prediction_is_never_begun(stack, client, prefer):
    stack.have("web batch clock")
    answer = client.post("/trial/echo", json={"input": {"do": "die"}}, headers={"Prefer": prefer})
    job_id = answer.json()["id"]
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 202
    stack.have("web realtime batch clock")
    (worker,) = stack.of("realtime")
    wait_for_state(client, ask_later(client, n=2), "succeeded")
    assert worker.popen.poll() is None
    assert client.get(f"/api/v1/jobs/{job_id}").json()["state"] == "cancelled"


def test_an_erased_prediction_is_never_begun(stack, client):
    stack.have("web batch clock")
    job_id = ask_later(client, do="die")
    assert client.delete(f"/api/v1/jobs/{job_id}").status_code == 204
    stack.have("web realtime batch clock")
    (worker,) = stack.of("realtime")
    wait_for_state(client, ask_later(client, n=2), "succeeded")
    assert worker.popen.poll() is None
