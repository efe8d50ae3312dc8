"""Browsers may call from the origins that are named, and from no other."""

from __future__ import annotations

from stack.servers import free_port
from tests.clients import ORIGIN, opened

EXPOSED = {
    *("location", "retry-after", "link", "etag", "preference-applied", "cache-status", "x-request-id"),
    *("content-disposition", "www-authenticate", "upload-offset"),
}


def test_a_named_origin_may_call_and_no_other(alice):
    answer = alice.get("/api/v1/jobs", headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert set(answer.headers["Access-Control-Expose-Headers"].lower().split(", ")) >= EXPOSED
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for other in (ORIGIN + ".evil.example", "https://evil.example", "null", ORIGIN.replace("https", "http")):
        assert (
            "Access-Control-Allow-Origin" not in alice.get("/api/v1/jobs", headers={"Origin": other}).headers
        )


def test_a_named_origin_is_told_beforehand_what_it_may_send(anybody):
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, prefer",
    }
    answer = anybody.options("/api/predict/eclo", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key", "prefer"))


def test_an_answer_to_no_other_origin_names_none(anybody):
    for answer in (
        anybody.get("/healthz"),
        anybody.get("/healthz", headers={"Origin": "https://other.example"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert "Origin" in answer.headers["Vary"]


def test_the_dashboard_lets_no_other_origin_read(running_stack, keys):
    port = free_port()
    running_stack.start("dashboard", auth_mode="keys", dashboard_port=port, cors_origins=ORIGIN)
    with opened(f"http://127.0.0.1:{port}", keys, "/rq/").client("root", Origin=ORIGIN) as admin:
        for answer in (admin.get("/rq/"), admin.options("/rq/")):
            assert not [name for name in answer.headers if name.startswith("access-control-")]
