"""Whatever runs twice shows once."""

from __future__ import annotations

import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg2
import pytest
import redis

from tests.faults.actions import ask_later, child_ids, delivered_twice, outcomes, processing, results, submit
from tests.servers import ask
from tests.stacks import ACCIDENT, job, wait_for, wait_for_state

pytestmark = pytest.mark.slow("pauses and kills workers, and waits for others to take over")


@pytest.fixture(scope="module")
def served():
    return "accidents trial"


def test_a_worker_that_comes_back_from_a_pause_cannot_write_over_a_newer_attempt(stack, client):
    job_id = submit(client, steps=15, seconds=0.3, n=4)
    wait_for_state(client, job_id, "running")
    late = stack.of("batch")[0]
    pids = child_ids(late)
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGSTOP)
    stack.start("batch")
    done = wait_for_state(client, job_id, "succeeded")
    assert outcomes(done) == ["worker_lost", "succeeded"]
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not any(pid in child_ids(late) for pid in pids), what="the late child to end")
    assert results(client, job_id) == [{"n": 4, "attempt": 2}]
    after = job(client, job_id)
    assert (after["state"], after["finished_at"]) == ("succeeded", done["finished_at"])


def test_a_worker_that_comes_back_while_a_newer_attempt_runs_cannot_write_into_it(stack, client):
    job_id = submit(client, steps=12, seconds=0.3, n=5)
    wait_for(lambda: job(client, job_id).get("processed", 0) >= 6, what="the job to be half done")
    late = stack.of("batch")[0]
    pids = child_ids(late)
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGSTOP)
    stack.start("batch")
    wait_for(lambda: len(job(client, job_id)["attempts"]) == 2, what="the second attempt")
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not any(pid in child_ids(late) for pid in pids), what="the late child to end")
    assert job(client, job_id)["state"] == "running"
    assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["worker_lost", "succeeded"]
    assert results(client, job_id) == [{"n": 5, "attempt": 2}]


def test_a_realtime_worker_that_comes_back_from_a_pause_changes_no_answer(stack, client):
    job_id = ask_later(client, n=8, do="sleep", seconds=1)
    wait_for(lambda: processing(stack), what="the request to be taken")
    late = stack.of("realtime")[0]
    late.signal(signal.SIGSTOP)
    stack.start("realtime")
    done = wait_for_state(client, job_id, "succeeded")
    late.signal(signal.SIGCONT)
    wait_for(lambda: not processing(stack), what="the late worker to finish")
    assert len(results(client, job_id)) == 1
    assert job(client, job_id)["finished_at"] == done["finished_at"]


def test_an_envelope_that_is_delivered_twice_leaves_one_result(stack, client):
    stack.have("web batch clock")
    job_id = ask_later(client, n=1)
    with delivered_twice(stack):
        stack.have("web realtime batch clock")
        done = wait_for_state(client, job_id, "succeeded")
    assert len(results(client, job_id)) == 1
    assert job(client, job_id)["finished_at"] == done["finished_at"]


def test_two_clocks_at_once_requeue_each_job_once(stack, client):
    stack.start("clock")
    stack.start("clock")
    ids = [submit(client, n=n, do="transient", times=1) for n in range(10)]
    for job_id in ids:
        assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["error", "succeeded"]
        assert len(results(client, job_id)) == 1


def test_a_ticket_that_is_there_twice_runs_the_job_once(stack, client):
    stack.have("web realtime clock")
    job_id = submit(client, n=3)
    with redis.Redis.from_url(stack.redis_url) as broker:
        for _ in range(3):
            broker.rpush("rq:queue:batch-interactive", job_id)
    stack.have("web realtime batch clock")
    wait_for_state(client, job_id, "succeeded")
    wait_for_state(client, submit(client, n=4), "succeeded")
    assert outcomes(job(client, job_id)) == ["succeeded"]
    assert len(results(client, job_id)) == 1


def test_a_caller_that_hangs_up_and_asks_again_with_its_key_has_one_job(stack, client, database):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    kept = f"SELECT now() - created_at > interval '1 minute' FROM idempotency_keys WHERE key = '{headers['Idempotency-Key']}'"
    before = len(client.get("/api/v1/jobs?system=accidents&limit=100").json()["jobs"])
    connection = psycopg2.connect(database.url)
    try:
        connection.cursor().execute("LOCK TABLE jobs IN EXCLUSIVE MODE")  # the answer cannot be committed
        with pytest.raises(httpx.ReadTimeout):
            client.post("/api/predict/eclo", json=ACCIDENT, headers=headers, timeout=1)
        wait_for(lambda: ask(database, kept) == [(True,)], what="the key to be free for the next one")
        with ThreadPoolExecutor() as pool:
            again = pool.submit(client.post, "/api/predict/eclo", json=ACCIDENT, headers=headers)
            wait_for(lambda: ask(database, kept) == [(False,)], what="the key to be taken over")
            connection.rollback()
            answer = again.result()
    finally:
        connection.close()
    assert answer.status_code == 200
    assert (
        client.post("/api/predict/eclo", json=ACCIDENT, headers=headers).json()["prediction_id"]
        == (answer.json()["prediction_id"])
    )
    wait_for(lambda: not processing(stack), what="the request that nobody waits for to end")
    assert len(client.get("/api/v1/jobs?system=accidents&limit=100").json()["jobs"]) == before + 1
