"""A lock that nobody lets go, as a machine leaves it that vanishes, holds up what it is on and nothing else."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg2
import pytest

from app.extensions import db
from tests.faults.actions import lose, outcomes, submit
from tests.servers import ask
from tests.stacks import job, wait_for, wait_for_state

pytestmark = pytest.mark.slow("waits for locks that a lost machine leaves behind")


@contextmanager
def locked(database, job_id):
    """Hold the lock on a job's row."""
    connection = psycopg2.connect(database.url)
    try:
        connection.cursor().execute("SELECT 1 FROM jobs WHERE id = %s FOR UPDATE", (job_id,))
        yield
    finally:
        connection.close()


def test_a_lock_on_one_lost_job_holds_up_the_recovery_of_no_other(stack, client, database):
    stack.start("batch")
    ids = [submit(client, steps=steps, seconds=0.2) for steps in (75, 15)]  # the first is not soon done
    for job_id in ids:
        wait_for_state(client, job_id, "running")
    with locked(database, ids[0]):
        for worker in stack.of("batch"):
            lose(worker)
        stack.start("batch")
        assert outcomes(wait_for_state(client, ids[1], "succeeded")) == ["worker_lost", "succeeded"]
        assert stack.is_ready(client)
        assert job(client, ids[0])["state"] == "running"
    assert outcomes(wait_for_state(client, ids[0], "succeeded", timeout_s=90)) == ["worker_lost", "succeeded"]


def test_a_lock_on_a_job_that_waits_holds_up_no_other(stack, client, database):
    stack.have("web realtime clock")
    first, second = submit(client, n=1), submit(client, n=2)
    with locked(database, first):
        stack.have("web realtime clock batch")
        wait_for_state(client, second, "succeeded")
        stack.ready()
    wait_for_state(client, first, "succeeded")


def test_a_request_that_a_lock_holds_up_is_told_to_come_again(stack, client, database):
    stack.have("web realtime clock")
    job_id = submit(client, n=1)
    with locked(database, job_id):
        answer = client.post(f"/api/v1/jobs/{job_id}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"]
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 202


def test_a_prediction_waits_for_a_lock_and_is_answered(stack, client, database):
    connection = psycopg2.connect(database.url)
    try:
        connection.cursor().execute("LOCK TABLE jobs IN EXCLUSIVE MODE")
        answer = client.post("/trial/echo", json={"input": {"n": 1}}, headers={"Prefer": "wait=8"})
        assert answer.status_code == 503
        waits = [line for line in stack.of("realtime")[0].lines() if line.get("event") == "commit_waits"]
        assert waits
    finally:
        connection.close()
    wait_for(lambda: client.post("/trial/echo", json={"input": {"n": 2}}).status_code == 200)


def test_no_transaction_stands_open_while_a_task_computes(client, database):
    idle = (
        "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' "
        "AND state_change < now() - interval '1 s'"
    )
    job_id = submit(client, steps=1, seconds=3)
    wait_for_state(client, job_id, "running")
    while job(client, job_id)["state"] == "running":
        assert ask(database, idle) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("tcp_keepalives_idle", "5"),
        ("tcp_keepalives_interval", "2"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "10000"),
    ],
)
def test_every_connection_bounds_what_it_may_hold(inside, name, value):
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value
