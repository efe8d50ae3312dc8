"""Whatever runs twice shows once."""

from __future__ import annotations

import os
import signal
import time

import redis

from tests.faults.acts import ask_later, child_ids, outcomes, processing, results, submit
from tests.house import job, wait_for, wait_for_state


def test_a_worker_that_comes_back_from_a_pause_cannot_write_over_a_newer_attempt(house, client):
    job_id = submit(client, steps=6, seconds=0.3, n=4)
    wait_for_state(client, job_id, "running")
    late = house.of("batch")[0]
    pids = child_ids(late)
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGSTOP)
    house.start("batch")
    done = wait_for_state(client, job_id, "succeeded")
    assert outcomes(done) == ["worker_lost", "succeeded"]
    for pid in (late.pid, *pids):
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not any(pid in child_ids(late) for pid in pids), what="the late child to end")
    assert results(client, job_id) == [{"n": 4, "attempt": 2}]
    after = job(client, job_id)
    assert (after["state"], after["finished_at"]) == ("succeeded", done["finished_at"])


def test_a_realtime_worker_that_comes_back_from_a_pause_changes_no_answer(house, client):
    job_id = ask_later(client, n=8, do="sleep", seconds=1)
    wait_for(lambda: processing(house), what="the request to be taken")
    late = house.of("realtime")[0]
    late.signal(signal.SIGSTOP)
    house.start("realtime")
    done = wait_for_state(client, job_id, "succeeded")
    late.signal(signal.SIGCONT)
    wait_for(lambda: not processing(house), what="the late worker to finish")
    time.sleep(1.5)
    assert len(results(client, job_id)) == 1
    assert job(client, job_id)["finished_at"] == done["finished_at"]


def test_an_envelope_that_is_delivered_twice_leaves_one_result(house, client):
    with redis.Redis.from_url(house.redis_url) as broker:
        house.have("web batch clock")
        job_id = ask_later(client, n=1)
        ticket = broker.lrange("rq:queue:realtime", 0, -1)[-1]
        saved = {key: broker.dump(key) for key in (b"assay:envelope:" + ticket, b"rq:job:" + ticket)}
        house.have("web realtime batch clock")
        done = wait_for_state(client, job_id, "succeeded")
        wait_for(lambda: not broker.exists(b"assay:envelope:" + ticket))
        for key, value in saved.items():
            broker.restore(key, 0, value)
        broker.rpush("rq:queue:realtime", ticket)
        wait_for(
            lambda: not broker.exists(b"assay:envelope:" + ticket), what="the envelope to be taken again"
        )
        assert len(results(client, job_id)) == 1
        assert job(client, job_id)["finished_at"] == done["finished_at"]


def test_two_clocks_at_once_requeue_each_job_once(house, client):
    house.start("clock")
    house.start("clock")
    ids = [submit(client, n=n, do="transient", times=1) for n in range(10)]
    for job_id in ids:
        assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["error", "succeeded"]
        assert len(results(client, job_id)) == 1


def test_a_ticket_that_is_there_twice_runs_the_job_once(house, client):
    house.have("web realtime clock")
    job_id = submit(client, n=3)
    with redis.Redis.from_url(house.redis_url) as broker:
        for _ in range(3):
            broker.rpush("rq:queue:batch-interactive", job_id)
    house.have("web realtime batch clock")
    wait_for_state(client, job_id, "succeeded")
    wait_for_state(client, submit(client, n=4), "succeeded")
    assert outcomes(job(client, job_id)) == ["succeeded"]
    assert len(results(client, job_id)) == 1
