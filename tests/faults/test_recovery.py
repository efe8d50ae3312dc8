"""Processes and servers that die, are told to leave, or come back: no accepted job is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from app.config import Settings
from app.extensions import make_redis
from tests.faults.actions import ask_later, children, lives, lose, outcomes, processing, results, submit
from tests.servers import client as redis_of
from tests.stacks import job, status_of, wait_for, wait_for_state

pytestmark = pytest.mark.slow("kills processes and servers, and waits for their recovery")


def test_a_job_whose_child_is_killed_runs_again(stack, client):
    job_id = submit(client, steps=8, seconds=0.2, n=1)
    wait_for_state(client, job_id, "running")
    for pid in children(stack.of("batch")[0]):
        os.kill(pid, signal.SIGKILL)
    shown = wait_for_state(client, job_id, "succeeded")
    assert outcomes(shown) == ["worker_lost", "succeeded"]
    assert shown["attempts"][0]["detail"]["signal"] == "SIGKILL"
    assert results(client, job_id) == [{"n": 1, "attempt": 2}]


def test_a_job_whose_worker_machine_dies_runs_on_another_worker(stack, client):
    job_id = submit(client, steps=10, seconds=0.2)
    wait_for_state(client, job_id, "running")
    lose(stack.of("batch")[0])
    stack.start("batch")
    shown = wait_for_state(client, job_id, "succeeded")
    assert outcomes(shown) == ["worker_lost", "succeeded"]
    assert shown["attempts"][0]["worker"] != shown["attempts"][1]["worker"]


def test_a_child_that_outlives_its_parent_cannot_write(stack, client):
    job_id = submit(client, steps=20, seconds=0.3, n=7)
    wait_for_state(client, job_id, "running")
    stack.of("batch")[0].kill()
    stack.start("batch")
    wait_for_state(client, job_id, "succeeded")
    assert results(client, job_id) == [{"n": 7, "attempt": 2}]


def test_a_child_ends_with_its_parent(stack, client):
    job_id = submit(client, steps=1, seconds=60)
    wait_for_state(client, job_id, "running")
    worker = stack.of("batch")[0]
    pids = children(worker)
    worker.kill()
    wait_for(lambda: not any(lives(pid) for pid in pids), timeout_s=40, what="the child to end")
    client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_realtime_request_survives_its_worker(stack, client):
    job_id = ask_later(client, n=2, do="sleep", seconds=1)
    wait_for(lambda: processing(stack), what="the request to be taken")
    stack.of("realtime")[0].kill()
    stack.start("realtime")
    wait_for_state(client, job_id, "succeeded")
    assert results(client, job_id)[0]["n"] == 2


def test_a_caller_still_gets_the_answer_when_the_realtime_worker_is_killed(stack):
    slow = {"input": {"n": 3, "do": "sleep", "seconds": 1.5}}
    script = "import httpx; r = httpx.post(%r, json=%r, timeout=30); print(r.status_code, r.text)" % (
        stack.url + "/trial/echo",
        slow,
    )
    asking = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    wait_for(lambda: processing(stack), what="the request to be taken")
    stack.of("realtime")[0].kill()
    stack.start("realtime")
    output, _ = asking.communicate(timeout=40)
    assert output.startswith("200"), output
    assert '"n":3' in output.replace(" ", "")


def test_sigterm_hands_a_running_job_back_without_counting_a_try(stack, client):
    stack.of("batch")[0].kill()
    worker = stack.start("batch", drain_s=0.5)
    job_id = submit(client, steps=15, seconds=0.2)
    wait_for_state(client, job_id, "running")
    worker.signal(signal.SIGTERM)
    assert worker.popen.wait(25) == 0
    stack.start("batch")
    assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["deploy", "succeeded"]


def test_sigterm_lets_a_short_job_finish(stack, client):
    job_id = submit(client, steps=5, seconds=0.2)
    wait_for_state(client, job_id, "running")
    worker = stack.of("batch")[0]
    worker.signal(signal.SIGTERM)
    assert worker.popen.wait(25) == 0
    assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["succeeded"]


def test_sigterm_lets_a_realtime_request_finish(stack, client):
    job_id = ask_later(client, n=2, do="sleep", seconds=1)
    wait_for(lambda: processing(stack), what="the request to be taken")
    worker = stack.of("realtime")[0]
    worker.signal(signal.SIGTERM)
    assert worker.popen.wait(25) == 0
    assert job(client, job_id)["state"] == "succeeded"


def test_sigterm_ends_clock_and_web_cleanly(stack):
    for kind in ("clock", "web"):
        process = stack.of(kind)[0]
        process.signal(signal.SIGTERM)
        assert process.popen.wait(25) == 0, kind


def test_redis_restarted_without_its_data_loses_no_job(stack, client, broker):
    stack.have("web clock")
    waiting = [submit(client, n=n) for n in range(5)]
    asked = [ask_later(client, n=n) for n in range(5)]
    broker.kill()
    broker.wipe()
    broker.start()
    stack.have("web clock batch realtime")
    for job_id in (*waiting, *asked):
        wait_for_state(client, job_id, "succeeded")


def test_workers_take_work_again_after_redis_lost_its_data(stack, client, broker):
    broker.kill()
    broker.wipe()
    broker.start()
    stack.ready()
    wait_for_state(client, submit(client, n=1), "succeeded")
    assert client.post("/trial/echo", json={"input": {"n": 1}}).status_code == 200


def test_while_postgres_is_away_requests_say_so_and_work_waits(stack, client, database):
    before = submit(client, steps=3, seconds=0.2)
    database.stop()
    answer = client.post("/trial/work", json={})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert status_of(client, "/readyz") == 503
    assert status_of(client, "/healthz") == 200
    database.start()
    stack.ready()
    assert wait_for_state(client, before, "succeeded")
    assert wait_for_state(client, submit(client, n=1), "succeeded")


def test_a_prediction_commits_once_postgres_is_back(stack, client, database):
    with ThreadPoolExecutor() as pool:
        body = {"input": {"n": 4, "do": "sleep", "seconds": 2}}
        asked = pool.submit(client.post, "/trial/echo", json=body, headers={"Prefer": "wait=10"})
        wait_for(lambda: processing(stack), what="the request to be taken")
        database.stop()
        (worker,) = stack.of("realtime")
        wait_for(lambda: any(line["event"] == "commit_waits" for line in worker.lines()), what="it to wait")
        database.start()
        answer = asked.result()
    assert (answer.status_code, answer.json()["result"]["n"]) == (200, 4)


def test_while_redis_is_away_batch_work_is_accepted_and_realtime_says_so(client, broker):
    broker.stop()
    job_id = submit(client, n=1)
    assert job(client, job_id)["state"] == "received"
    answer = client.post("/trial/echo", json={"input": {"n": 1}})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == "unavailable"
    broker.start()
    wait_for_state(client, job_id, "succeeded")


def test_while_redis_hangs_batch_work_is_accepted_and_done_once_it_answers(client, broker):
    with redis_of(broker) as asked:
        pid = asked.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        job_id = submit(client, n=1)
        assert job(client, job_id)["state"] == "received"
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for_state(client, job_id, "succeeded")


def test_what_hangs_is_asked_once_and_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        asked = make_redis(url, socket_timeout_s=0.1, config=Settings())
        with asked, pytest.raises(redis.TimeoutError):
            asked.ping()
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):  # nobody has come again
            silent.accept()


def test_a_running_job_whose_worker_died_can_still_be_cancelled(stack, client):
    job_id = submit(client, steps=100, seconds=0.2)
    wait_for_state(client, job_id, "running")
    stack.of("batch")[0].kill()
    client.post(f"/api/v1/jobs/{job_id}/cancel")
    shown = wait_for_state(client, job_id, "cancelled")
    assert results(client, job_id) == []
    assert outcomes(shown) == ["cancelled"]
