"""A loop beside the requests that fails is logged, counted and started again, and /readyz shows its age."""

from __future__ import annotations

import threading

from prometheus_client import REGISTRY

from app.jobs import loops
from app.jobs.event_stream import HEAR, LOOK, watcher
from app.jobs.realtime.client import FLUSH, LISTEN, realtime_client
from tests.stacks import ACCIDENT, wait_for


def failures(name):
    return REGISTRY.get_sample_value("assay_loop_failures_total", {"loop": name}) or 0.0


def test_a_loop_that_fails_is_logged_without_its_content_counted_and_begun_again(monkeypatch, capsys):
    monkeypatch.setattr(loops, "PAUSE_S", 0.0)
    begun, again = [], threading.Event()

    def work():
        begun.append(1)
        if len(begun) == 1:
            raise LookupError("somebody's text")
        again.set()
        threading.Event().wait()  # as a loop that goes on

    before = failures("trial")
    threading.Thread(target=loops.keep_running, args=("trial", work), daemon=True).start()
    assert again.wait(10)
    assert failures("trial") == before + 1
    assert "trial" in loops.ages_s()
    output = capsys.readouterr().out
    assert "loop_failed" in output
    assert "LookupError" in output
    assert "somebody's text" not in output


def test_each_loop_of_the_web_process_is_one_that_is_kept_running(new_app):
    for make in (realtime_client, watcher):
        make()
    wait_for(lambda: {FLUSH, LISTEN, HEAR, LOOK} <= loops.ages_s().keys())


def test_a_reply_that_breaks_the_listener_does_not_end_it(new_app, client):
    """Found by its class: whatever a message is, the next one is heard."""
    realtime = realtime_client()
    before = failures(LISTEN)
    real, broken = realtime._deliver, threading.Event()

    def deliver(data):
        realtime._deliver = real
        broken.set()
        raise KeyError(data)

    realtime._deliver = deliver
    new_app.extensions["assay_redis"].rpush(f"assay:reply:{realtime.name}", "anything")
    assert broken.wait(10)
    wait_for(lambda: failures(LISTEN) == before + 1)
    new_app.extensions["assay_redis"].rpush(f"assay:reply:{realtime.name}", "anything else")
    wait_for(lambda: new_app.extensions["assay_redis"].llen(f"assay:reply:{realtime.name}") == 0)


def test_readiness_shows_the_age_of_each_loop_and_is_red_for_one_that_hangs(app, client, monkeypatch):
    assert client.post("/api/predict/eclo", json=ACCIDENT).status_code == 200
    checks = client.get("/readyz").json()["checks"]
    assert checks[f"loop {FLUSH}"]["state"] == checks[f"loop {LISTEN}"]["state"] == "up"
    assert checks[f"loop {LISTEN}"]["detail"].startswith("turned ")
    realtime_client()
    wait_for(lambda: FLUSH in loops.ages_s())
    monkeypatch.setattr(loops, "STALE_S", -1.0)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"][f"loop {FLUSH}"]["state"] == "down"
