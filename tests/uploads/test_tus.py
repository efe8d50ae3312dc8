"""Uploads in parts by the tus protocol: whatever breaks, what is there in the end is what was sent."""

from __future__ import annotations

import base64
import hashlib
import signal
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import ask
from tests.stacks import wait_for
from tests.uploads.sending import (
    BODY,
    CSV,
    ROOT,
    TUS,
    archive,
    begin,
    files_of,
    hang_up,
    metadata,
    offset,
    patch,
    path_of,
    request_head,
    sha256,
    shown,
)
from tests.uploads.systems import MOST_BYTES

DATA = archive(700_001, seed=7)
BLOCK = 128 << 10
UPLOADS = f"{ROOT}/resumable"


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.json()["status"] == status
    return answer


def finished(client, path, data):
    """Assert that an upload is all there and what was sent."""
    upload = shown(client, path)
    assert (upload["status"], upload["sha256"], upload["size"]) == ("uploaded", sha256(data), len(data))
    assert offset(client, path) == len(data)
    return upload


def break_off(stack, path, at, data, promised):
    """Promise some bytes of an upload, send fewer, and close the line."""
    head = request_head(
        "PATCH", path, promised, Tus_Resumable="1.0.0", Upload_Offset=str(at), Content_Type=BODY
    )
    hang_up(stack, head, data)


def test_the_server_says_what_it_speaks(client):
    answer = client.options(UPLOADS)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "termination",
        "expiration",
        "checksum",
    }
    assert answer.headers["Tus-Max-Size"] == str(MOST_BYTES)
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"]


def test_an_upload_in_one_part(stack, client):
    path = begin(client, len(CSV), filename="리뷰.csv", system="sheets")
    assert offset(client, path) == 0
    answer = patch(client, path, 0, CSV)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(CSV)))
    upload = finished(client, path, CSV)
    assert (upload["name"], upload["system"], upload["detected"]) == ("리뷰.csv", "sheets", "text/csv")
    assert path_of(stack, upload["upload_id"]).read_bytes() == CSV
    assert client.head(path, headers=TUS).headers["Upload-Metadata"] == metadata(
        filename="리뷰.csv", system="sheets"
    )


@pytest.mark.parametrize(
    "at",
    [
        0,
        1,
        2,
        65_536,
        BLOCK - 1,
        BLOCK,
        BLOCK + 1,
        2 * BLOCK,
        5 * BLOCK,
        len(DATA) // 2,
        len(DATA) - 2,
        len(DATA) - 1,
    ],
)
def test_an_upload_that_breaks_off_anywhere_goes_on_from_there(stack, client, at):
    path = begin(client, len(DATA), system="archives")
    break_off(stack, path, 0, DATA[:at], len(DATA))
    wait_for(lambda: offset(client, path) == at, what=f"{at} bytes to be counted")
    assert patch(client, path, at, DATA[at:]).status_code == 204
    finished(client, path, DATA)


def by_post(client, method, path, data=b"", **headers):
    """Send a method under the name of POST, as who can send no other."""
    sent = {**TUS, "X-HTTP-Method-Override": method, **headers}
    return client.post(path, content=data, headers=sent)


def test_who_can_only_post_uploads_all_the_same(client):
    path = begin(client, len(DATA), system="archives")
    for at in (0, 300_000):
        here = by_post(client, "HEAD", path)
        assert (here.status_code, here.headers["Upload-Offset"], here.content) == (200, str(at), b"")
        assert here.headers["Upload-Length"] == str(len(DATA))
        sent = {"Upload-Offset": str(at), "Content-Type": BODY}
        answer = by_post(client, "patch", path, DATA[at : at + 300_000 if not at else None], **sent)
        assert answer.status_code == 204
    assert answer.headers["Upload-Offset"] == str(len(DATA))
    finished(client, path, DATA)
    assert by_post(client, "DELETE", path).status_code == 204
    assert client.head(path, headers=TUS).status_code == 404


def test_a_method_named_in_a_post_fails_as_it_would_itself(client):
    path = begin(client, 10)
    refused(by_post(client, "PATCH", path, b"x", **{"Upload-Offset": "5", "Content-Type": BODY}), 409)
    refused(by_post(client, "PATCH", path, b"x", **{"Upload-Offset": "0"}), 415)
    refused(by_post(client, "HEAD", path, **{"Tus-Resumable": "0.9"}), 412)
    refused(by_post(client, "DELETE", f"{UPLOADS}/{uuid.uuid4()}"), 404)


@pytest.mark.parametrize("method", ["", "PUT", "POST", "GET"])
def test_a_post_that_names_none_of_the_methods_is_a_405(client, method):
    answer = refused(by_post(client, method, begin(client, 10)), 405)
    assert {"PATCH", "HEAD", "DELETE"} <= set(answer.headers["Allow"].split(", "))
    assert "X-HTTP-Method-Override" in answer.json()["detail"]


