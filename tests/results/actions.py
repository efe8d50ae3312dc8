"""What the tests of file jobs do again and again."""

from __future__ import annotations

from tests.stacks import wait_for_state
from tests.trial.files import HEAD

START, STATUS, CANCEL = ("/api/v1/process/" + act for act in ("start", "status", "cancel"))
RESULTS = "/api/v1/results"
FINAL = ("succeeded", "failed", "cancelled")


def content(*lines):
    """Return a file that the trial system reads."""
    return (HEAD + "".join(f"{line}\n" for line in lines)).encode()


def upload(client, *lines, **fields):
    """Upload a file of lines and return its id."""
    answer = client.post(
        "/api/v1/upload/file", files={"file": ("lines.ps", content(*lines))}, data=fields or None
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["upload_id"]


def upload_batch(client, *contents):
    """Upload files and return the batch's id."""
    files = [("files", (f"{n}.ps", each)) for n, each in enumerate(contents)]
    answer = client.post("/api/v1/upload/batch", files=files)
    assert answer.status_code == 201, answer.text
    return answer.json()["batch_id"]


def start(client, upload_id, headers=None, **options):
    """Start a job on an upload and return the answer."""
    return client.post(START, json={"upload_id": upload_id, "options": options}, headers=headers)


def started(client, *lines, **options):
    """Upload lines, start a job on them, and return its id."""
    answer = start(client, upload(client, *lines), **options)
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def ended(client, *lines, **options):
    """Return the id of a job on lines once it has ended."""
    job_id = started(client, *lines, **options)
    wait_for_state(client, job_id, *FINAL)
    return job_id


def status(client, job_id):
    """Return how far a job is."""
    answer = client.get(f"{STATUS}/{job_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def results(client, job_id, **query):
    """Return a page of a job's result."""
    answer = client.get(f"{RESULTS}/{job_id}", params=query)
    assert answer.status_code in {200, 202}, answer.text
    return answer.json()
