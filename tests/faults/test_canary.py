"""Workers that live and take nothing are found: readiness turns red, and they replace themselves."""

from __future__ import annotations

import signal

import pytest

from tests.faults.acts import submit
from tests.house import status_of, wait_for, wait_for_state


@pytest.fixture(scope="module")
def settings():
    return {"canary_stale_s": 4, "stuck_s": 6}


@pytest.mark.parametrize("kind", ["realtime", "batch", "clock"])
def test_readiness_turns_red_when_a_kind_of_process_takes_nothing(house, client, kind):
    process = house.of(kind)[0]
    process.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: kind in client.get("/readyz").json().get("detail", ""), what="red")
        assert status_of(client, "/readyz") == 503
    finally:
        process.signal(signal.SIGCONT)
    house.ready()


@pytest.mark.parametrize("kind", ["realtime", "batch"])
def test_a_worker_whose_loop_hangs_ends_itself(house, client, kind):
    hung = house.start(kind, hang="1")
    wait_for(lambda: hung.popen.poll() is not None, timeout_s=40, what="the worker to replace itself")
    assert hung.popen.returncode != 0
    wait_for_state(client, submit(client, n=1), "succeeded")