def test_an_upload_that_breaks_off_many_times(stack, client):
    path = begin(client, len(DATA), system="archives")
    here = 0
    for step in (1, 999, 131_072, 70_000, 262_145, 3):
        break_off(stack, path, here, DATA[here : here + step], len(DATA) - here)
        here += step
        wait_for(lambda: offset(client, path) == here, what=f"{here} bytes")  # noqa: B023
    assert patch(client, path, here, DATA[here:]).status_code == 204
    finished(client, path, DATA)


def test_bytes_beyond_what_was_counted_are_cut_off(stack, client):
    """Killed between the bytes and their count, a server has more in the file than it has promised."""
    path = begin(client, len(DATA), system="archives")
    patch(client, path, 0, DATA[:1000])
    part = next(p for p in files_of(stack)[1] if p.stat().st_size == 1000)
    part.write_bytes(DATA[:1000] + b"of a request that nobody counted")
    assert offset(client, path) == 1000
    patch(client, path, 1000, DATA[1000:])
    finished(client, path, DATA)


def test_a_part_that_was_lost_is_asked_for_again(stack, client):
    path = begin(client, len(DATA), system="archives")
    patch(client, path, 0, DATA[:1000])
    part = next(p for p in files_of(stack)[1] if p.stat().st_size == 1000)
    part.write_bytes(DATA[:400])
    assert offset(client, path) == 400
    part.unlink()
    assert offset(client, path) == 0
    patch(client, path, 0, DATA)
    finished(client, path, DATA)


def test_a_server_killed_while_it_receives_keeps_what_it_counted(stack, client):
    data = archive(40_000_000, seed=1)
    path = begin(client, len(data), system="archives")
    head = request_head("PATCH", path, len(data), Tus_Resumable="1.0.0", Upload_Offset="0", Content_Type=BODY)
    web = stack.of("web")[0]
    with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=30) as line:
        line.sendall(head + data[:20_000_000])
        wait_for(lambda: offset(client, path) > 0, what="a checkpoint")
        import psutil

        workers = psutil.Process(web.pid).children()
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        psutil.wait_procs(workers)
    stack.ready_to_answer()
    with stack.client() as again:
        here = wait_for(lambda: offset(again, path))
        assert 16 << 20 <= here <= 20_000_000
        assert patch(again, path, here, data[here:]).status_code == 204
        finished(again, path, data)


