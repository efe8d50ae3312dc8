"""Every failure of every route is one kind of body, and says no more than it should."""

from __future__ import annotations

import json
import socket
import uuid
from http import HTTPStatus
from http.client import HTTPResponse

import pytest
from flask import abort

from tests.contract.problems import BODY, JSON, MEMBERS, POSTS, PROBLEM, ids_of, path_of, problem, rules
from tests.stacks import ACCIDENT


def test_a_path_that_there_is_none_of_is_a_404(client):
    for path in (
        "/nothing",
        "/api/v1/nothing",
        "/api/predict/eclo/not-an-id",
        "/docs/ui/none.js",
        "/%00",
        "/../etc/passwd",
    ):
        problem(client.get(path), 404, "not_found")


def test_each_route_refuses_the_methods_that_it_has_not(app, client):
    for rule in rules(app):
        path = path_of(rule)
        allowed = {method for other in rules(app) if other.rule == rule.rule for method in other.methods}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"} - allowed:
            answer = client.request(method, path)
            problem(answer, 405, "method_not_allowed")
            assert set(answer.headers["Allow"].split(", ")) == allowed


def test_an_id_that_there_is_none_of_is_a_404_on_each_route(app, client):
    asked = 0
    for rule in rules(app):
        for method in rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"} if ids_of(rule) else ():
            code = "01" if rule.rule.startswith("/api/v1/reviews/") else "not_found"  # its API's own
            status = 404
            if rule.rule.startswith("/jobs/"):  # who asks without a Directus token learns nothing
                status, code = 401, "unauthorized"
            problem(client.request(method, path_of(rule)), status, code)
            asked += 1
    assert asked >= 7


def test_an_id_that_is_none_is_a_404_on_each_route(app, client):
    for rule in rules(app):
        if ids_of(rule):
            path = path_of(rule).split("/")
            code = "01" if rule.rule.startswith("/api/v1/reviews/") else "not_found"  # its API's own
            for bad in ("1", "nil", "00000000-0000-0000-0000", "%F0%9F%92%A3", "x" * 1500):
                sent = "/".join(bad if len(part) == 36 else part for part in path)
                problem(client.get(sent), 404, code)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{]",
        b"nonsense",
        b"{'weather': 1}",
        b'{"explain": NaN}',
        b'{"explain": Infinity}',
        b'{"items": [-Infinity]}',
        b'{"weather": "\\ud800"',
        b'{"weather": 1, "weather": 2}',
        b'{"items": [{"weather": 1, "weather": 2}]}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"[" * 30 + b"]" * 30,
        b'{"items": ' + b"[" * 25 + b"]" * 25 + b"}",
        b'{"weather": "\xff\xfe"}',
        "{}".encode("utf-16"),
        b'{"accident_hour": ' + b"9" * 5000 + b"}",
        b'{"accident_hour": 1e999}',
        b'\xef\xbb\xbf{"weather": "}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_json_is_a_400(client, path, body):
    body_of_error = problem(client.post(path, content=body, headers=JSON), 400, "bad_request")
    assert body_of_error["errors"] == []


def test_a_whole_number_that_is_too_long_is_refused_in_our_words(client):
    body = b'{"accident_hour": ' + b"9" * 5000 + b"}"
    body_of_error = problem(client.post(POSTS[0], content=body, headers=JSON), 400, "bad_request")
    assert body_of_error["detail"] == "The body holds a whole number of 5000 digits; 300 are allowed."


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/xml"},
        {},
    ],
    ids=str,
)
def test_a_body_of_another_type_is_a_415(client, path, headers):
    problem(client.post(path, content=BODY.encode(), headers=headers), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/vnd.api+json"]
)
def test_a_body_of_any_json_type_is_read(client, kind):
    assert client.post(POSTS[0], content=BODY.encode(), headers={"Content-Type": kind}).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"])
def test_a_compressed_body_is_a_415(client, encoding):
    sent = {**JSON, "Content-Encoding": encoding}
    problem(client.post(POSTS[0], content=BODY.encode(), headers=sent), 415, "unsupported_media_type")


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_too_large_is_a_413(client, path):
    problem(client.post(path, content=b" " * 1_000_001, headers=JSON), 413, "too_large")


