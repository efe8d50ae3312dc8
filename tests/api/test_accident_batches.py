"""Up to a hundred accidents at once, answered later, in their order."""

from __future__ import annotations

import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.stacks import ACCIDENT, wait_for, wait_for_state

PATH = "/api/predict/eclo/batch"


@contextmanager
def batch_lane_stopped(stack):
    """Let nothing leave the batch lane for a while."""
    workers = stack.of("batch")
    for worker in workers:
        worker.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            worker.signal(signal.SIGCONT)


@pytest.fixture(autouse=True)
def room(client):
    """Begin when what earlier tests left has been done: it counts against the cap of waiting items."""
    for state in ("received", "queued", "retrying"):
        wait_for(lambda state=state: not waiting(client, state), what=f"no job to be {state}")


def waiting(client, state):
    return client.get("/api/v1/jobs", params={"state": state, "system": "accidents"}).json()["jobs"]


def submit(client, items, **headers):
    return client.post(
        PATH,
        json={"items": items},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def done(client, accepted):
    """Return a batch's answer once it has ended."""
    assert accepted.status_code == 202, accepted.text
    wait_for_state(client, accepted.json()["batch_id"], "succeeded", "failed", "cancelled")
    return client.get(accepted.json()["results_url"]).json()


def test_a_batch_is_accepted_with_a_place_to_look(client):
    accepted = submit(client, [ACCIDENT])
    assert accepted.status_code == 202
    body = accepted.json()
    assert set(body) == {"batch_id", "status", "results_url", "estimated_completion_s"}
    assert body["status"] in {"pending", "processing"}
    assert (
        accepted.headers["Location"]
        == body["results_url"]
        == f"/api/predict/batch/{body['batch_id']}/results"
    )
    assert int(accepted.headers["Retry-After"]) > 0
    assert body["estimated_completion_s"] >= 0


@pytest.mark.parametrize("count", [1, 100])
def test_a_batch_is_answered_whole_and_in_order(client, count):
    items = [{**ACCIDENT, "accident_hour": number % 24} for number in range(count)]
    batch = done(client, submit(client, items))
    assert (batch["status"], batch["progress"], batch["processed"], batch["total"]) == (
        "success",
        1.0,
        count,
        count,
    )
    assert batch["estimated_completion_s"] == 0
    assert batch["error"] is None
    singles = {
        hour: client.post("/api/predict/eclo", json={**ACCIDENT, "accident_hour": hour}).json()
        for hour in range(min(count, 24))
    }
    for number, result in enumerate(batch["results"]):
        alone = singles[number % 24]
        assert set(result) == set(alone)
        for name in ("eclo", "typical", "p_fatal", "interval", "components"):
            assert result[name] == pytest.approx(alone[name])
        assert (result["band"], result["detail"], result["warnings"]) == (
            alone["band"],
            alone["detail"],
            alone["warnings"],
        )
    assert len({result["prediction_id"] for result in batch["results"]}) == count


def test_each_item_says_for_itself_whether_to_explain(client):
    batch = done(
        client, submit(client, [ACCIDENT, {**ACCIDENT, "explain": True}, {**ACCIDENT, "explain": False}])
    )
    assert ["contributions" in result for result in batch["results"]] == [False, True, False]


def test_results_are_in_the_language_that_is_asked_for(client):
    accepted = submit(client, [ACCIDENT])
    done(client, accepted)
    shown = client.get(accepted.json()["results_url"], headers={"Accept-Language": "en"}).json()
    assert shown["results"][0]["detail"].isascii()


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ([ACCIDENT] * 101, "items"),
        (None, "items"),
        ({}, "items"),
        ("x", "items"),
        ([1], "items.0"),
        ([ACCIDENT, None], "items.1"),
        ([[]], "items.0"),
    ],
    ids=["none", "101", "null", "object", "text", "number", "null item", "array item"],
)
def test_what_is_no_list_of_one_to_a_hundred_accidents_is_refused(client, items, field):
    answer = submit(client, items)
    assert answer.status_code == 400
    assert {row["field"] for row in answer.json()["errors"]} == {field}


def test_a_bad_item_is_named_by_its_place_and_nothing_is_accepted(client):
    before = client.get("/api/v1/jobs?limit=1").json()["jobs"]
    items = [
        ACCIDENT,
        {**ACCIDENT, "weather": "달나라"},
        ACCIDENT,
        {**ACCIDENT, "accident_hour": 25, "colour": 1},
    ]
    answer = submit(client, items)
    assert answer.status_code == 400
    rows = {row["field"]: row for row in answer.json()["errors"]}
    assert set(rows) == {"items.1.weather", "items.3.accident_hour", "items.3.colour"}
    assert rows["items.1.weather"]["allowed"]
    assert client.get("/api/v1/jobs?limit=1").json()["jobs"][:1] == before[:1]


def test_other_members_than_items_are_refused(client):
    answer = client.post(PATH, json={"items": [ACCIDENT], "more": 1})
    assert answer.status_code == 400
    assert [row["field"] for row in answer.json()["errors"]] == ["more"]


