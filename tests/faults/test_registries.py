"""RQ's registries, `rq info` and the dashboard tell what became of the batch lane's jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import redis
from rq import Queue, Worker
from rq.registry import CanceledJobRegistry, FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from stack.servers import free_port
from tests.clients import watched
from tests.faults.actions import ask_later, child_ids, submit
from tests.stacks import status_of, wait_for, wait_for_state

NAME = "batch-interactive"


@pytest.fixture
def connection(stack):
    with redis.Redis.from_url(stack.redis_url) as broker_client:
        yield broker_client


def ids(kind, connection):
    """Return the jobs of one of RQ's registries."""
    return kind(NAME, connection=connection, serializer=JSONSerializer).get_job_ids(cleanup=False)


def test_jobs_stand_where_they_are(stack, client, connection):
    running = submit(client, steps=200, seconds=60)
    wait_for(lambda: running in ids(StartedJobRegistry, connection), what="the running job to be shown")
    waiting = submit(client, steps=1, seconds=0)
    assert waiting in Queue(NAME, connection=connection, serializer=JSONSerializer).get_job_ids()
    shown = [each for each in Worker.all(connection=connection) if NAME in each.queue_names()]
    assert [each.get_current_job_id() for each in shown] == [running]
    client.post(f"/api/v1/jobs/{running}/cancel")
    wait_for_state(client, running, "cancelled")
    wait_for(lambda: running in ids(CanceledJobRegistry, connection), what="the cancelled job")
    wait_for_state(client, waiting, "succeeded")
    wait_for(lambda: waiting in ids(FinishedJobRegistry, connection), what="the finished job")
    assert running not in ids(StartedJobRegistry, connection)


@pytest.fixture
def dashboard(stack):
    """The address of a dashboard beside the stack, while a test runs."""
    port = free_port()
    process = stack.start("dashboard", dashboard_port=port)
    url = f"http://127.0.0.1:{port}/rq"
    with httpx.Client() as looking:
        wait_for(lambda: status_of(looking, f"{url}/") == 200, timeout_s=60, what="the dashboard")
    yield url
    process.kill()
    stack.processes.remove(process)


@pytest.mark.slow("opens seven pages in a browser, while jobs run, fail and are tried again")
@pytest.mark.browser
def test_the_dashboards_pages_show_jobs_where_they_are(stack, client, dashboard, browser):
    running = submit(client, steps=400, seconds=120)
    waiting = submit(client, steps=1, seconds=0)

    def shows(registry, job_id):
        with watched(browser, f"{dashboard}/0/view/jobs/{NAME}/{registry}/100/asc/1") as sight:
            sight.page.get_by_text(job_id).first.wait_for()
            assert (sight.console, sight.violations) == ([], [])

    wait_for_state(client, running, "running")
    shows("started", running)
    shows("queued", waiting)
    with watched(browser, f"{dashboard}/0/view/workers") as sight:
        sight.page.get_by_text(running).first.wait_for()
    client.post(f"/api/v1/jobs/{running}/cancel")
    wait_for_state(client, running, "cancelled")
    wait_for_state(client, waiting, "succeeded")
    failed = submit(client, do="refuse")
    wait_for_state(client, failed, "failed")
    dead = submit(client, do="transient", times=100)
    wait_for_state(client, dead, "failed", timeout_s=120)
    assert client.get(f"/api/v1/jobs/{dead}").json()["dead"] is True
    for registry, job_id in (
        ("canceled", running),
        ("finished", waiting),
        ("failed", failed),
        ("failed", dead),
    ):
        shows(registry, job_id)


@pytest.mark.slow("kills three workers, and waits until each is seen as lost")
def test_a_job_whose_workers_are_killed_is_not_shown_as_running_and_fails_as_a_dead_letter(
    stack, client, connection
):
    job_id = submit(client, steps=400, seconds=120)
    for _ in range(3):  # as often as a job is tried
        wait_for(lambda: job_id in ids(StartedJobRegistry, connection), what="the running job to be shown")
        (worker,) = stack.of("batch")
        for child in child_ids(worker):
            os.kill(child, signal.SIGKILL)
        worker.kill()
        wait_for(lambda: job_id not in ids(StartedJobRegistry, connection), what="it to be shown as lost")
        stack.have("web realtime batch clock")
    assert wait_for_state(client, job_id, "failed")["dead"] is True
    wait_for(lambda: job_id in ids(FailedJobRegistry, connection), what="the dead letter")
    shown = Queue(NAME, connection=connection, serializer=JSONSerializer).fetch_job(job_id)
    assert shown.latest_result().exc_string == "worker_lost: worker_lost"


def test_a_failed_job_gives_its_class_and_code_and_no_text_of_its_owner(stack, client, connection):
    job_id = submit(client, do="refuse")
    wait_for_state(client, job_id, "failed")
    wait_for(lambda: job_id in ids(FailedJobRegistry, connection), what="the failed job")
    shown = Queue(NAME, connection=connection, serializer=JSONSerializer).fetch_job(job_id)
    assert shown.is_failed
    assert shown.ended_at >= shown.started_at >= shown.enqueued_at
    assert "error: " in shown.latest_result().exc_string
    assert "secret-of-the-user" not in shown.latest_result().exc_string


def test_rq_info_counts_what_ended_and_workers_count_what_they_did(stack, client, connection):
    job_id = submit(client, steps=1, seconds=0)
    wait_for_state(client, job_id, "succeeded")
    wait_for(lambda: job_id in ids(FinishedJobRegistry, connection), what="the finished job")
    wait_for_state(client, ask_later(client, n=1), "succeeded")
    program = Path(sys.executable).with_name("rq")
    done = subprocess.run(
        [program, "info", "--url", stack.redis_url, "--raw"], capture_output=True, text=True, check=True
    )
    assert NAME in done.stdout
    counts = wait_for(
        lambda: sum(each.successful_job_count for each in Worker.all(connection=connection)) >= 2,
        what="the counts of both lanes' workers",
    )
    assert counts
    assert any(each.total_working_time > 0 for each in Worker.all(connection=connection))


def test_a_wiped_redis_shows_jobs_again_as_they_run(stack, client, connection):
    connection.flushall()
    job_id = submit(client, steps=1, seconds=0)
    wait_for_state(client, job_id, "succeeded", timeout_s=60)
    wait_for(lambda: job_id in ids(FinishedJobRegistry, connection), what="the finished job")
    assert [each for each in Worker.all(connection=connection) if NAME in each.queue_names()]
    assert connection.ttl(f"rq:job:{job_id}") > 0
