"""What Prometheus reads is true: it counts what happened, in all processes together."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

from tests.api.test_accident_batches import batch_lane_stopped
from tests.clients import job_of
from tests.stacks import ACCIDENT, wait_for, wait_for_state

LIST = {"method": "GET", "route": "/api/v1/jobs"}


def samples(client):
    """Return every sample of a scrape by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation for family in families)
    values = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in values, key
            values[key] = sample.value
    return values


def value(values, name, **labels):
    return values.get((name, frozenset(labels.items())), 0.0)


def test_requests_are_counted_by_route_and_status_over_all_processes(running_stack, client):
    before = samples(client)
    for _ in range(30):
        with running_stack.client() as fresh:  # a new connection, which either process may take
            fresh.get(LIST["route"])
    client.get(LIST["route"], params={"limit": 0})
    after = samples(client)
    grown = {
        status: value(after, "assay_requests_total", **LIST, status=status)
        - value(before, "assay_requests_total", **LIST, status=status)
        for status in ("200", "422")
    }
    assert grown == {"200": 30, "422": 1}
    timed = [value(values, "assay_request_seconds_count", route=LIST["route"]) for values in (before, after)]
    assert timed[1] - timed[0] == 31


def test_both_web_processes_count(running_stack):
    folder = next(running_stack.folder.glob("metrics-*"))
    pids = {re.search(r"_(\d+)\.db", path.name)[1] for path in folder.glob("counter_*.db")}
    assert len(pids) == 2


def test_two_scrapes_say_the_same_whichever_process_answers(running_stack):
    totals = set()
    for _ in range(6):
        with running_stack.client() as fresh:
            totals.add(value(samples(fresh), "assay_requests_total", **LIST, status="200"))
    assert len(totals) == 1


def test_ids_never_become_labels(client):
    for _ in range(3):
        client.get(f"/api/v1/jobs/{job_of(client.post('/trial/work', json={}))}")
        client.get("/nothing/at/all")
    routes = Counter(dict(labels).get("route") for _, labels in samples(client))
    assert not [route for route in routes if route and re.search(r"[0-9a-f]{8}-", route)]
    assert "/nothing/at/all" not in routes
    assert routes["unknown"]


def test_a_method_that_nobody_knows_is_no_label(client):
    before = samples(client)
    for word in ("PURGE", "BREW", "X" * 20):
        client.request(word, "/healthz")
    after = samples(client)
    labels = {"method": "other", "route": "unknown", "status": "405"}
    assert (
        value(after, "assay_requests_total", **labels) - value(before, "assay_requests_total", **labels) == 3
    )
    assert not {"PURGE", "BREW", "X" * 20} & {dict(labels).get("method") for _, labels in after}


def waiting(client):
    """Return how many jobs the batch lane holds, by state and by queue."""
    values = samples(client)
    return sum(
        value(values, "assay_jobs", lane="batch", state=state) for state in ("received", "queued", "running")
    )


def test_jobs_are_counted_by_lane_and_state_and_queues_by_depth(running_stack, client):
    wait_for(lambda: waiting(client) == 0, what="an empty lane")
    with batch_lane_stopped(running_stack):
        made = [job_of(client.post("/trial/work", json={})) for _ in range(3)]
        values = samples(client)
        assert value(values, "assay_jobs", lane="batch", state="queued") == 3
        waits = value(values, "assay_queue_depth", queue="batch-interactive")
        assert waits >= 2, "the stopped worker may hold one ticket"
    for job_id in made:
        wait_for_state(client, job_id, "succeeded")
    wait_for(lambda: waiting(client) == 0, what="an empty lane again")


def test_ended_jobs_and_the_models_work_are_counted(client):
    labels = {"lane": "realtime", "system": "accidents", "task": "severity"}
    before = samples(client)

    def grown(name, **more):
        return value(samples(client), name, **labels, **more) - value(before, name, **labels, **more)

    for _ in range(5):
        client.post("/api/predict/eclo", json=ACCIDENT)
    wait_for(lambda: grown("assay_jobs_ended_total", outcome="succeeded") == 5, what="five ended jobs")
    assert grown("assay_batch_size_sum") == 5
    assert 1 <= grown("assay_batch_size_count") == grown("assay_model_seconds_count") <= 5
    assert grown("assay_model_seconds_sum") > 0


def test_jobs_of_the_batch_lane_are_counted_and_timed(client):
    labels = {"lane": "batch", "system": "trial", "task": "work"}
    before = samples(client)

    def grown(name, **more):
        return value(samples(client), name, **labels, **more) - value(before, name, **labels, **more)

    client.post("/trial/work", json={"steps": 3, "seconds": 0.1})
    client.post("/trial/work", json={"do": "raise"})
    wait_for(lambda: grown("assay_jobs_ended_total", outcome="succeeded") == 1, what="a job that was done")
    wait_for(lambda: grown("assay_jobs_ended_total", outcome="error") == 1, what="a job that failed")
    assert grown("assay_model_seconds_count") == 1
    assert grown("assay_model_seconds_sum") >= 0.3


def test_a_histogram_is_cumulative_and_ends_in_its_count(client):
    client.post("/api/predict/eclo", json=ACCIDENT)
    values = samples(client)
    for name in ("assay_batch_size", "assay_model_seconds"):
        labels = {"lane": "realtime", "system": "accidents", "task": "severity"}
        buckets = [
            (float(dict(key[1])["le"]), amount)
            for key, amount in values.items()
            if key[0] == f"{name}_bucket" and labels.items() <= dict(key[1]).items()
        ]
        amounts = [amount for _, amount in sorted(buckets)]
        assert amounts == sorted(amounts)
        assert amounts[-1] == value(values, f"{name}_count", **labels)


def test_metrics_can_be_switched_off(new_app):
    new_app.config["SETTINGS"] = dataclasses.replace(new_app.config["SETTINGS"], metrics_enabled=False)
    assert new_app.test_client().get("/metrics").status_code == 404
