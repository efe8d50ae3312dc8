"""Nobody takes all the room of the realtime lane."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.actions import ask_later, waiting
from tests.stacks import wait_for

pytestmark = pytest.mark.slow("fills what may wait")


@pytest.fixture(scope="module")
def settings():
    return {"realtime_waiting_per_owner": 3, "waiting_jobs": 5}


def ask(stack, n):
    with stack.client() as client:
        return client.post("/trial/echo", json={"input": {"n": n}}, headers={"Prefer": "wait=10"})


def test_an_owner_has_a_share_of_those_that_may_wait(stack):
    stack.have("web batch clock")
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(ask, stack, n) for n in range(3)]
        wait_for(lambda: waiting(stack), what="them to wait")
        refused = wait_for(lambda: full(ask(stack, 3)), what="the lane to be full")
        assert "of yours" in refused.json()["detail"]
        assert refused.headers["Retry-After"]
        stack.have("web realtime batch clock")
        assert {each.result().status_code for each in asked} == {200}
    assert ask(stack, 4).status_code == 200


def full(answer):
    return answer if answer.status_code == 429 else None


def test_predictions_for_later_have_a_cap_too(stack, client):
    stack.have("web batch clock")
    for n in range(5):
        ask_later(client, n=n)
    answer = client.post("/trial/echo", json={"input": {}}, headers={"Prefer": "respond-async"})
    assert answer.status_code == 429
    assert "5 of your jobs wait already" in answer.json()["detail"]
    stack.have("web realtime batch clock")
    wait_for(lambda: not waiting(stack), what="the lane to be empty")
