"""An export of 1 GB through the API: sent in parts, cut twice, its progress seen; and cancelled."""

from __future__ import annotations

import socket
from uuid import uuid4

import pytest

from bench.mood.generate import days_of, write
from tests.stacks import job, wait_for, wait_for_state
from tests.uploads.sending import BODY, TUS, begin, offset, request_head

MEGABYTES = 1000
BLOCK = 1 << 20
WAIT_S = 900  # on a busy machine

pytestmark = pytest.mark.slow("makes, sends and reads 1 GB")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An export of 1 GB on disk."""
    path = tmp_path_factory.mktemp("large") / "export.xml"
    write(path, MEGABYTES)
    yield path
    path.unlink()


def blocks(path, begin_at, end):
    """Yield a part of a file in blocks."""
    with path.open("rb") as stream:
        stream.seek(begin_at)
        while (left := end - stream.tell()) > 0:
            yield stream.read(min(left, BLOCK))


def cut(stack, upload, path, begin_at, end):
    """Promise the rest of a file, send a part of it, and hang up."""
    promised = path.stat().st_size - begin_at
    head = request_head(
        "PATCH", upload, promised, Tus_Resumable="1.0.0", Upload_Offset=str(begin_at), Content_Type=BODY
    )
    with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=60) as line:
        line.sendall(head)
        for block in blocks(path, begin_at, end):
            line.sendall(block)


def sent(stack, client, path, *, cuts=()):
    """Upload a file, cut at some bytes, and return its id."""
    size = path.stat().st_size
    upload = begin(client, size, filename=path.name, system="mood")
    for end in cuts:
        cut(stack, upload, path, offset(client, upload), end)
        wait_for(lambda end=end: offset(client, upload) == end, timeout_s=60, what=f"{end} bytes")
    at = offset(client, upload)
    headers = {**TUS, "Upload-Offset": str(at), "Content-Type": BODY, "Content-Length": str(size - at)}
    answer = client.patch(upload, content=blocks(path, at, size), headers=headers, timeout=WAIT_S)
    assert answer.headers["Upload-Offset"] == str(size), answer.text
    return upload.rpartition("/")[2]


def started(client, upload_id):
    body = {"upload_id": upload_id, "options": {"subject": uuid4().hex}}
    answer = client.post("/api/v1/process/start", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def progress_of(client, job_id):
    """Return how much of a job is done, 0 to 1."""
    return job(client, job_id).get("progress") or 0


def test_a_gigabyte_that_was_cut_twice_is_read_whole(running_stack, client, large):
    size = large.stat().st_size
    job_id = started(client, sent(running_stack, client, large, cuts=(size // 3, size // 2 + 1)))
    wait_for(lambda: 0 < progress_of(client, job_id) < 1, timeout_s=WAIT_S, what="progress in the middle")
    wait_for_state(client, job_id, "succeeded", timeout_s=WAIT_S)
    result = client.get(f"/api/v1/results/{job_id}", params={"limit": 1000}, timeout=60).json()
    reading = result["reading"]
    assert reading["records"] == reading["used"] > 2_000_000
    assert result["history"]["days"] == days_of(MEGABYTES)
    assert [row["sleep_minutes"] for row in result["rows"]] == [pytest.approx(460 + 40 / 60)] * len(
        result["rows"]
    )


def test_a_gigabyte_is_left_when_its_job_is_cancelled(running_stack, client, large):
    job_id = started(client, sent(running_stack, client, large))
    wait_for(lambda: progress_of(client, job_id) > 0, timeout_s=WAIT_S, what="progress")
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").status_code in {200, 202}
    ended = wait_for_state(client, job_id, "cancelled", timeout_s=WAIT_S)
    assert 0 < ended["progress"] < 1
    answer = client.get(f"/api/v1/results/{job_id}")
    assert answer.json().get("rows", []) == []
