"""What grows: claims with many owners, look-ups in many jobs, and how fast results expire.

    python -m bench.growth [--jobs 1000000]

It makes a PostgreSQL of its own in a temporary folder, and takes it away. Times are of statements, in
milliseconds, median and 99th percentile.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.config import Settings
from app.extensions import db
from app.files.uploads.cleanup import needed_by_a_job
from app.jobs.models import UPLOAD_IDS, IdempotencyKey, Job
from app.jobs.queue import fetch
from app.maintenance import reaper
from bench.stacks import migrated

if TYPE_CHECKING:
    from collections.abc import Callable

OWNERS = (1, 1_000, 10_000)
CLAIMS = 200
EXPIRED = 30_000
WAITING = """
INSERT INTO jobs (id, owner, system, task, lane, state, input, timeout_s)
SELECT uuidv7(), 'owner' || n % {owners}, 'trial', 'work', 'batch', 'queued', '{{}}', 60
FROM generate_series(1, {jobs}) AS n
"""
ENDED = """
INSERT INTO jobs (id, owner, system, task, lane, state, input, timeout_s, started_at, finished_at, expires_at)
SELECT uuidv7(), 'past' || n % 500,
       CASE n % 3 WHEN 0 THEN 'trial' ELSE 'accidents' END, 'work', '{lane}', 'succeeded',
       CASE WHEN n % 2 = 0 AND '{lane}' = 'batch'
       THEN jsonb_build_object('upload_ids', jsonb_build_array(gen_random_uuid())) ELSE '{{}}' END,
       60, now(), now(), now() + interval '{days} days'
FROM generate_series(1, {jobs}) AS n
"""
KEYS = """
INSERT INTO idempotency_keys (owner, route, key, body_sha256, job_id)
SELECT 'bench', 'POST /', n::text, '', gen_random_uuid() FROM generate_series(1, {jobs}) AS n
"""


def show(what: str, times_s: list[float]) -> None:
    """Print the median and the 99th percentile of some times."""
    ordered = sorted(times_s)
    worst = ordered[int(len(ordered) * 0.99)]
    print(f"{what:<55} {statistics.median(ordered) * 1000:9.2f} ms {worst * 1000:9.2f} ms", flush=True)  # noqa: T201


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Return how long an act took, each time."""
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        spans.append(time.perf_counter() - begun)
    return spans


def run(statement: str) -> None:
    """Commit a statement, and have the planner know of it."""
    db.session.execute(text(statement))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def measure_claims() -> None:
    """Claim jobs while some owners wait, each with three jobs."""
    for owners in OWNERS:
        run(WAITING.format(owners=owners, jobs=max(3 * owners, 2 * CLAIMS)))
        chosen = timed(lambda: fetch.choose(db.session(), ["trial"]), CLAIMS)
        show(f"choosing among {owners:,} owners", chosen)
        db.session.rollback()

        def claim() -> None:
            fetch.claim(db.session(), "bench", ["trial"])
            db.session.commit()

        show(f"claim with its commit, {owners:,} owners", timed(claim, CLAIMS))
        run("DELETE FROM jobs")


def measure_look_ups(jobs: int) -> None:
    """Ask what is asked again and again of a table of many jobs."""
    run(ENDED.format(lane="batch", days=30, jobs=jobs))
    run(KEYS.format(jobs=jobs))
    some = UUID(int=7)
    upload = select(func.count()).where(Job.input.has_key("upload_ids"), UPLOAD_IDS.contains([str(some)]))
    listed = (
        select(Job.id).where(Job.owner == "past7", Job.system == "trial").order_by(Job.id.desc()).limit(50)
    )
    queries = {
        "idempotency key by job": select(IdempotencyKey.key).where(IdempotencyKey.job_id == some),
        "jobs that name an upload": upload,
        "list of an owner's jobs of a system": listed,
    }
    for name, query in queries.items():
        show(f"{name}, {jobs:,} jobs", timed(lambda query=query: db.session.execute(query).all(), 50))  # type: ignore[misc]
    show(f"uploads that jobs need, {jobs:,} jobs", timed(lambda: needed_by_a_job([str(some)]), 50))
    run("TRUNCATE jobs, idempotency_keys CASCADE")


def measure_expiry() -> None:
    """Print how many jobs a second expire; 1,500 come in of the realtime lane, without files."""
    for lane in ("realtime", "batch"):
        run(ENDED.format(lane=lane, days=-1, jobs=EXPIRED))
        begun, done = time.perf_counter(), 0
        while ended := reaper.expire():
            done += ended
        rate = done / (time.perf_counter() - begun)
        print(f"expiry in the {lane} lane: {rate:,.0f} jobs a second of {done:,}", flush=True)  # noqa: T201


def measure(app: Flask, jobs: int) -> None:
    """Measure all of it inside an app."""
    with app.app_context():
        measure_claims()
        measure_expiry()
        measure_look_ups(jobs)


def main() -> None:
    """Make servers, measure, and take them away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with migrated() as stack:
        os.environ.update({key: str(value) for key, value in stack.environment().items()})
        measure(create_app(Settings.read()), arguments.jobs)


if __name__ == "__main__":
    main()
