"""Every way in which an attempt can end is told: the outcome, its facts, and whether it is tried again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import transitions
from app.jobs.transitions import Ending, Fence
from tests.faults.actions import make_job, outcomes, results, submit
from tests.faults.conftest import QUICK
from tests.stacks import wait_for_state

pytestmark = pytest.mark.slow("lets jobs run out of time and memory")


@pytest.fixture(scope="module")
def settings():
    return {"child_memory_mb": 150}


def test_an_error_of_the_input_fails_at_once(client):
    shown = wait_for_state(client, submit(client, do="refuse"), "failed")
    assert outcomes(shown) == ["error"]
    assert shown["error"] == {"code": "no_rows", "detail": "The file holds no rows."}
    assert shown["attempts"][0]["detail"]["class"] == "TaskError"
    assert not shown["dead"]


def test_an_unforeseen_error_tells_its_class_and_not_its_message(stack, client):
    shown = wait_for_state(client, submit(client, do="raise"), "failed")
    assert outcomes(shown) == ["error"]
    assert shown["attempts"][0]["detail"]["class"] == "ValueError"
    assert "secret-of-the-user" not in str(shown)
    assert all("secret-of-the-user" not in p.log.read_text() for p in stack.processes)


def test_a_passing_error_is_tried_again_until_it_passes(client):
    job_id = submit(client, do="transient", times=2, n=5)
    shown = wait_for_state(client, job_id, "succeeded")
    assert outcomes(shown) == ["error", "error", "succeeded"]
    assert results(client, job_id) == [{"n": 5, "attempt": 3}]


def test_an_error_that_does_not_pass_ends_as_a_dead_letter_after_three_tries(client):
    job_id = submit(client, do="transient", times=99)
    shown = wait_for_state(client, job_id, "failed")
    assert outcomes(shown) == ["error"] * 3
    assert shown["dead"]
    dead = client.get("/api/v1/jobs", params={"dead": "true"}).json()["jobs"]
    assert job_id in [row["id"] for row in dead]


def test_a_dead_letter_can_be_tried_again(client):
    job_id = submit(client, do="transient", times=4)
    wait_for_state(client, job_id, "failed")
    assert client.post(f"/api/v1/jobs/{job_id}/retry").status_code == 202
    shown = wait_for_state(client, job_id, "succeeded")
    assert outcomes(shown) == ["error"] * 4 + ["succeeded"]
    assert not shown["dead"]


def test_a_task_that_takes_too_long_is_ended_and_tried_again(client):
    shown = wait_for_state(client, submit(client, task="short", steps=1, seconds=30), "failed", timeout_s=60)
    assert outcomes(shown) == ["timeout"] * 3
    assert shown["attempts"][0]["detail"]["timeout_s"] == 2
    assert shown["error"]["code"] == "timeout"


def test_a_task_that_takes_too_much_memory_fails_alone_and_says_how_much(client):
    shown = wait_for_state(client, submit(client, do="eat"), "failed")
    assert outcomes(shown) == ["out_of_memory"]
    detail = shown["attempts"][0]["detail"]
    assert detail["limit_mb"] == 150
    assert detail["peak_mb"] > 150
    assert wait_for_state(client, submit(client, n=1), "succeeded")


def test_memory_that_is_refused_at_once_is_told_too(client):
    shown = wait_for_state(client, submit(client, do="gulp"), "failed")
    assert outcomes(shown) == ["out_of_memory"]
    assert 0 <= shown["attempts"][0]["detail"]["peak_mb"] < 150


@pytest.mark.parametrize("do", ["share", "share_ahead"])
def test_memory_that_no_limit_of_the_process_counts_is_watched(client, do):
    shown = wait_for_state(client, submit(client, do=do), "failed")
    assert outcomes(shown) == ["out_of_memory"]
    assert shown["attempts"][0]["detail"]["peak_mb"] > 150


def test_a_child_that_leaves_without_a_word_is_lost(client):
    shown = wait_for_state(client, submit(client, do="leave"), "failed")
    assert outcomes(shown) == ["worker_lost"] * 3
    assert shown["attempts"][0]["detail"]["signal"] == "exit 0"
    assert shown["dead"]


def test_pauses_grow_fourfold_and_vary_by_a_quarter(inside):
    with Session(db.engine) as session:
        pauses = [[pause(session, tries) for _ in range(20)] for tries in (0, 1)]
    for tries, sample in enumerate(pauses):
        usual = QUICK["backoff_s"] * 4**tries
        assert 0.75 * usual <= min(sample) < max(sample) <= 1.25 * usual


def pause(session, tries):
    """Return the seconds for which a job is put off that failed so many times before."""
    made = make_job(session, state="running", attempt=1, tries=tries)
    ended = transitions.end(session, Fence(made.id, 1), Ending("error", "transient", "", True, {}))
    seconds = (ended.not_before - session.scalar(select(func.now()))).total_seconds()
    session.rollback()
    return seconds


def test_a_job_that_kills_its_child_thrice_is_a_dead_letter_and_others_go_on(client):
    killer, other = submit(client, do="die"), submit(client, n=2)
    assert wait_for_state(client, other, "succeeded")
    shown = wait_for_state(client, killer, "failed")
    assert outcomes(shown) == ["worker_lost"] * 3
    assert shown["dead"]
    assert wait_for_state(client, submit(client, n=3), "succeeded")
