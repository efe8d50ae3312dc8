"""Erased and expired jobs leave nothing: no rows, no files, no uploads that nobody else needs."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.http.errors import Transient
from app.jobs import deletion_hooks, service
from app.jobs.models import Job
from app.maintenance import reaper
from tests.contract.problems import problem
from tests.results.actions import RESULTS, STATUS, start, started, upload
from tests.servers import ask as ask_database
from tests.stacks import wait_for, wait_for_state

JOBS = "/api/v1/jobs"


@pytest.fixture
def left(running_stack, postgres_server):
    """Say what there is of a job and an upload: rows of the job, the upload's row, its file."""
    folder = running_stack.folder / "files"

    def look(job_id, upload_id, key):
        rows = ask_database(postgres_server, f"SELECT count(*) FROM trial_rows WHERE job_id = '{job_id}'")
        uploads = ask_database(postgres_server, f"SELECT count(*) FROM uploads WHERE id = '{upload_id}'")
        return rows[0][0], uploads[0][0], len(list(folder.rglob(f"{key}*")))

    return look


def key_of(server, upload_id):
    """Return the name of an upload's file."""
    return ask_database(server, f"SELECT storage_key FROM uploads WHERE id = '{upload_id}'")[0][0]


@pytest.fixture
def made(client, postgres_server):
    """A job that has read an upload: its id, the upload's, and the file's."""
    upload_id = upload(client, "one", "two")
    job_id = start(client, upload_id).json()["job_id"]
    wait_for_state(client, job_id, "succeeded")
    return job_id, upload_id, key_of(postgres_server, upload_id)


def test_an_erased_job_leaves_neither_rows_nor_files(client, made, left):
    assert left(*made) == (2, 1, 1)
    assert client.delete(f"{JOBS}/{made[0]}").status_code == 204
    assert left(*made) == (0, 0, 0)
    for path in (f"{STATUS}/{made[0]}", f"{RESULTS}/{made[0]}"):
        problem(client.get(path), 404, "not_found")


def test_an_expired_job_leaves_neither_rows_nor_files(client, postgres_server, made, left):
    ask_database(postgres_server, f"UPDATE jobs SET expires_at = now() WHERE id = '{made[0]}'")
    wait_for(lambda: client.get(f"{STATUS}/{made[0]}").status_code == 410, what="the job to expire")
    assert left(*made) == (0, 0, 0)


def test_a_file_stays_while_another_job_needs_it(client, made, left):
    other = start(client, made[1]).json()["job_id"]
    wait_for_state(client, other, "succeeded")
    client.delete(f"{JOBS}/{made[0]}")
    assert left(*made) == (0, 1, 1)
    client.delete(f"{JOBS}/{other}")
    assert left(*made) == (0, 0, 0)


def test_a_job_that_runs_keeps_its_file(client, postgres_server, left):
    job_id = started(client, *"abcdefgh", block=1, seconds=1)
    wait_for_state(client, job_id, "running")
    problem(client.delete(f"{JOBS}/{job_id}"), 409, "conflict")
    upload_id = ask_database(
        postgres_server, f"SELECT input->'upload_ids'->>0 FROM jobs WHERE id = '{job_id}'"
    )[0][0]
    assert left(job_id, upload_id, key_of(postgres_server, upload_id))[1:] == (1, 1)
    client.post(f"{JOBS}/{job_id}/cancel")


class PowerCut(BaseException):
    """What stops a process in the middle."""


def cut(_job):
    raise PowerCut


def test_an_erasure_cut_short_leaves_the_job_to_be_erased_again(new_app, client, made, left):
    deletion_hooks.register(new_app, cut)
    with new_app.test_request_context():
        new_app.preprocess_request()
        with pytest.raises(PowerCut):
            service.erase(made[0])
    db.session.remove()  # as the end of a process would
    assert left(*made)[1:] == (1, 0)  # the file is gone, and the row that names it is not
    assert client.delete(f"{JOBS}/{made[0]}").status_code == 204
    assert left(*made) == (0, 0, 0)


@pytest.mark.parametrize("fault", [Transient("away"), OSError("read-only")])
def test_a_storage_that_is_away_holds_up_no_other_expiry(new_app, made, fault):
    def refuse(job):
        if str(job.id) == made[0]:
            raise fault

    deletion_hooks.register(new_app, refuse)
    assert reaper._erased([app_job(made[0])]) == []


def app_job(job_id):
    """Return a job of this process's session."""
    return db.session.get_one(Job, job_id)