def test_a_batch_goes_from_pending_to_success(running_stack, client):
    with batch_lane_stopped(running_stack):
        accepted = submit(client, [ACCIDENT] * 3)
        waiting = client.get(accepted.json()["results_url"]).json()
        assert (waiting["status"], waiting["results"], waiting["processed"], waiting["total"]) == (
            "pending",
            [],
            0,
            3,
        )
        assert waiting["estimated_completion_s"] >= 0, "items may take less than it is rounded to"
    assert done(client, accepted)["status"] == "success"


def test_a_cancelled_batch_says_so_and_has_no_results(running_stack, client):
    with batch_lane_stopped(running_stack):
        accepted = submit(client, [ACCIDENT] * 3)
        client.post(f"/api/v1/jobs/{accepted.json()['batch_id']}/cancel")
    batch = done(client, accepted)
    assert (batch["status"], batch["results"], batch["error"]["code"]) == ("failed", [], "cancelled")


def test_no_more_than_a_hundred_items_may_wait(running_stack, client):
    with batch_lane_stopped(running_stack):
        first = submit(client, [ACCIDENT] * 60)
        full = submit(client, [ACCIDENT] * 41)
        assert full.status_code == 429
        assert int(full.headers["Retry-After"]) > 0
        assert full.json()["code"] == "too_many"
        rest = submit(client, [ACCIDENT] * 40)
        assert rest.status_code == 202
        assert submit(client, [ACCIDENT]).status_code == 429
        assert client.post("/api/predict/eclo", json=ACCIDENT).status_code == 200, (
            "single answers have their own cap"
        )
    assert done(client, first)["status"] == done(client, rest)["status"] == "success"
    assert submit(client, [ACCIDENT] * 2).status_code == 202


def test_one_owners_waiting_items_do_not_keep_another_out(running_stack, alice, bob):
    with batch_lane_stopped(running_stack):
        kept = submit(alice, [ACCIDENT] * 100)
        assert submit(alice, [ACCIDENT] * 2).status_code == 429
        other = submit(bob, [ACCIDENT] * 2)
        assert other.status_code == 202
        for client, accepted in ((alice, kept), (bob, other)):
            assert client.post(f"/api/v1/jobs/{accepted.json()['batch_id']}/cancel").status_code == 202


def test_a_batch_that_was_refused_for_want_of_room_does_not_use_its_key_up(running_stack, client):
    key = str(uuid.uuid4())
    with batch_lane_stopped(running_stack):
        kept = submit(client, [ACCIDENT] * 100)
        assert submit(client, [ACCIDENT] * 2, Idempotency_Key=key).status_code == 429
        client.post(f"/api/v1/jobs/{kept.json()['batch_id']}/cancel")
    assert submit(client, [ACCIDENT] * 2, Idempotency_Key=key).status_code == 202


def test_cancelled_batches_cannot_all_be_tried_again_at_once(running_stack, client):
    with batch_lane_stopped(running_stack):
        batches = []
        for _ in range(2):
            batches.append(submit(client, [ACCIDENT] * 100).json()["batch_id"])
            assert client.post(f"/api/v1/jobs/{batches[-1]}/cancel").status_code == 202
        tried = [client.post(f"/api/v1/jobs/{batch_id}/retry") for batch_id in batches]
        assert [answer.status_code for answer in tried] == [202, 429]
        assert "cap of 100" in tried[1].json()["detail"]
        assert client.post(f"/api/v1/jobs/{batches[0]}/cancel").status_code == 202


def test_a_key_whose_request_is_refused_at_that_moment_is_never_a_fault_of_ours(running_stack, client):
    key = str(uuid.uuid4())
    with batch_lane_stopped(running_stack):
        kept = submit(client, [ACCIDENT] * 100)
        with ThreadPoolExecutor(8) as pool:
            tries = [pool.submit(submit, client, [ACCIDENT] * 2, Idempotency_Key=key) for _ in range(160)]
            assert {each.result().status_code for each in tries} == {409, 429}
        client.post(f"/api/v1/jobs/{kept.json()['batch_id']}/cancel")


def test_a_batch_sent_again_with_its_key_is_the_same_batch(client):
    key = str(uuid.uuid4())
    first, second = (
        submit(client, [ACCIDENT], Idempotency_Key=key),
        submit(client, [ACCIDENT], Idempotency_Key=key),
    )
    assert first.json()["batch_id"] == second.json()["batch_id"]
    assert submit(client, [ACCIDENT] * 2, Idempotency_Key=key).status_code == 422


def test_a_single_prediction_and_a_batch_may_have_the_same_key(client):
    key = str(uuid.uuid4())
    headers = {"Idempotency-Key": key}
    assert client.post("/api/predict/eclo", json=ACCIDENT, headers=headers).status_code == 200
    assert submit(client, [ACCIDENT], Idempotency_Key=key).status_code == 202


def test_progress_is_seen_while_a_batch_runs(client):
    accepted = submit(client, [ACCIDENT] * 100)
    states = set()

    def ended():
        shown = client.get(accepted.json()["results_url"]).json()
        states.add(shown["status"])
        assert 0 <= shown["progress"] <= 1
        assert shown["results"] == [] or len(shown["results"]) == 100, "all or nothing"
        return shown["status"] == "success"

    wait_for(ended, what="the batch")
    assert states <= {"pending", "processing", "success"}
