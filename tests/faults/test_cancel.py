"""Cancelling: what waits never starts, what runs is stopped before it is called cancelled."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.actions import children, outcomes, results, submit
from tests.stacks import job, wait_for_state


@pytest.fixture
def stack(stack):
    """The module's stack without sweeps, so that what is seen is the worker's doing."""
    (clock,) = stack.of("clock")
    clock.signal(signal.SIGSTOP)
    yield stack
    clock.signal(signal.SIGCONT)


def cancel(client, job_id):
    return client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_waiting_job_that_is_cancelled_never_starts(stack, client):
    stack.have("web clock realtime")
    job_id = submit(client, n=1)
    assert cancel(client, job_id).json()["state"] == "cancelled"
    stack.have("web clock realtime batch")
    wait_for_state(client, submit(client, n=2), "succeeded")
    shown = job(client, job_id)
    assert shown["state"] == "cancelled"
    assert shown["attempts"] == []
    assert results(client, job_id) == []


@pytest.mark.parametrize(("steps", "seconds"), [(100, 0.2), (1, 60)])  # the second one says nothing meanwhile
def test_a_running_job_is_cancelled_once_its_child_is_gone(stack, client, steps, seconds):
    job_id = submit(client, steps=steps, seconds=seconds)
    wait_for_state(client, job_id, "running")
    pids = children(stack.of("batch")[0])
    assert cancel(client, job_id).json()["state"] == "cancelling"
    shown = wait_for_state(client, job_id, "cancelled", timeout_s=15)  # before the job would end
    assert shown["attempts"][0]["detail"]["code"] == "cancelled"
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)
    assert outcomes(shown) == ["cancelled"]
    assert results(client, job_id) == []


def test_cancels_repeated_and_at_once_do_no_harm(client):
    job_id = submit(client, steps=100, seconds=0.2)
    wait_for_state(client, job_id, "running")
    with ThreadPoolExecutor(10) as pool:
        statuses = {answer.status_code for answer in pool.map(lambda _: cancel(client, job_id), range(20))}
    assert statuses == {202}
    wait_for_state(client, job_id, "cancelled", timeout_s=15)  # before the job would end
    assert cancel(client, job_id).status_code == 202
    assert outcomes(job(client, job_id)) == ["cancelled"]


def test_a_job_that_has_ended_cannot_be_cancelled(client):
    job_id = submit(client, n=1)
    wait_for_state(client, job_id, "succeeded")
    answer = cancel(client, job_id)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
