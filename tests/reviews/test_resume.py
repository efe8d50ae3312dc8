"""A file whose worker dies goes on behind its last block; an attempt that is over writes nothing."""

from __future__ import annotations

import os
import signal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import Job
from app.jobs.transitions import Fence
from app.reviews import storing
from app.reviews.figures import Figures
from app.reviews.models import ReviewRow
from tests.reviews.asking import TASKS, ended, send
from tests.stacks import job, wait_for
from workers.reviews.tasks import figures_of, judge_files
from workers.sdk.checkpoint import checkpoint
from workers.sdk.child import forked_by
from workers.sdk.task import Run, Superseded

pytestmark = pytest.mark.slow("kills workers in the middle of large files")

ROWS = 30_000


def content():
    """Return a file of different rows, one in a hundred of them empty."""
    words = ("great", "awful", "fine", "boring", "lovely")
    lines = (f'{n},"{words[n % 5]} thing number {n}"' if n % 100 else f"{n}," for n in range(ROWS))
    return "id,text\n" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def own_stack(stack_pool):
    """A stack of these tests' own, with one batch worker that tries again at once."""
    stack = stack_pool.of({"web_concurrency": 1, "backoff_s": 0.1}, "reviews")
    stack.have("web realtime batch clock")
    stack.ready()
    return stack


@pytest.fixture(scope="module")
def undisturbed(own_stack):
    """What is found in the file when nothing happens."""
    with own_stack.client() as client:
        return ended(client, send(client, content()), limit=1, timeout_s=120)["summary"]


def child_of(pid):
    """Return the process that a process has forked."""
    return forked_by(pid)[0]


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param(child_of, id="the job's process"),
        pytest.param(lambda pid: child_of(child_of(pid)), id="one that judges ahead of it"),
    ],
)
def test_a_killed_process_loses_no_row_and_repeats_none(own_stack, undisturbed, victim):
    (batch,) = own_stack.of("batch")
    with own_stack.client() as client:
        accepted = send(client, content())
        path = f"{TASKS}/{accepted.json()['task_id']}?limit=500"
        partial = wait_for(lambda: (t := client.get(path).json())["progress"] and t, what="partial rows")
        os.kill(victim(batch.pid), signal.SIGKILL)
        assert (partial["status"], len(partial["rows"])) == ("queued", 500)
        assert 0 < partial["progress"] < 1
        assert partial["total"] == len(content())
        before = partial["summary"]["coverage"]
        assert 0 < before["done"] + before["failed"] == before["total"] < ROWS
        shown = ended(client, accepted, limit=1, timeout_s=120)
        assert len(job(client, shown["task_id"])["attempts"]) == 2
        assert shown["summary"] == undisturbed
        assert (shown["processed"], shown["total"]) == (ROWS, ROWS)
        assert shown["summary"]["coverage"] == {"total": ROWS, "done": 29_700, "failed": 300, "skipped": 0}
        lines = client.get(shown["results_url"], params={"format": "csv"}).text.splitlines()[1:]
        assert [int(line.split(",")[0]) for line in lines] == list(range(ROWS))


@pytest.fixture
def running(app, client):
    """A job that runs under this process's hands."""
    job_id = ended(client, send(client, "text\ngreat\n"))["task_id"]
    with Session(db.engine, expire_on_commit=False) as session:
        session.execute(update(Job).where(Job.id == job_id).values(state="running", attempt=7, worker="ours"))
        session.commit()
        yield session.get(Job, job_id)
        session.execute(update(Job).where(Job.id == job_id).values(state="succeeded"))
        session.commit()


def rows_of(job_id):
    with Session(db.engine) as session:
        return session.scalars(select(ReviewRow.position).where(ReviewRow.job_id == job_id)).all()


def write(running, attempt):
    """Write one row as an attempt would."""
    with Session(db.engine) as session:
        run = Run(running, Fence(running.id, attempt), session, "small")
        with checkpoint(run, processed=1, total=1) as own:
            storing.store_rows(own, [(running.id, 99, 0, 99, "late", *[None] * 10)])
            storing.store_figures(own, running.id, Figures())


def test_an_attempt_whose_job_was_given_to_another_writes_nothing(running):
    with pytest.raises(Superseded):
        write(running, attempt=6)
    assert rows_of(running.id) == [0]
    write(running, attempt=7)
    assert sorted(rows_of(running.id)) == [0, 99]


@pytest.mark.parametrize(("version", "kept"), [("small", [0]), ("minilm", [])])
def test_a_retry_goes_on_only_with_what_the_same_version_judged(running, version, kept):
    with Session(db.engine) as session:
        figures = figures_of(Run(running, Fence(running.id, 7), session, version))
    assert (figures.version, figures.seen, rows_of(running.id)) == (version, len(kept), kept)


def test_no_transaction_stands_open_while_files_are_read(running):
    with Session(db.engine, expire_on_commit=False) as session:
        job = session.get(Job, running.id)
        session.expunge(job)
        judge_files(Run(job, Fence(running.id, 7), session, "small"))
        assert not session.in_transaction()


def test_a_running_task_is_not_erased(client, running):
    answer = client.delete(f"{TASKS}/{running.id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "02")


def test_a_cancelled_job_has_the_rows_that_it_read(client, running):
    with Session(db.engine) as session:
        storing.store_figures(session, running.id, Figures(done=3, failed=1))
        session.execute(update(Job).where(Job.id == running.id).values(state="cancelled"))
        session.commit()
    shown = client.get(f"{TASKS}/{running.id}").json()
    assert shown["status"] == "error"
    assert shown["summary"]["coverage"] == {"total": 4, "done": 3, "failed": 1, "skipped": 0}
    assert client.get(f"/api/v1/process/status/{running.id}").json()["partial"]


def test_what_a_text_holds_is_stored_as_it_is(app, running):
    odd = 'a\tb\\n\\.\nc\r\n\\N "q", \U0001f600 e\u0301'
    with Session(db.engine) as session:
        storing.store_rows(session, [(running.id, 5, 0, 5, odd, *[None] * 10)])
        session.flush()
        mine = select(ReviewRow.text).where(ReviewRow.job_id == running.id, ReviewRow.position == 5)
        assert session.scalar(mine) == odd
