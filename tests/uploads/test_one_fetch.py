"""An attempt at a job fetches each of its files from the bucket once, whichever system reads them."""

from __future__ import annotations

import io
import re
from collections import Counter
from threading import Thread

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import Job
from app.jobs.queue import fetch
from app.system import State
from tests.mood.exports import export, nights
from tests.stacks import wait_for
from tests.uploads.buckets import KEYS, make_bucket, server
from tests.uploads.test_storage import app_on
from workers.run import WORKER, perform

FETCHED = re.compile(r"GET (/files/\S+) HTTP")
POLICY = b"# G Household\n\n## G 1 Theft\n\nWe replace stolen goods up to CHF 8'000 per event.\n"


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), (128, 128, 128)).save(stream, "PNG")
    return stream.getvalue()


SENT = {
    "documents": ("policy.txt", POLICY, {}),
    "mood": ("export.xml", export(*nights(3)), {}),
    "personality": ("a.png", picture(), {"consent": True, "detect_face": False}),
    "reviews": ("reviews.csv", b"text\nI love this camera, it is wonderful.\nAwful.\n", {}),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The URL of a bucket's server, and the log of what it is asked."""
    folder = tmp_path_factory.mktemp("bucket")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in KEYS.items():
            patched.setenv(name, value)
        with server("moto", folder) as (url, _):
            make_bucket(url, "files")
            yield url, folder / "log"


@pytest.fixture
def bucket(store, app, monkeypatch, tmp_path):
    """A client of the application over a bucket."""
    monkeypatch.setenv(WORKER, "ours")
    with app_on(app, store[0], tmp_path) as client:
        yield client


@pytest.fixture
def fetched(store):
    """A function that returns how often each object was fetched since the test began, in numbers alone."""
    before = len(store[1].read_bytes())
    return lambda: sorted(Counter(FETCHED.findall(store[1].read_text()[before:])).values())


def attempt(client, system):
    """Make one attempt at the job whose turn it is, as the batch lane does; return the job, if there is one."""
    with client.application.app_context():
        with Session(db.engine) as session:
            job = fetch.claim(session, "ours", [system])
            session.commit()
            if job is None:
                return None
            job_id = job.id
        perform(str(job_id))
        with Session(db.engine) as session:
            return session.get(Job, job_id)


@pytest.mark.parametrize("system", SENT)
def test_each_file_of_an_attempt_is_fetched_once(bucket, fetched, system):
    name, content, options = SENT[system]
    files = [(io.BytesIO(content), f"{number}-{name}") for number in range(2)]
    batch = bucket.post("/api/v1/upload/batch", data={"files": files, "system": system})
    assert [each["problem"] for each in batch.json["files"]] == [None, None]
    wish = {"batch_id": batch.json["batch_id"], "system": system, "options": options}
    assert bucket.post("/api/v1/process/start", json=wish).status_code == 202
    job = attempt(bucket, system)
    assert (job.state, job.error_detail) == (State.SUCCEEDED, None)
    assert fetched() == [1, 1]


def test_a_data_set_is_fetched_once_to_be_read(bucket, fetched):
    table = "구,날,수\n중구,2018-01-01,3\n동구,2018-01-08,5\n".encode()
    answers = []

    def upload():
        sent = {"file": (io.BytesIO(table), "table.csv")}
        client = bucket.application.test_client()
        answers.append(client.post("/api/datasets/upload", data=sent).status_code)

    sender = Thread(target=upload)  # it waits for the table to be read
    sender.start()
    job = wait_for(lambda: attempt(bucket, "accidents"), what="the job")
    sender.join()
    assert (job.state, answers, fetched()) == (State.SUCCEEDED, [201], [1])
