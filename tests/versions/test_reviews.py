"""Two models of reviews side by side: single texts and files, and earlier answers of each."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.model_versions import selection
from app.model_versions.selection import Share
from tests.stacks import job, wait_for_state

PATH = "/api/v1/reviews/tasks"
LIVE = (Share("small", 0.5), Share("minilm", 0.5))
pytestmark = pytest.mark.slow("loads two models of reviews in both lanes of a stack of its own")


@pytest.fixture(scope="module")
def served():
    return "reviews trial"


@pytest.fixture(scope="module")
def settings():
    return {"model_versions": "reviews=small:50,minilm:50", "cache_ttl_s": 3600}


def judge(client, text, **headers):
    named = {"Prefer": "wait=10", **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = client.post(PATH, json={"text": text}, headers=named)
    assert answer.status_code == 200, answer.text
    return answer


def test_each_review_is_judged_by_the_version_of_its_id(client):
    by_version = {}
    for number in range(16):
        body = judge(client, f"The room number {number} was lovely, but the breakfast was cold.").json()
        chosen = selection.pick(LIVE, UUID(body["task_id"]))
        assert body["model_version"] == job(client, body["task_id"])["model_version"] == chosen
        by_version[chosen] = body["result"]
    assert set(by_version) == {"small", "minilm"}


def test_the_two_versions_are_two_models(client):
    results = {}
    while len(results) < 2:
        body = judge(client, "Not bad at all, though I expected more.", Cache_Control="no-cache").json()
        results[body["model_version"]] = body["result"]["positive"]
    assert results["small"] != results["minilm"]


def test_a_review_sent_again_has_one_earlier_answer_of_each_version(client):
    answers = [judge(client, "A fine place to stay, I would come back.") for _ in range(16)]
    bodies = [answer.json() for answer in answers]
    assert len({(body["task_id"], body["model_version"]) for body in bodies}) == 2
    hits = [answer.headers["Cache-Status"] for answer in answers].count("assay; hit")
    assert hits == 14
    assert client.get(f"{PATH}/{bodies[-1]['task_id']}").json()["result"] == bodies[-1]["result"]


def test_each_file_is_judged_by_the_version_of_its_id(client):
    data = b"review\nGreat food.\nNever again.\n"
    versions = set()
    for _ in range(16):
        sent = client.post(f"{PATH}/batch", files={"file": ("r.csv", data, "text/csv")})
        assert sent.status_code == 202, sent.text
        done = wait_for_state(client, sent.json()["task_id"], "succeeded")
        assert done["model_version"] == selection.pick(LIVE, UUID(done["id"]))
        versions.add(done["model_version"])
    assert versions == {"small", "minilm"}
