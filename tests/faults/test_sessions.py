"""A connection to PostgreSQL that dies after the last query harms nothing that was done before."""

from __future__ import annotations

import hashlib
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import psycopg2
import pytest
from sqlalchemy import text

from tests.faults.actions import answered, lingering, send
from tests.reviews.asking import send as send_file
from tests.servers import ask
from tests.stacks import wait_for

pytestmark = pytest.mark.slow("cuts connections and waits for new ones")


@pytest.fixture
def lose(app, postgres_server):
    """What uses the session, and then loses its connection."""
    from app.extensions import db

    def lose_connection():
        pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar()
        ask(postgres_server, f"SELECT pg_terminate_backend({pid}, 5000)")

    yield lose_connection
    assert db.engine.pool.checkedout() == 0


def test_an_answer_is_sent_though_postgres_dies_before_its_session_ends(stack, database):
    address = urlsplit(stack.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as sock:
        send(sock, "/trial/linger?seconds=3")
        wait_for(lambda: lingering(database), what="its question to be asked")
        database.kill()
        try:
            assert answered(sock).startswith(b"HTTP/1.1 200")
        finally:
            database.start()
    assert not [line for line in stack.of("web")[0].lines() if "Error handling request" in str(line)]


def test_nothing_leaves_the_application_when_a_session_is_broken(app, lose):
    app.add_url_rule("/lose", "lose", lambda: [lose(), {"answered": True}][1])
    with ThreadPoolExecutor(1) as elsewhere:  # where no application context is open yet
        answer = elsewhere.submit(app.test_client().get, "/lose").result()
    assert (answer.status_code, answer.json) == (200, {"answered": True})


def test_the_clock_goes_on_when_a_session_is_broken(app, lose):
    from app.maintenance.clock import run_safely

    run_safely(lose)


def test_a_worker_goes_on_when_a_session_is_broken(app, lose):
    from app.jobs.queue import rq
    from workers.runtime.batch import BatchWorker

    turns = []

    class Losing(BatchWorker):
        def step(self):
            lose()
            turns.append(self)
            self.leaving_since = time.monotonic() if len(turns) > 1 else None

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        Losing(rq.batch_queue_names(), {}).serve()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(turns) == 2


def test_a_file_whose_job_meets_a_dying_postgres_is_answered_503(stack, client, database):
    owners_room = int.from_bytes(hashlib.sha256(b"local").digest()[:8], signed=True)
    held = psycopg2.connect(database.url)
    with closing(held), ThreadPoolExecutor(1) as elsewhere:
        held.cursor().execute("SELECT pg_advisory_lock(%s)", [owners_room])
        asking = elsewhere.submit(send_file, client, "text\nI love it\n")
        waiting = wait_for(
            lambda: ask(database, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
            what="the request to ask for room",
        )
        ask(database, f"SELECT pg_terminate_backend({waiting[0][0]}, 5000)")
        answer = asking.result()
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    assert send_file(client, "text\nI love it\n").status_code == 202


def test_a_job_whose_connection_dies_as_it_is_marked_as_queued_is_accepted(stack, client, database):
    ask(
        database,
        """
        CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER cut_off BEFORE UPDATE ON jobs
        FOR EACH ROW WHEN (NEW.state = 'queued') EXECUTE FUNCTION cut_off();
        """,
    )
    try:
        answer = send_file(client, "text\nI love it\n")
    finally:
        ask(database, "DROP FUNCTION cut_off CASCADE")
    assert answer.status_code == 202, answer.text
    assert client.get(f"/api/v1/jobs/{answer.json()['task_id']}").json()["state"] in {"received", "queued"}
    assert any("queued_not_marked" in str(line) for line in stack.of("web")[0].lines())
