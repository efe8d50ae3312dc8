"""Workers that live and take nothing are found: readiness turns red, and they replace themselves."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.actions import submit
from tests.stacks import status_of, wait_for, wait_for_state

pytestmark = pytest.mark.slow("waits for lanes to be seen as stuck")


@pytest.fixture(scope="module")
def settings():
    return {"canary_stale_s": 4, "stuck_s": 6}


@pytest.mark.parametrize("kind", ["realtime", "batch", "clock"])
def test_readiness_turns_red_when_a_kind_of_process_takes_nothing(stack, client, kind):
    process = stack.of(kind)[0]
    process.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: kind in client.get("/readyz").json().get("detail", ""), what="red")
        assert status_of(client, "/readyz") == 503
    finally:
        process.signal(signal.SIGCONT)
    stack.ready()


def test_readiness_turns_green_again_when_a_stopped_worker_is_replaced(stack, client):
    stopped = stack.of("batch")[0]
    stopped.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: not stack.is_ready(client), what="red")
        stack.start("batch")
        stack.ready()
        wait_for_state(client, submit(client, n=1), "succeeded")
    finally:
        stopped.signal(signal.SIGCONT)
    wait_for_state(client, submit(client, n=2), "succeeded")


@pytest.mark.parametrize("step", ["hang", "idle", "fail"])
@pytest.mark.parametrize("kind", ["realtime", "batch"])
def test_a_worker_that_takes_nothing_ends_itself_beside_one_that_works(stack, client, kind, step):
    stuck = stack.start(kind, step=step)
    assert stuck.popen.wait(40) == 1
    stack.ready()


@pytest.mark.parametrize("kind", ["realtime", "batch"])
def test_a_worker_that_takes_nothing_turns_readiness_red_and_ends_itself(stack, client, kind):
    stack.have("web realtime batch clock".replace(kind, ""))
    stuck = stack.start(kind, step="idle")
    wait_for(lambda: f"lane {kind}" in client.get("/readyz").json().get("detail", ""), what="red")
    assert stuck.popen.wait(40) == 1
    stack.start(kind)
    stack.ready()


def test_a_worker_that_only_waits_stays(stack, client, broker):
    """Not stuck is who has nothing to do, may do nothing more, or waits for what is away."""
    capped = stack.start("batch", running_jobs=1)
    waiting = [submit(client, steps=40, seconds=0.3) for _ in range(3)]
    wait_for_state(client, waiting[0], "running")
    workers = [capped, *stack.of("realtime")]
    time.sleep(9)  # longer than a worker may take nothing
    broker.stop()
    time.sleep(9)
    broker.start()
    stack.ready()
    assert [worker.popen.poll() for worker in workers] == [None, None]
    for job_id in waiting:
        client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_redis_that_hangs_is_asked_once_for_readiness(stack, client, broker):
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        shown = client.get("/readyz", timeout=60)
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    assert shown.status_code == 503
    checks = shown.json()["checks"]
    assert checks["redis"] == {**checks["redis"], "state": "down", "detail": "TimeoutError"}
    for name in ("clock", "lane realtime", "lane batch"):
        assert checks[name] == {"state": "down", "ms": 0.0, "detail": "not asked, for Redis does not answer"}