def test_of_many_requests_at_once_one_writes(stack):
    """Over both web processes: the others are refused, and nothing is mixed."""
    with stack.client() as client:
        path = begin(client, len(DATA), system="archives")

    def write(number):
        with stack.client() as own:
            return patch(own, path, 0, DATA if number % 2 else DATA[: len(DATA) // 2]).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(write, range(12)))
    assert 204 in statuses
    assert set(statuses) <= {204, 409, 423}
    with stack.client() as client:
        here = offset(client, path)
        if here < len(DATA):
            assert patch(client, path, here, DATA[here:]).status_code == 204
        finished(client, path, DATA)


def test_a_client_that_comes_back_takes_its_upload_over(stack, client):
    """Its old connection is dead and nobody has told the server: HEAD and PATCH do not wait for that."""
    path = begin(client, len(DATA), system="archives")
    for way in ("HEAD", "PATCH"):
        at = offset(client, path)
        head = request_head(
            "PATCH", path, len(DATA) - at, Tus_Resumable="1.0.0", Upload_Offset=str(at), Content_Type=BODY
        )
        with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=10) as line:
            line.sendall(head + DATA[at : at + 300_000])
            wait_for(lambda at=at: any(p.stat().st_size > at for p in files_of(stack)[1]))
            if way == "HEAD":
                here = offset(client, path)
                assert at < here <= at + 300_000
            else:
                assert patch(client, path, at, b"").status_code == 409
                here = offset(client, path)
        assert here > at
    assert patch(client, path, here, DATA[here:]).status_code == 204
    finished(client, path, DATA)


def test_an_upload_is_given_up(stack, client, same_files):
    path = begin(client, len(DATA), system="archives")
    patch(client, path, 0, DATA[:1000])
    assert client.delete(path, headers=TUS).status_code == 204
    assert client.head(path, headers=TUS).status_code == 404
    refused(patch(client, path, 1000, DATA[1000:]), 404)
    refused(client.delete(path, headers=TUS), 404)


def test_an_upload_erased_while_it_comes_leaves_nothing(stack, client, same_files):
    path = begin(client, len(DATA), system="archives")
    head = request_head("PATCH", path, len(DATA), Tus_Resumable="1.0.0", Upload_Offset="0", Content_Type=BODY)
    with socket.create_connection(("127.0.0.1", stack.ports[0]), timeout=10) as line:
        line.sendall(head + DATA[:300_000])
        wait_for(lambda: any(p.stat().st_size for p in files_of(stack)[1]))
        assert client.delete(path, headers=TUS).status_code == 204
        line.sendall(DATA[300_000:])
        assert line.recv(100)[9:12] in {b"404", b"409"}


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_a_checksum_is_held_against_the_bytes(client, algorithm):
    path = begin(client, len(CSV), system="sheets")

    def checksum_of(data):
        return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"

    half = len(CSV) // 2
    assert (
        patch(client, path, 0, CSV[:half], **{"Upload-Checksum": checksum_of(CSV[:half])}).status_code == 204
    )
    wrong = patch(client, path, half, CSV[half:], **{"Upload-Checksum": checksum_of(b"other")})
    assert refused(wrong, 460).json()["title"] == "Checksum Mismatch"
    assert offset(client, path) == half
    assert (
        patch(client, path, half, CSV[half:], **{"Upload-Checksum": checksum_of(CSV[half:])}).status_code
        == 204
    )
    finished(client, path, CSV)


def test_bytes_with_a_checksum_count_all_or_none(stack, client):
    path = begin(client, len(DATA), system="archives")
    digest = base64.b64encode(hashlib.sha1(DATA).digest()).decode()
    head = request_head(
        "PATCH",
        path,
        len(DATA),
        Tus_Resumable="1.0.0",
        Upload_Offset="0",
        Content_Type=BODY,
        Upload_Checksum=f"sha1 {digest}",
    )
    hang_up(stack, head, DATA[:500_000])
    assert offset(client, path) == 0
    patch(client, path, 0, DATA)
    finished(client, path, DATA)


def test_another_version_is_a_412(client):
    path = begin(client, 10, system="sheets")
    for version in ("0.2.2", "", "1.0.1"):
        answer = client.post(UPLOADS, headers={"Tus-Resumable": version, "Upload-Length": "3"})
        assert refused(answer, 412).headers["Tus-Version"] == "1.0.0"
        refused(patch(client, path, 0, b"x", **{"Tus-Resumable": version}), 412)
        refused(client.delete(path, headers={"Tus-Resumable": version}), 412)
    assert client.head(path, headers={"Tus-Resumable": "2"}).status_code == 412


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "ten"}, 400),
        ({"Upload-Length": "9" * 16}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": str(MOST_BYTES + 1)}, 413),
        ({"Upload-Length": "1000001", "Upload-Metadata": metadata(system="sheets")}, 413),
        ({"Upload-Length": "1", "Upload-Metadata": metadata(system="nothing")}, 422),
        ({"Upload-Length": "1", "Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Length": "1", "Upload-Metadata": "a b c"}, 400),
    ],
    ids=str,
)
def test_an_upload_that_cannot_be_is_not_begun(client, headers, status):
    refused(client.post(UPLOADS, headers={**TUS, **headers}), status)


def test_a_patch_that_does_not_fit_is_refused(client):
    path = begin(client, 100, system="sheets")
    assert refused(patch(client, path, 5, b"x"), 409)
    assert refused(patch(client, path, 0, b"x" * 101), 413)
    assert refused(patch(client, path, "x", b"x"), 400)
    assert refused(patch(client, path, 0, b"x", **{"Content-Type": "text/csv"}), 415)
    assert refused(patch(client, path, 0, b"x", **{"Upload-Checksum": "crc32 AAAA"}), 400)
    assert refused(patch(client, path, 0, iter([b"x"])), 411)
    assert offset(client, path) == 0


def test_a_finished_upload_takes_no_more(client):
    path = begin(client, len(CSV), system="sheets")
    patch(client, path, 0, CSV)
    assert patch(client, path, len(CSV), b"").status_code == 204
    refused(patch(client, path, len(CSV), b"x"), 413)
    refused(patch(client, path, 0, CSV), 409)
    finished(client, path, CSV)


@pytest.mark.parametrize("first", [100, 70_000, 200_000])
def test_an_upload_of_another_kind_is_a_415_as_soon_as_it_shows(stack, client, same_files, first):
    data = b"\x00" * 200_000
    path = begin(client, len(data), system="archives")
    answer = patch(client, path, 0, data[:first])
    if first == 100:
        assert answer.status_code == 204
        answer = patch(client, path, first, data[first:])
    refused(answer, 415)
    assert client.head(path, headers=TUS).status_code == 404


def test_an_upload_that_waits_too_long_is_a_410(stack, client):
    path = begin(client, len(DATA), system="archives")
    upload_id = path.rpartition("/")[2]
    ask(stack.postgres, f"UPDATE uploads SET expires_at = now() WHERE id = '{upload_id}'")
    assert client.head(path, headers=TUS).status_code == 410
    refused(patch(client, path, 0, DATA), 410)
    assert client.get(f"{ROOT}/{upload_id}").status_code == 410
