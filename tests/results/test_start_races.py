"""Start and erasure of one upload at once: whichever comes second sees what the first has done."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from tests.results.actions import start, upload
from tests.stacks import wait_for

QUEUED = """
INSERT INTO jobs (id, owner, system, task, lane, state, input, timeout_s)
SELECT %s, owner, 'trial', 'no-such-task', 'batch', 'running',
       jsonb_build_object('upload_ids', jsonb_build_array(id)), 60 FROM uploads WHERE id = %s
"""
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
def transaction(running_stack):
    """A transaction beside the service's own, which is rolled back unless it is committed."""
    connection = psycopg2.connect(running_stack.postgres_url)
    yield connection
    connection.close()


@pytest.fixture
def somebody_waits(running_stack):
    """Wait until a transaction waits for a lock."""
    with psycopg2.connect(running_stack.postgres_url) as connection:
        connection.autocommit = True
        cursor = connection.cursor()

        def waiting():
            cursor.execute(WAITING)
            return cursor.fetchone()[0]

        yield lambda: wait_for(waiting, what="a transaction that waits for a lock")


def test_a_start_while_its_file_is_erased_is_refused_and_leaves_no_job(client, transaction, somebody_waits):
    upload_id = upload(client, "one")
    cursor = transaction.cursor()
    cursor.execute("SELECT 1 FROM uploads WHERE id = %s FOR UPDATE", (upload_id,))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(start, client, upload_id)
        somebody_waits()
        cursor.execute("DELETE FROM uploads WHERE id = %s", (upload_id,))
        transaction.commit()
        assert asked.result(60).status_code == 404
    cursor.execute("SELECT count(*) FROM jobs WHERE input->'upload_ids' ? %s", (upload_id,))
    assert cursor.fetchone() == (0,)


def test_an_erasure_while_its_file_is_started_is_refused(client, transaction, somebody_waits):
    upload_id = upload(client, "one")
    cursor = transaction.cursor()
    cursor.execute("SELECT 1 FROM uploads WHERE id = %s FOR KEY SHARE", (upload_id,))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.delete, f"/api/v1/upload/{upload_id}")
        somebody_waits()
        job_id = str(uuid.uuid4())
        cursor.execute(QUEUED, (job_id, upload_id))
        transaction.commit()
        assert asked.result(60).status_code == 409
    assert client.get(f"/api/v1/upload/{upload_id}").status_code == 200
    cursor.execute("DELETE FROM jobs WHERE id = %s", (job_id,))
    transaction.commit()
