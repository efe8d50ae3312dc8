"""Two clocks at once: what one gives back and what the other does wait for each other in no circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import transitions
from app.jobs.models import Job
from app.jobs.queue import fetch
from tests.faults.actions import make_job
from tests.stacks import wait_for

OWNERS = 60
ROUNDS = 6


@pytest.fixture
def stack(module_stack):
    """The module's stack without anybody who would take a job, or give one back."""
    module_stack.have("web")
    module_stack.ready_to_answer()
    return module_stack


def retrying(owners):
    """Commit a job per owner whose pause is over, in an order, and return their ids."""
    with Session(db.engine) as session:
        facts = {"state": "retrying", "not_before": datetime.now(UTC) - timedelta(minutes=1)}
        made = [make_job(session, owner=f"owner {n}", priority=n % 2, **facts).id for n in owners]
        session.commit()
    return made


def requeue(app, job_ids):
    """Do what a clock does with jobs whose pause is over."""
    with app.app_context(), Session(db.engine) as session:
        changed = len(transitions.mark_queued(session, job_ids))
        session.commit()
    return changed


def take_some(app):
    """Do what a batch worker does, some times."""
    with app.app_context(), Session(db.engine) as session:
        for _ in range(5):
            fetch.claim(session, "worker", ["trial"])
            session.commit()
    return 0


def test_jobs_given_back_by_two_clocks_while_a_worker_takes_meet_no_deadlock(inside):
    try:
        with ThreadPoolExecutor(3) as pool:
            for _ in range(ROUNDS):
                up, down = retrying(range(OWNERS)), retrying(reversed(range(OWNERS)))
                both = [pool.submit(requeue, inside, ids) for ids in (up, down)]
                taking = pool.submit(take_some, inside)
                assert [each.result() for each in both] == [OWNERS, OWNERS]
                taking.result()
    finally:
        with Session(db.engine) as session:
            session.execute(delete(Job))
            session.commit()


def test_two_clocks_give_each_job_back_once(inside, stack):
    ids = retrying(range(OWNERS)) + retrying(reversed(range(OWNERS)))
    stack.have("web clock clock")
    wait_for(lambda: states(ids) == {"queued"}, what="all to be given back")
    logged = [line.get("event") for clock in stack.of("clock") for line in clock.lines()]
    assert not {"queued_not_marked", "clock_skipped"} & set(logged)
    with Session(db.engine) as session:
        versions = session.scalars(select(func.distinct(Job.version)).where(Job.id.in_(ids))).all()
        assert versions == [2]
        session.execute(delete(Job))
        session.commit()


def states(job_ids):
    with Session(db.engine) as session:
        return set(session.scalars(select(func.distinct(Job.state)).where(Job.id.in_(job_ids))).all())
