"""Browsers may call from the origins that are named, and from no other."""

from __future__ import annotations

from tests.doors import ORIGIN


def test_a_named_origin_may_call_and_no_other(alice):
    answer = alice.get("/api/v1/jobs", headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {"location", "x-request-id", "etag"} <= set(
        answer.headers["Access-Control-Expose-Headers"].lower().split(", ")
    )
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
