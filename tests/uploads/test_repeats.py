"""An upload that is sent again with its Idempotency-Key is kept once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.uploads.sending import CSV, ROOT, TUS, metadata


@pytest.fixture
def key():
    return {"Idempotency-Key": str(uuid4())}


def counted(client, answers):
    """Assert that the first made something and the others repeated it; return what it made."""
    first, *others = answers
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert "Idempotency-Replayed" not in first.headers
    assert {answer.headers["Idempotency-Replayed"] for answer in others} == {"true"}
    return first


def test_one_file_is_kept_once_for_a_key(client, key):
    def send(data=CSV):
        return client.post(f"{ROOT}/file", files={"file": ("a.csv", data)}, headers=key)

    answers = [send(), send()]
    first = counted(client, answers)
    assert answers[1].json() == first.json()
    other = send(b"n,text\n1,other\n")
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_refused_file_leaves_its_key_free(client, key):
    refused = client.post(f"{ROOT}/file", files={"file": ("a.csv", b"")}, headers=key)
    assert refused.status_code == 422
    assert client.post(f"{ROOT}/file", files={"file": ("a.csv", CSV)}, headers=key).status_code == 201


def test_many_files_are_kept_once_for_a_key_and_each_has_the_same_outcome(client, key):
    files = [("files", ("a.csv", CSV)), ("files", ("empty.csv", b"")), ("files", ("b.csv", CSV + b"9,x\n"))]
    answers = [client.post(f"{ROOT}/batch", files=files, headers=key) for _ in range(2)]
    counted(client, answers)
    assert answers[0].json() == answers[1].json()
    assert [each["problem"] is None for each in answers[0].json()["files"]] == [True, False, True]


def test_a_resumable_upload_is_begun_once_for_a_key(client, key):
    headers = {**TUS, **key, "Upload-Length": "1000", "Upload-Metadata": metadata(filename="a.csv")}
    answers = [client.post(f"{ROOT}/resumable", headers=headers) for _ in range(2)]
    first = counted(client, answers)
    assert answers[1].headers["Location"] == first.headers["Location"]
    longer = client.post(f"{ROOT}/resumable", headers={**headers, "Upload-Length": "1001"})
    assert longer.status_code == 422