@pytest.mark.parametrize("blocks", [1, 20])
def test_a_body_that_does_not_say_how_long_it_is_is_a_411(client, blocks):
    chunks = iter([BODY.encode() + b" " * 100_000] * blocks)
    problem(client.post(POSTS[0], content=chunks, headers=JSON), 411, "length_required")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e3", "limit"),
        ("state=done", "state"),
        ("state=", "state"),
        ("system=", "system"),
        ("system=" + "x" * 65, "system"),
        ("system=%00", "system"),
        ("dead=perhaps", "dead"),
        ("cursor=1", "cursor"),
    ],
)
def test_a_query_that_is_not_acceptable_is_a_422_that_names_it(client, query, field):
    body = problem(client.get(f"/api/v1/jobs?{query}"), 422, "invalid_fields")
    assert [row["field"] for row in body["errors"]] == [field]


@pytest.mark.parametrize("value", ["ok", "A.b_c-9", "x" * 64, "6f1c3a52-8d5e-4b57-9a53-0c6d2f1b7e11"])
def test_a_harmless_request_id_is_kept(client, value):
    answer = client.get("/nothing", headers={"X-Request-ID": value})
    assert answer.headers["X-Request-ID"] == problem(answer, 404)["request_id"] == value


@pytest.mark.parametrize(
    "value", ["", "x" * 65, "a b", "a\tb", "<script>", "{}", "a\u00e9", "a/b", "$(id)", "%0d%0aX:1"]
)
def test_any_other_request_id_is_replaced(client, value):
    answer = client.get("/nothing", headers=[(b"X-Request-ID", value.encode("latin-1"))])
    request_id = problem(answer, 404)["request_id"]
    assert request_id != value
    assert uuid.UUID(request_id)


def test_a_line_break_in_a_header_reaches_no_answer(running_stack):
    with socket.create_connection(("127.0.0.1", running_stack.ports[0]), timeout=10) as sock:
        sock.sendall(
            b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\nSet-Cookie: b=1\r\nConnection: close\r\n\r\n"
        )
        received = b"".join(iter(lambda: sock.recv(65536), b""))
    assert b"set-cookie" not in received.partition(b"\r\n\r\n")[0].lower()


REFUSED_UNREAD = {
    "a line that is none": (b"nonsense\r\n\r\n", 400, "bad_request"),
    "another protocol": (b"GET / XTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad_request"),
    "a method with a NUL": (b"ge\x00t / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad_request"),
    "a header without a name": (b"GET / HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n", 400, "bad_request"),
    "two lengths": (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad_request"),
    "a long address": (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "uri_too_long"),
    "a long header": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        431,
        "request_header_fields_too_large",
    ),
    "many headers": (
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        431,
        "request_header_fields_too_large",
    ),
    "an unknown coding": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n",
        501,
        "not_implemented",
    ),
}


@pytest.mark.parametrize("what", REFUSED_UNREAD)
def test_what_never_reaches_a_route_is_refused_with_the_same_body(running_stack, what):
    sent, status, code = REFUSED_UNREAD[what]
    with socket.create_connection(("127.0.0.1", running_stack.ports[0]), timeout=10) as sock:
        sock.sendall(sent)
        answer = HTTPResponse(sock)
        answer.begin()
        body = json.loads(answer.read())
    assert answer.status == status, body
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(body) == MEMBERS
    assert (body["status"], body["code"], body["title"]) == (status, code, HTTPStatus(status).phrase)
    assert uuid.UUID(body["request_id"])
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["detail"]


def test_a_state_that_does_not_allow_it_is_a_409(client):
    done = client.post(POSTS[0], json=ACCIDENT).json()["prediction_id"]
    for act in ("cancel", "retry"):
        problem(client.post(f"/api/v1/jobs/{done}/{act}"), 409, "conflict")


def test_a_fault_of_ours_says_nothing_of_its_cause(new_app):
    @new_app.route("/broken")
    def broken():
        raise ValueError("secret-of-the-house")

    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = new_app.test_client().get("/broken")
    assert answer.status_code == 500
    assert answer.content_type == PROBLEM
    assert set(answer.json) == MEMBERS
    assert "secret-of-the-house" not in answer.text


def test_an_aborted_request_keeps_its_status(new_app):
    new_app.add_url_rule("/abort/<int:code>", "abort", abort)
    for status in (
        400,
        403,
        404,
        406,
        408,
        410,
        411,
        412,
        413,
        415,
        416,
        417,
        422,
        428,
        429,
        431,
        451,
        501,
        503,
    ):
        answer = new_app.test_client().get(f"/abort/{status}")
        assert (answer.status_code, answer.content_type) == (status, PROBLEM)
        assert set(answer.json) == MEMBERS


def test_every_answer_tells_its_request_id(client):
    paths = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/api/v1/jobs", "/nothing")
    ids = [client.get(path).headers["X-Request-ID"] for path in paths]
    assert all(uuid.UUID(value) for value in ids)
    assert len(set(ids)) == len(ids)
