"""What grows stays fast, and what is over goes: plans of queries, expiry in blocks, purging, time zones."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from uuid_utils.compat import uuid7

from app.extensions import db
from app.files.uploads.cleanup import needed_by_a_job
from app.jobs import submission
from app.jobs.models import UPLOAD_IDS, IdempotencyKey, Job, JobAttempt, JobEvent
from app.maintenance import reaper
from tests.stacks import wait_for

OWNER = "plans"
FILL = """
INSERT INTO jobs (id, owner, system, task, lane, state, input, timeout_s, created_at, finished_at, expires_at)
SELECT gen_random_uuid(), 'plans' || n % 50, CASE n % 3 WHEN 0 THEN 'trial' ELSE 'accidents' END, 'work', 'batch',
       'succeeded', CASE n % 2 WHEN 0 THEN jsonb_build_object('upload_ids', jsonb_build_array(gen_random_uuid()))
       ELSE '{}'::jsonb END, 60, now(), now(), now() + interval '30 days'
FROM generate_series(1, 30000) AS n
"""
KEYS = """
INSERT INTO idempotency_keys (owner, route, key, body_sha256, job_id)
SELECT 'plans', 'POST /', n::text, '', gen_random_uuid() FROM generate_series(1, 20000) AS n
"""


@pytest.fixture
def filled(app):
    """The tables with many rows of nobody's, taken away afterwards."""
    db.session.execute(text(FILL))
    db.session.execute(text(KEYS))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE jobs, idempotency_keys"))
    yield
    db.session.rollback()
    db.session.execute(text("DELETE FROM jobs WHERE owner LIKE 'plans%'"))
    db.session.execute(text("DELETE FROM idempotency_keys WHERE owner = 'plans'"))
    db.session.commit()


def plan(statement):
    """Return PostgreSQL's plan of a statement, as text."""
    compiled = statement.compile(dialect=db.engine.dialect)
    values = {
        name: json.dumps(each) if isinstance(each, list) else each for name, each in compiled.params.items()
    }
    values = {name: str(each) if isinstance(each, UUID) else each for name, each in values.items()}
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", values)
    return "\n".join(row[0] for row in rows)


def test_look_ups_use_an_index_each(filled):
    some = UUID(int=7)
    by_job = select(IdempotencyKey.key).where(IdempotencyKey.job_id == some)
    assert "ix_idempotency_keys_job_id" in plan(by_job)
    by_upload = select(func.count()).where(Job.input.has_key("upload_ids"), UPLOAD_IDS.contains([str(some)]))
    assert "ix_jobs_uploads" in plan(by_upload)
    of_system = (
        select(Job.id).where(Job.owner == "plans7", Job.system == "trial").order_by(Job.id.desc()).limit(50)
    )
    assert "ix_jobs_owner_system" in plan(of_system)
    assert needed_by_a_job([str(some)]) == set()


def make_ended(age_days, count=1, **values):
    """Make ended jobs with an attempt and an event each; return their ids."""
    ids = [uuid7() for _ in range(count)]
    for job_id in ids:
        row = {
            "state": "succeeded",
            "task": "work",
            "system": "trial",
            "lane": "batch",
            "input": {},
            **values,
        }
        db.session.add(Job(id=job_id, owner=OWNER, timeout_s=60, **row))
        db.session.flush()
        db.session.add(JobAttempt(job_id=job_id, number=1, worker="w"))
        db.session.add(JobEvent(job_id=job_id, version=1, state="succeeded", progress=1.0))
    past = {"days": age_days}
    db.session.execute(
        text("UPDATE jobs SET expires_at = now() - make_interval(days => :days) WHERE owner = 'plans'"), past
    )
    db.session.commit()
    return ids


def rows_of(table, ids):
    column = table.id if table is Job else table.job_id
    return db.session.scalar(select(func.count()).select_from(table).where(column.in_(ids)))


@pytest.fixture
def cleared(app):
    yield
    db.session.rollback()
    db.session.execute(text("DELETE FROM jobs WHERE owner = 'plans'"))
    db.session.commit()


def test_expiry_takes_all_that_hangs_on_a_job_in_blocks(cleared, monkeypatch):
    monkeypatch.setattr(reaper, "EXPIRY_BLOCK", 3)
    ids = make_ended(1, count=8)
    reaper.expire()
    left = select(func.count()).where(Job.id.in_(ids), Job.state != "expired")
    wait_for(lambda: db.session.scalar(left) == 0 or db.session.rollback())  # the clock takes some of them
    assert rows_of(JobAttempt, ids) == rows_of(JobEvent, ids) == 0
    assert rows_of(Job, ids) == 8


def test_an_expired_job_is_purged_after_its_days(cleared):
    old = make_ended(31, state="expired")
    db.session.execute(text("UPDATE jobs SET owner = 'plans-old' WHERE owner = 'plans'"))
    young = make_ended(29, state="expired")
    db.session.execute(text("UPDATE jobs SET owner = 'plans' WHERE owner = 'plans-old'"))
    db.session.commit()
    reaper.purge()
    wait_for(lambda: rows_of(Job, old) == 0 or db.session.rollback())
    assert rows_of(Job, young) == 1


def test_times_are_utc_whatever_the_database_says(app):
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER DATABASE assay SET timezone = 'Asia/Seoul'"))
    try:
        db.engine.dispose()
        assert db.session.scalar(text("SHOW timezone")) == "UTC"
        assert db.session.scalar(select(func.now())).utcoffset().total_seconds() == 0
    finally:
        db.session.execute(text("ALTER DATABASE assay RESET timezone"))
        db.session.commit()


def test_a_job_is_accepted_though_its_connection_dies_after_the_commit(app, monkeypatch):
    """PostgreSQL goes between the enqueue and the mark: the job is committed, so that it is a 202."""
    enqueue = submission._enqueue

    def enqueue_and_cut(jobs):
        enqueue(jobs)
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    monkeypatch.setattr(submission, "_enqueue", enqueue_and_cut)
    answer = app.test_client().post("/trial/work", json={"steps": 0})
    assert answer.status_code == 202
    assert db.session.get(Job, UUID(answer.json["id"])) is not None
