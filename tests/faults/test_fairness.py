"""Nobody's queue holds up another's: owners take turns, and what people wait for goes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.faults.actions import submit
from tests.stacks import job, wait_for, wait_for_state

pytestmark = pytest.mark.slow("queues thousands of jobs")


@pytest.fixture(scope="module")
def settings():
    return {"auth_mode": "keys", "running_jobs": 1, "waiting_jobs": 1050, "bulk_patience_s": 20}


@pytest.fixture(scope="module")
def people(module_stack):
    """The keys of some users, by name."""
    names = ("greedy", "modest", "watcher")
    return {name: module_stack.flask("keys", "create", name).stdout.strip() for name in names}


def client_of(stack, people, name):
    return httpx.Client(base_url=stack.url, timeout=30, headers={"Authorization": f"Bearer {people[name]}"})


def test_interactive_work_goes_before_bulk(stack, people):
    with client_of(stack, people, "watcher") as client:
        stack.have("web realtime clock")
        bulk = [submit(client, task="bulk", n=n) for n in range(5)]
        urgent = submit(client, n=9)
        stack.have("web realtime batch clock")
        started = {
            job_id: wait_for_state(client, job_id, "succeeded")["started_at"] for job_id in (*bulk, urgent)
        }
        assert started[urgent] == min(started.values())


def test_a_thousand_jobs_of_one_owner_delay_anothers_first_by_one_job_at_most(stack, people):
    stack.have("web realtime clock")
    with client_of(stack, people, "greedy") as greedy, client_of(stack, people, "modest") as modest:
        with ThreadPoolExecutor(16) as pool:
            many = list(pool.map(lambda n: submit(greedy, n=n, steps=1, seconds=0.3), range(1000)))
        stack.have("web realtime batch clock")
        wait_for(lambda: job(greedy, many[3])["state"] == "succeeded", what="the queue to move")
        mine = submit(modest, n=0)
        shown = wait_for_state(modest, mine, "succeeded")
        began = shown["started_at"]
        between = [row for row in newest(greedy, 1000) if (row["started_at"] or "") > shown["created_at"]]
        assert len([row for row in between if row["started_at"] < began]) <= 1
        patient = submit(modest, task="bulk")
        wait_for_state(modest, patient, "succeeded", timeout_s=90)
        assert job(greedy, many[-1])["state"] == "queued"


def newest(client, count):
    rows, cursor = [], None
    while len(rows) < count:
        page = client.get(
            "/api/v1/jobs", params={"limit": 200, **({"cursor": cursor} if cursor else {})}
        ).json()
        rows += page["jobs"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return rows


def test_an_owner_has_no_more_running_at_once_than_the_cap(stack, people):
    stack.start("batch")
    with client_of(stack, people, "watcher") as client:
        first, second = (submit(client, steps=10, seconds=0.2, n=n) for n in range(2))
        wait_for_state(client, first, "running")
        ended = wait_for_state(client, first, "succeeded")["finished_at"]
        assert wait_for_state(client, second, "succeeded")["started_at"] >= ended


def test_an_owner_cannot_queue_without_end(stack, people):
    stack.have("web realtime clock")
    with client_of(stack, people, "greedy") as greedy:

        def status(_):
            return greedy.post("/trial/work", json={}).status_code

        with ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(status, range(1100)))
        assert set(statuses) == {202, 429}
        waiting = greedy.get("/api/v1/jobs", params={"state": "queued", "limit": 1}).json()["jobs"]
        assert waiting
        refused = greedy.post("/trial/work", json={})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
