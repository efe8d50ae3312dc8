"""Whose turn it is: by the rules whatever waits, exactly once however many ask, and for as little as one row."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import Job
from app.jobs.queue import fetch
from tests.faults.actions import make_job
from tests.servers import ask
from tests.stacks import wait_for

pytestmark = pytest.mark.slow("queues thousands of jobs of many owners")


@pytest.fixture
def stack(module_stack):
    """The module's stack without anybody who would take a job."""
    module_stack.have("web")
    module_stack.ready_to_answer()
    return module_stack


@contextmanager
def jobs(*facts):
    """Commit some jobs, and take them away again."""
    with Session(db.engine, expire_on_commit=False) as session:
        made = [make_job(session, **each).id for each in facts]
        session.commit()
        yield made
        session.execute(delete(Job).where(Job.id.in_(made)))
        session.commit()


def expected(rows, systems, *, now, cap, patience):
    """Return the job whose turn it is, found the long way."""
    mine = [row for row in rows if row.lane == "batch"]
    running = {o: sum(r.owner == o and r.state in ("running", "cancelling") for r in mine) for o in "abcd"}
    begun = {
        o: max([r.started_at for r in mine if r.owner == o and r.started_at], default=None) for o in "abcd"
    }
    waiting = [r for r in mine if r.state in ("queued", "received") and r.system in systems]
    firsts = {}
    for row in sorted(waiting, key=lambda r: r.id):
        firsts.setdefault((row.owner, row.priority, row.system), row)
    may = [row for row in firsts.values() if not cap or running[row.owner] < cap]

    def rank(row):
        patient = row.created_at < now - timedelta(seconds=patience)
        last = begun[row.owner]
        return (0 if patient else row.priority, running[row.owner], last is not None, last or now, row.id)

    return min(may, key=rank).id if may else None


@pytest.mark.parametrize("seed", range(40))
def test_the_turn_is_by_the_rules(inside, seed):
    dice = random.Random(seed)
    now = datetime.now(UTC)
    cap = dice.choice([0, 0, 1, 2])
    inside.config["SETTINGS"] = replace(inside.config["SETTINGS"], running_jobs=cap, bulk_patience_s=60)
    states = ["queued", "queued", "received", "retrying", "running", "cancelling", "succeeded"]
    with Session(db.engine) as session:
        for _ in range(dice.randint(0, 40)):
            state = dice.choice(states)
            began = now - timedelta(seconds=dice.randint(1, 99)) if state not in states[:3] else None
            make_job(
                session,
                owner=dice.choice("abcd"),
                system=dice.choice(["accidents", "reviews", "trial"]),
                lane=dice.choice(["batch", "batch", "batch", "realtime"]),
                priority=dice.choice([0, 1]),
                state=state,
                started_at=began,
                created_at=now - timedelta(seconds=dice.choice([0, 0, 200])),
            )
        rows = session.scalars(select(Job)).all()
        for systems in (["trial"], ["accidents", "trial"], []):
            right = expected(rows, systems, now=now, cap=cap, patience=60)
            assert fetch.choose(session, systems) == right
            if right is not None:
                left = [row for row in rows if row.id != right]
                right = expected(left, systems, now=now, cap=cap, patience=60)
                skipped = [row.id for row in rows if row not in left]
                assert fetch.choose(session, systems, skipped) == right


def claim(session, system):
    """Claim a job for a worker that serves one system; return its id."""
    claimed = fetch.claim(session, f"a worker of {system}", [system])
    return claimed.id if claimed else None


@pytest.mark.parametrize("cap", [0, 1])
def test_who_asks_at_the_same_moment_waits_so_that_caps_hold(inside, database, cap):
    inside.config["SETTINGS"] = replace(inside.config["SETTINGS"], running_jobs=cap)

    def ask_too():
        with inside.app_context(), Session(db.engine) as session:
            claimed = claim(session, "accidents")
            session.commit()
            return claimed

    with (
        jobs({}, {"system": "accidents"}) as ids,
        Session(db.engine) as session,
        ThreadPoolExecutor() as pool,
    ):
        assert claim(session, "trial") == ids[0]
        other = pool.submit(ask_too)
        waits = (
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        wait_for(lambda: ask(database, waits), what="the other to wait")
        session.commit()
        assert other.result() == (None if cap else ids[1])


def test_who_asks_at_the_same_moment_for_the_same_gets_the_next_one(inside):
    def ask_too(_):
        with inside.app_context(), Session(db.engine) as session:
            claimed = claim(session, "trial")
            session.commit()
            return claimed

    with jobs(*[{}] * 8) as ids, ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask_too, ids)) == ids


def test_who_vanishes_while_it_chooses_is_waited_for_no_longer_than_a_lock_may_last(inside):
    with jobs({}) as ids, Session(db.engine) as vanished, Session(db.engine) as session:
        assert claim(vanished, "trial") == ids[0]  # and nothing more is heard of it
        assert claim(session, "trial") == ids[0]
        session.rollback()
        vanished.invalidate()
