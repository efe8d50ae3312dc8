"""Two versions answer side by side, each its share, and every job says which one it was."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from app.model_versions import selection
from app.model_versions.selection import Share
from tests.stacks import job, wait_for, wait_for_state

LIVE = (Share("trial-0", 0.3), Share("trial-1", 0.7))


def echo(client, **input_):
    answer = client.post("/trial/echo", json={"input": input_})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_single_question_is_answered_by_the_version_of_its_id(client):
    answers = [echo(client, n=number) for number in range(60)]
    for answer in answers:
        chosen = selection.pick(LIVE, UUID(answer["id"]))
        assert answer["result"]["version"] == chosen
        assert job(client, answer["id"])["model_version"] == chosen
    assert set(Counter(answer["result"]["version"] for answer in answers)) == {"trial-0", "trial-1"}


def test_questions_that_wait_together_are_answered_each_by_its_own_version(stack, client):
    stack.have("web batch clock")
    asked = [
        client.post("/trial/echo", json={"input": {"n": n}}, headers={"Prefer": "respond-async"})
        for n in range(1000, 1030)  # not those above, whose answers are kept
    ]
    stack.have("web realtime batch clock")
    for answer in asked:
        done = wait_for_state(client, answer.json()["id"], "succeeded")
        assert done["model_version"] == selection.pick(LIVE, UUID(done["id"]))


def test_each_batch_job_is_done_by_the_version_of_its_id_also_when_it_is_tried_again(client):
    ids = [client.post("/trial/work", json={"do": "transient", "times": 1}).json()["id"] for _ in range(8)]
    done = [wait_for_state(client, job_id, "succeeded") for job_id in ids]
    assert all(len(each["attempts"]) == 2 for each in done)
    assert [each["model_version"] for each in done] == [selection.pick(LIVE, UUID(i)) for i in ids]


def test_readiness_names_the_versions_that_workers_have_loaded(client):
    checks = client.get("/readyz").json()["checks"]
    assert checks["model trial"]["detail"] == "trial-0, trial-1"
    assert checks["model accidents"]["detail"] == "2026.11"


@pytest.mark.slow("replaces the workers of both lanes")
def test_readiness_tells_what_workers_run_not_what_the_setting_says(stack, client):
    stack.have("web batch clock")
    stack.start("realtime", model_versions="trial=trial-1")
    stack.of("batch")[0].kill()
    stack.start("batch", model_versions="trial=trial-1")
    wait_for(lambda: detail(client) == "trial-1", what="the workers of one version to be seen alone")
    for process in (*stack.of("realtime"), *stack.of("batch")):
        process.kill()


def detail(client):
    return client.get("/readyz").json()["checks"]["model trial"]["detail"]
