"""How often a request has ended its worker is counted in PostgreSQL; what Redis says of it changes nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest
import redis

from app.extensions import db
from app.jobs.queue import crashes, leases
from app.maintenance import reaper
from tests.faults.actions import ask_later, processing
from tests.servers import ask
from tests.stacks import wait_for, wait_for_state


def crashes_of(database, job_id):
    """Return what is counted of a job's request: [] where nothing is."""
    return [count for (count,) in ask(database, f"SELECT crashes FROM crash_counts WHERE id = '{job_id}'")]


def kill_in_the_middle(stack):
    """kill -9 the realtime worker while it answers, and start another once its sign of life is gone."""
    wait_for(lambda: processing(stack), what="the request to be taken")
    stack.of("realtime")[0].kill()


def test_keys_set_by_hand_end_no_request(stack, client):
    stack.have("web batch clock")
    job_id = ask_later(client, n=1)
    with redis.Redis.from_url(stack.redis_url) as broker:
        (ticket,) = [each.decode() for each in broker.lrange(leases.QUEUE, 0, -1) if b"-" in each][-1:]
        broker.hset("assay:deaths", mapping={job_id: 2, ticket: 2, "x": "abc"})
        broker.set("assay:suspect:gone", job_id)
        broker.sadd("assay:consumers", "gone")
        broker.rpush(leases.PROCESSING + "gone", ticket, ticket, "abc", str(uuid4()))
        broker.sadd(f"assay:left:{ticket}", job_id, b"\xff", b"0" * 64 + b".{}")
    stack.have("web realtime batch clock")
    wait_for_state(client, job_id, "succeeded")
    assert client.post("/trial/echo", json={"input": {"n": 2}}).status_code == 200


@pytest.mark.slow("waits twice until a dead worker's work is taken")
def test_a_request_whose_workers_are_killed_twice_is_answered_by_the_third(stack, client, database):
    job_id = ask_later(client, do="sleep", seconds=3)
    kill_in_the_middle(stack)
    assert crashes_of(database, job_id) == []  # in company: nobody is named
    stack.have("web realtime batch clock")
    wait_for(lambda: crashes_of(database, job_id) == [1], what="it to be answered alone")
    kill_in_the_middle(stack)
    stack.have("web realtime batch clock")
    wait_for_state(client, job_id, "succeeded")
    assert crashes_of(database, job_id) == [1]  # that of the killed one


@pytest.mark.slow("waits three times until a dead worker's work is taken")
def test_a_request_whose_workers_are_killed_thrice_is_set_aside_and_may_be_tried_again(
    stack, client, database
):
    job_id = ask_later(client, do="sleep", seconds=3)
    for count in ([], [1], [2]):
        wait_for(lambda wanted=count: crashes_of(database, job_id) == wanted, what="it to be begun")
        kill_in_the_middle(stack)
        stack.have("web realtime batch clock")
    assert wait_for_state(client, job_id, "failed")["error"]["code"] == "poison"
    assert client.post(f"/api/v1/jobs/{job_id}/retry").status_code == 202
    wait_for_state(client, job_id, "succeeded")
    assert crashes_of(database, job_id) == []


def test_a_count_is_taken_back_by_who_survives_and_forgotten_in_time(inside):
    one, other = uuid4(), uuid4()
    crashes.begin(one, "a")
    crashes.survive("a")
    crashes.begin(one, "a")
    crashes.begin(other, "b")
    crashes.survive("a")
    assert crashes.counts([one, other, uuid4()]) == {one: 0, other: 1}
    crashes.record_abandoned([str(other), str(other)])
    assert crashes.counts([other]) == {other: 1}
    db.session.execute(db.text("UPDATE crash_counts SET counted_at = now() - interval '2 hours'"))
    db.session.commit()
    reaper.forget_old()
    assert crashes.counts([one, other]) == {}


def test_a_departure_counts_for_its_own_envelope_and_signed_alone(inside):
    from app.jobs.queue import messages

    batch_id, request_id = str(uuid4()), uuid4()
    signed = messages.sign(b"departure", messages.Departure(batch_id, request_id))
    assert messages.departures(batch_id, [signed]) == {request_id}
    assert messages.departures(str(uuid4()), [signed]) == set()
    assert messages.departures(batch_id, [str(request_id).encode(), signed[:-1], b"\xff"]) == set()
