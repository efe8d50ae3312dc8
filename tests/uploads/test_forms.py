"""Files come in by forms: whole, judged by their content, or not at all."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.uploads.sending import (
    CSV,
    ROOT,
    archive,
    files_of,
    form,
    hang_up,
    nothing_arrives,
    path_of,
    request_head,
    send,
    send_all,
    sha256,
)
from tests.uploads.systems import MOST_BYTES, SHEET_BYTES

MULTIPART = "multipart/form-data; boundary=cut"


def refused(answer, status, code=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code
    return answer.json()


def test_a_file_is_kept_byte_for_byte_and_shown_again(stack, client):
    before = files_of(stack)[1]
    answer = send(client, CSV, system="sheets")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["status"] == "uploaded"
    assert (body["sha256"], body["size"], body["detected"]) == (sha256(CSV), len(CSV), "text/csv")
    assert (body["name"], body["system"]) == ("a.csv", "sheets")
    assert client.get(answer.headers["Location"]).json() == body
    assert path_of(stack, body["upload_id"]).read_bytes() == CSV
    assert nothing_arrives(stack, before)


def test_twenty_files_at_once_are_each_their_own(stack, client):
    sent = [archive(1_000_000 + 7919 * n, seed=n) for n in range(20)]

    def upload(data):
        with stack.client() as own:
            return send(own, data, name=f"{len(data)}.zip")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(upload, sent))
    assert [a.status_code for a in answers] == [201] * 20
    assert [a.json()["sha256"] for a in answers] == [sha256(data) for data in sent]
    assert all(
        path_of(stack, a.json()["upload_id"]).read_bytes() == data
        for a, data in zip(answers, sent, strict=True)
    )


@pytest.mark.parametrize("size", [11, 131_071, 131_072, 131_073, 262_144, 3_000_001])
def test_a_file_of_any_length_and_any_bytes_comes_through(stack, client, size):
    data = archive(size, seed=size)
    data = (
        data[: size // 2] + b"\r\n--cu\r\n--cutter\r\n--\r\n--\r" + data[size // 2 :]
    )  # much like a boundary
    answer = client.post(f"{ROOT}/file", content=form(data), headers={"Content-Type": MULTIPART})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["sha256"], answer.json()["size"]) == (sha256(data), len(data))


def test_a_body_whose_header_says_too_much_is_refused_at_once(stack, same_files):
    head = request_head("POST", f"{ROOT}/file", MOST_BYTES * 2, Content_Type=MULTIPART)
    with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=10) as line:
        line.sendall(head)  # and nothing of the body
        assert b"HTTP/1.1 413" in line.recv(1000)


@pytest.mark.parametrize("first", [True, False])
def test_a_file_that_is_too_large_for_its_system_is_refused_by_its_bytes(client, same_files, first):
    field = b'--cut\r\nContent-Disposition: form-data; name="system"\r\n\r\nsheets\r\n'
    file = form(b"a,b\n" * (SHEET_BYTES // 4) + b"1,2\n")
    end = file.rindex(b"--cut--")
    body = field + file if first else file[:end] + field + file[end:]
    answer = client.post(f"{ROOT}/file", content=body, headers={"Content-Type": MULTIPART})
    assert f"{SHEET_BYTES:,}" in refused(answer, 413, "too_large")["detail"]


def test_a_file_of_exactly_the_largest_size_is_kept(client):
    assert send(client, b"a,b\n" * (SHEET_BYTES // 4), system="sheets").status_code == 201


def test_a_body_without_a_length_is_a_411(client, same_files):
    answer = client.post(f"{ROOT}/file", content=iter([form(CSV)]), headers={"Content-Type": MULTIPART})
    refused(answer, 411, "length_required")


@pytest.mark.parametrize(
    "kind", ["application/json", "text/csv", "multipart/form-data", "multipart/mixed; boundary=cut"]
)
def test_a_body_that_is_no_form_is_a_415(client, same_files, kind):
    refused(client.post(f"{ROOT}/file", content=form(CSV), headers={"Content-Type": kind}), 415)


def test_a_file_of_another_kind_is_a_415_that_names_both(client, same_files):
    refusal = refused(send(client, CSV, name="a.zip", system="archives"), 415, "unsupported_media_type")
    assert "text/csv" in refusal["detail"]
    assert "application/zip" in refusal["detail"]
    assert refusal["errors"][0]["allowed"] == ["application/zip"]


def test_a_file_that_is_no_text_is_refused_with_what_stands_where(client, same_files):
    refusal = refused(send(client, b"id,text\n1,a\0b\n", system="sheets"), 415)
    assert "1 of its first 14 bytes are control characters, the first is 0x00 at byte 11" in refusal["detail"]


def test_a_file_that_no_system_reads_is_a_415(client, same_files):
    refused(send(client, b"{\\rtf1 " + b"a" * 100), 415)


def test_an_empty_file_is_a_422(client, same_files):
    refused(send(client, b""), 422, "empty_file")


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({}, {"system": "sheets"}),
        ({"file": ("a", CSV)}, {"system": "nothing"}),
        ({"file": ("a", CSV)}, {"other": "1"}),
        ({"other": ("a", CSV)}, {}),
        ([("file", ("a", CSV)), ("file", ("b", CSV))], {}),
        ({"file": (None, CSV)}, {}),
    ],
    ids=["no file", "no such system", "other field", "other file", "two files", "no file name"],
)
def test_a_form_of_another_shape_is_a_422(client, same_files, files, fields):
    sent = files or {"system": (None, "sheets")}
    answer = client.post(f"{ROOT}/file", files=sent, data=fields if files else {})
    assert refused(answer, 422, "invalid_fields")["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        form(CSV)[:-10],
        form(CSV)[:40],
        b"--cut\r\nContent-Type: text/plain\r\n\r\nx\r\n--cut--\r\n",
        b'--cut\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--cut--\r\n',
    ],
    ids=["empty", "nonsense", "no end", "half a head", "no disposition", "no text"],
)
def test_a_broken_form_is_refused_and_leaves_nothing(client, same_files, body):
    answer = client.post(f"{ROOT}/file", content=body, headers={"Content-Type": MULTIPART})
    refused(answer, 400, "bad_request")


def test_a_form_of_endless_headers_or_parts_is_refused(client, same_files):
    head = b"--cut\r\nX: " + b"a" * 700_000
    refused(client.post(f"{ROOT}/file", content=head, headers={"Content-Type": MULTIPART}), 413)
    parts = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="system"\r\n\r\nsheets\r\n' for _ in range(60)
    )
    refused(client.post(f"{ROOT}/file", content=parts, headers={"Content-Type": MULTIPART}), 422)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_sender_that_hangs_up_leaves_no_file(stack, same_files, part):
    body = form(archive(2_000_000), name="a.zip")
    head = request_head("POST", f"{ROOT}/file", len(body), Content_Type=MULTIPART)
    hang_up(stack, head, body[: int(len(body) * part)])


def test_a_sender_that_hangs_up_in_a_batch_leaves_no_file(stack, same_files):
    one = form(CSV, field="files")
    body = one[: one.rindex(b"--cut--")] + form(archive(2_000_000), field="files")
    head = request_head("POST", f"{ROOT}/batch", len(body), Content_Type=MULTIPART)
    hang_up(stack, head, body[:1_000_000])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/a.csv", "a.csv"),
        ("..", ".."),
        ("리뷰 2024.csv", "리뷰 2024.csv"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x07\x1bb.csv", "ab.csv"),
        ("x" * 5000, "x" * 255),
        ("%2e%2e%2f.csv", "%2e%2e%2f.csv"),
        ("\U0001f600.csv", "\U0001f600.csv"),
        ("   ", "unnamed"),
        ("=cmd|' /C calc'!A0", "C calc'!A0"),
    ],
)
def test_a_name_is_shown_and_leads_nowhere(stack, client, name, expected):
    body = form(CSV, name="NAME").replace(b"NAME", name.encode().replace(b"\\", b"\\\\"))
    answer = client.post(f"{ROOT}/file", content=body, headers={"Content-Type": MULTIPART})
    assert answer.json()["name"] == expected, answer.text
    assert path_of(stack, answer.json()["upload_id"]).read_bytes() == CSV


def test_no_log_has_a_files_name_or_content(stack, client):
    send(client, b"secret-content,b\n1,2\n", name="secret-name.csv")
    send(client, b"", name="secret-name.csv")
    send(client, b"\x00secret-content", name="secret-name.csv")
    for process in stack.processes:
        assert "secret-" not in process.log.read_text()


def test_a_batch_keeps_what_is_good_and_says_what_is_not(stack, client):
    before = files_of(stack)[1]
    big = b"a,b\n" * (SHEET_BYTES // 4 + 1)
    files = [("a.csv", CSV), ("b.csv", b""), ("c.csv", b"\x00\x01"), ("d.csv", big), ("e.json", b'{"a": 1}')]
    answer = send_all(client, *files, system="sheets")
    assert answer.status_code == 201, answer.text
    rows = answer.json()["files"]
    assert [row["name"] for row in rows] == [name for name, _ in files]
    assert [(row["problem"] or {}).get("status") for row in rows] == [None, 422, 415, 413, None]
    assert rows[0]["upload"]["sha256"] == sha256(CSV)
    assert rows[4]["upload"]["detected"] == "application/json"
    assert nothing_arrives(stack, before)


def test_a_batch_with_nothing_good_is_a_422(client, same_files):
    refusal = refused(send_all(client, ("a", b""), ("b", b"\x00"), system="sheets"), 422)
    assert [row["field"] for row in refusal["errors"]] == ["files.0", "files.1"]


def test_a_batch_of_too_many_files_is_a_422(client, same_files):
    refused(send_all(client, *[(f"{n}", CSV) for n in range(51)]), 422)
    assert send_all(client).status_code in {400, 415, 422}


def test_a_database_that_is_away_leaves_no_file(stack, app, same_files, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from app.extensions import db

    def away():
        raise OperationalError("INSERT", {}, Exception("away"))

    monkeypatch.setattr(db.session, "commit", away)
    answer = app.test_client().post(f"{ROOT}/file", data=form(CSV), content_type=MULTIPART)
    assert answer.status_code == 503


def test_an_upload_is_erased_with_its_file(stack, client):
    upload_id = send(client, CSV).json()["upload_id"]
    path = path_of(stack, upload_id)
    assert path in files_of(stack)[0]
    assert client.delete(f"{ROOT}/{upload_id}").status_code == 204
    assert not path.exists()
    refused(client.get(f"{ROOT}/{upload_id}"), 404)
    refused(client.delete(f"{ROOT}/{upload_id}"), 404)
