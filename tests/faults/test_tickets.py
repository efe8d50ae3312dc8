"""Tickets in Redis: as many as jobs that wait, none that outlives its job, none lost to who cannot use it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import Job
from app.jobs.queue import rq
from app.maintenance import reaper
from tests.faults.actions import ask_later, make_job, outcomes, processing, submit
from tests.stacks import job, wait_for, wait_for_state
from workers.runtime.batch import BatchWorker

pytestmark = pytest.mark.slow("loses thousands of tickets")

QUEUE = "rq:queue:batch-interactive"
OLD = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def tickets(stack):
    """The stack's Redis."""
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as client:
        yield client


@contextmanager
def full(broker):
    """Let Redis take nothing more for a while."""
    broker.config_set("maxmemory", broker.info("memory")["used_memory"] // 2)
    try:
        yield
    finally:
        broker.config_set("maxmemory", 0)


@pytest.fixture
def alone(stack, inside, tickets):
    """This process in the place of batch workers and clock; no job waits but the test's own."""
    stack.have("web realtime")
    forget_waiting(tickets)
    yield inside
    forget_waiting(tickets)


def forget_waiting(tickets):
    with Session(db.engine) as session:
        session.execute(delete(Job).where(Job.state.in_(("queued", "received", "retrying"))))
        session.commit()
    tickets.delete(QUEUE, "rq:queue:realtime")


def test_what_is_cancelled_while_it_waits_leaves_its_queue_and_is_shown_for_a_day(stack, client, tickets):
    stack.have("web realtime clock")
    ids = [submit(client, n=n) for n in range(5)]
    assert all(0 < tickets.ttl(f"rq:job:{job_id}") <= 24 * 3600 for job_id in ids)
    for job_id in ids:
        assert client.post(f"/api/v1/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    stack.have("web realtime clock batch")
    queued = {
        name for queue in ("interactive", "bulk") for name in tickets.lrange(f"rq:queue:batch-{queue}", 0, -1)
    }
    assert not queued & set(ids)
    assert {tickets.hget(f"rq:job:{job_id}", "status") for job_id in ids} == {"canceled"}
    assert all(0 < tickets.ttl(f"rq:job:{job_id}") <= 24 * 3600 for job_id in ids)


def test_a_job_whose_ticket_alone_is_left_runs(stack, client, tickets):
    stack.have("web realtime clock")
    job_id = submit(client, n=1)
    tickets.delete(f"rq:job:{job_id}")
    stack.have("web realtime clock batch")
    assert outcomes(wait_for_state(client, job_id, "succeeded")) == ["succeeded"]


def test_the_ticket_of_a_job_that_has_ended_does_not_go_round(stack, client, tickets):
    ended = submit(client, n=1)
    wait_for_state(client, ended, "succeeded")
    stack.have("web realtime clock")
    waiting = submit(client, steps=40, seconds=0.3)
    tickets.lpush(QUEUE, ended)
    stack.have("web realtime clock batch")
    wait_for_state(client, waiting, "running")
    wait_for(lambda: ended not in tickets.lrange(QUEUE, 0, -1), timeout_s=10, what="the ticket to go")
    assert job(client, waiting)["state"] == "running"
    wait_for_state(client, waiting, "succeeded")


def test_the_ticket_of_a_system_that_a_worker_does_not_serve_is_given_back(alone, client, tickets):
    job_id = submit(client, n=1)
    assert BatchWorker(rq.batch_queue_names(), {"accidents": ("",)}).take() is None
    assert tickets.lrange(QUEUE, 0, -1)[-1] == job_id


def test_a_job_is_taken_though_redis_takes_nothing_more(alone, client, tickets):
    first, _ = submit(client, n=1), submit(client, n=2)
    tickets.lmove(QUEUE, QUEUE, "RIGHT", "LEFT")
    worker = BatchWorker(rq.batch_queue_names(), {"trial": ("",)})
    worker.record_probe()
    with full(tickets):
        taken = worker.take()
    assert str(taken.id) == first
    client.post(f"/api/v1/jobs/{first}/cancel")


def test_who_ends_a_job_takes_the_next_though_its_ticket_is_lost(alone, client, tickets):
    job_id = submit(client, n=1)
    tickets.delete(QUEUE)
    worker = BatchWorker(rq.batch_queue_names(), {"trial": ("",)})
    assert str(worker.take().id) == job_id
    client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_flood_of_lost_tickets_is_made_good_block_by_block(alone, tickets, monkeypatch):
    monkeypatch.setattr(reaper, "BLOCK", 30)
    with Session(db.engine) as session:
        ids = [str(make_job(session, queued_at=OLD).id) for _ in range(50)]
        session.commit()
    counts = [len(reaper.requeue_unheld()) for _ in range(3)]
    assert counts == [30, 20, 0]
    assert sorted(tickets.lrange(QUEUE, 0, -1)) == sorted(ids)


def test_a_request_in_a_workers_hands_is_not_sent_again(stack, client, alone, tickets):
    job_id = ask_later(client, n=1, do="sleep", seconds=3)
    wait_for(lambda: processing(stack) and not tickets.llen("rq:queue:realtime"), what="it to be taken")
    age(job_id, timedelta(seconds=10))
    assert reaper.requeue_unheld() == []
    wait_for_state(client, job_id, "succeeded")


def test_a_request_whose_envelope_is_lost_is_sent_again_though_others_wait(stack, client, alone, tickets):
    stack.have("web")
    lost = ask_later(client, n=1)
    tickets.delete("rq:queue:realtime")
    waits = ask_later(client, n=2)
    age(lost, timedelta(seconds=50))
    assert reaper.requeue_unheld() == []
    age(lost, timedelta(seconds=70))
    assert [str(each) for each in reaper.requeue_unheld()] == [lost]
    stack.have("web realtime")
    for job_id in (lost, waits):
        wait_for_state(client, job_id, "succeeded")


def test_a_strange_list_in_a_workers_hands_stops_no_sweep(client, alone, tickets):
    tickets.sadd("assay:consumers", b"\xff")
    tickets.set(b"assay:processing:\xff", "x")
    assert reaper.realtime_is_idle() in {True, False}
    tickets.delete(b"assay:processing:\xff")
    tickets.srem("assay:consumers", b"\xff")


def age(job_id, by):
    """Have a job been queued for longer."""
    with Session(db.engine) as session:
        when = datetime.now(UTC) - by
        session.execute(update(Job).where(Job.id == job_id).values(queued_at=when, created_at=when))
        session.commit()
