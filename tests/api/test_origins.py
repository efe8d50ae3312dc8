"""A page elsewhere neither reads nor starts anything: hosts are named, and origins are held against them."""

from __future__ import annotations

import socket

import pytest

from app.config import Settings
from app.http.origins import is_trusted, name_of
from app.setting_values import SettingError
from tests.clients import opened
from tests.stacks import ACCIDENT, SECRET, wait_for


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil"]
)
def test_a_host_that_is_not_ours_is_refused(client, host):
    for path in ("/api/v1/jobs", "/docs", "/openapi.json", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (421, "misdirected")
        assert "TRUSTED_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:8000", "LOCALHOST.", "[::1]:8000"])
def test_the_names_of_this_machine_are_served(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_names_below_a_trusted_one_are_trusted_where_it_begins_with_a_dot():
    assert is_trusted("a.example.com", (".example.com",))
    assert not is_trusted("aexample.com", (".example.com",))
    assert not is_trusted("a.example.com", ("example.com",))
    assert name_of("Example.com:443") == "example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_elsewhere_starts_nothing(client, headers):
    before = len(client.get("/api/v1/jobs?limit=200").json()["jobs"])
    answer = client.post("/api/predict/eclo", json=ACCIDENT, headers={**headers, "Prefer": "respond-async"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert len(client.get("/api/v1/jobs?limit=200").json()["jobs"]) == before


def test_a_page_of_this_service_may_ask(client):
    origin = str(client.base_url).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/predict/eclo", json=ACCIDENT, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.com", "example.com", "https://a.example/path", "https://a.[b]"]
)
def test_only_an_exact_origin_can_be_named(origin):
    settings = Settings.of({"SECRET_KEY": SECRET, "AUTH_MODE": "keys", "CORS_ORIGINS": origin})
    with pytest.raises(SettingError, match="scheme://host"):
        settings.check_serving()


def test_no_origin_can_be_named_where_no_key_is_asked_for():
    settings = Settings.of({"SECRET_KEY": SECRET, "CORS_ORIGINS": "https://a.example"})
    with pytest.raises(SettingError, match="AUTH_MODE=keys"):
        settings.check_serving()


@pytest.mark.parametrize(
    ("variable", "url", "right"),
    [
        ("DATABASE_URL", "postgresql://assay@db.example/assay", False),
        ("DATABASE_URL", "postgresql://assay:word@db.example/assay", True),
        ("DATABASE_URL", "postgresql://assay@db.example/assay?sslmode=require", True),
        ("DATABASE_URL", "postgresql://localhost/assay", True),
        ("REDIS_URL", "redis://cache.example:6379/0", False),
        ("REDIS_URL", "rediss://cache.example:6379/0", True),
        ("REDIS_URL", "redis://:word@cache.example:6379/0", True),
    ],
)
def test_a_server_elsewhere_needs_a_password_or_tls(variable, url, right):
    settings = Settings.of({"SECRET_KEY": SECRET, variable: url})
    if right:
        settings.check_serving()
        return
    with pytest.raises(SettingError, match=variable):
        settings.check_serving()


def test_a_secret_of_one_character_is_none():
    with pytest.raises(SettingError, match="SECRET_KEY"):
        Settings.of({"SECRET_KEY": "x" * 64}).check_serving()


def test_a_body_that_drips_is_given_up(running_stack):
    web = running_stack.start("web", json_body_s="0.5", web_concurrency=1)
    opened(f"http://127.0.0.1:{web.port}", {}, "/healthz")
    head = "POST /api/predict/eclo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as line:
        line.sendall(head.encode())
        line.settimeout(0.2)
        answer = b""
        for _ in range(100):
            try:
                answer = line.recv(4096)
                break
            except TimeoutError:
                line.sendall(b" ")
        assert answer.startswith(b"HTTP/1.1 408")


def test_no_header_says_below_which_path_the_service_stands(running_stack):
    sent = "GET /elsewhere/healthz HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /elsewhere\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running_stack.ports[0]), timeout=30) as line:
        line.sendall(sent.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 404")


def test_a_header_without_its_colon_shows_no_key(running_stack, keys):
    sent = f"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization Bearer {keys['alice']}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running_stack.ports[0]), timeout=10) as line:
        line.sendall(sent.encode())
        assert keys["alice"].encode() not in line.recv(4096)
    webs = running_stack.of("web")
    wait_for(lambda: any("nvalid" in each.log.read_text() for each in webs), what="the refusal to be logged")
    assert not [
        each.kind
        for each in running_stack.processes
        if keys["alice"] in each.log.read_text("utf-8", "replace")
    ]
