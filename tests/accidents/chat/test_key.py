"""A caller's key to a language model lies nowhere, cached answers stay with their owner, a killed worker ends a message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest
import redis

from tests.accidents.chat import stub as stubs
from tests.accidents.chat.stub import text, tools
from tests.servers import client as broker_client
from tests.stacks import ROOT, status_of, wait_for

pytest.importorskip("langgraph")
pytestmark = pytest.mark.slow("a stack of its own, and a library of seconds in each answer")

CANARY = "sk-ant-api03-canary-7f3b1e5d9c-" + "z" * 40
TABLE = "구,날씨,n\n중구,비,3\n중구,맑음,4\n동구,비,5\n"
MODEL_KEY = "X-Anthropic-API-Key"


@pytest.fixture(scope="module")
def stub():
    with stubs.running() as model:
        yield model


@pytest.fixture(scope="module")
def stack(stack_pool, stub):
    """A stack whose workers ask the stub, whose web process asks for keys and keeps answers."""
    own = stack_pool.of(
        {
            "anthropic_base_url": stub.url,
            "cache_ttl_s": 3600,
            "auth_mode": "keys",
            "stale_s": 3,
            "wait_s": 60,
        },
        "accidents",
    )
    own.have("web realtime batch clock")
    own.ready()
    yield own
    stack_pool.close()


@pytest.fixture(scope="module")
def callers(stack):
    """Clients of two owners."""
    script = (
        "import json; from app import create_app; from app.auth.service import create_key\n"
        "with create_app().app_context(): print(json.dumps([create_key(n, role='user') for n in ('ann', 'ben')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=stack.environment(), capture_output=True, check=True
    )
    keys = json.loads(done.stdout.splitlines()[-1])
    made = [
        httpx.Client(base_url=stack.url, timeout=90, headers={"Authorization": f"Bearer {key}"})
        for key in keys
    ]
    yield made
    for each in made:
        each.close()


@pytest.fixture
def dataset(callers):
    answer = callers[0].post("/api/datasets/upload", files={"file": ("counts.csv", TABLE.encode())})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def say(client, message, dataset=None, *, wait=60, key=CANARY):
    headers = {"Prefer": f"wait={wait}", **({MODEL_KEY: key} if key else {})}
    body = {"message": message, "dataset_id": dataset}
    answer = client.post("/api/chat/message", json=body, headers=headers)
    if answer.status_code == 202 and wait:
        url = answer.headers["Location"]
        wait_for(lambda: status_of(client, url) != 202, timeout_s=90, what="the message's answer")
        answer = client.get(url)
    return answer


def stored(stack):
    """Return all that PostgreSQL holds in tables, and the names of its tables."""
    with psycopg2.connect(stack.postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows), names


def kept_in_redis(stack):
    """Return all keys and values of the broker, as bytes."""
    with redis.Redis.from_url(stack.redis_url) as asked:
        return b"\n".join(key + (asked.dump(key) or b"") for key in asked.keys("*"))


def test_the_key_reaches_the_model_and_lies_nowhere_else(stack, callers, dataset, stub):
    stub.answers(tools(("column_stats", {"column": "n"})), text("The sum is [[e1.0.4]]."))
    during = []
    stub.before = lambda: during.append((stored(stack)[0], kept_in_redis(stack)))
    answered = say(callers[0], "Sum of n, please?", dataset)
    stub.before = None
    assert answered.status_code == 200, answered.text
    assert "12" in answered.json()["content"]
    assert stub.keys[0] == CANARY  # it was used
    rows, names = stored(stack)
    assert {"jobs", "chat_messages"} <= set(names)
    logs = b"\n".join(process.log.read_bytes() for process in stack.processes)
    metrics = callers[0].get("/metrics").text
    assert during  # looked at while the model was asked, too
    for where in (rows, logs.decode("utf-8", "replace"), metrics, *(each[0] for each in during)):
        assert CANARY not in where
    data = Path(stack.servers[1].folder) if hasattr(stack.servers[1], "folder") else None
    files = [path.read_bytes() for path in data.rglob("*") if path.is_file()] if data else []
    for where in (kept_in_redis(stack), *(each[1] for each in during), *files):
        assert CANARY.encode() not in where


def test_a_refused_key_is_in_no_log_and_no_row(stack, callers, dataset, stub):
    bad = "not-a-key-of-anthropic-0123456789"
    refused = say(callers[0], "Mean of n, please?", dataset, key=bad)
    assert refused.status_code == 422, refused.text
    assert bad not in refused.text
    assert bad not in stored(stack)[0]
    assert all(bad.encode() not in process.log.read_bytes() for process in stack.processes)


def test_kept_answers_cross_neither_owner_nor_key_nor_version(callers, dataset, stub):
    ann, ben = callers
    other = ben.post("/api/datasets/upload", files={"file": ("counts.csv", TABLE.encode())}).json()["id"]
    assert say(ann, "n 합계는?", dataset, key=None).json()["cache_hit"] is False
    assert say(ann, "n 합계는?", dataset, key=None).json()["cache_hit"] is True
    assert say(ben, "n 합계는?", other, key=None).json()["cache_hit"] is False
    assert say(ben, "n 합계는?", dataset, key=None).status_code == 404
    for key, hit in ((CANARY, False), (CANARY, True), (CANARY + "x", False)):
        stub.answers(text("It is about districts."))
        assert say(ann, "What is it about?", dataset, key=key).json()["cache_hit"] is hit
    changed = ann.patch(f"/api/datasets/{dataset}", json={"columns": {"n": {"unit": "persons"}}})
    assert changed.status_code == 200, changed.text
    assert say(ann, "n 합계는?", dataset, key=None).json()["cache_hit"] is False


def test_an_answer_that_came_late_is_kept_too(callers, dataset, stub):
    stub.answers(text("It is about rain."))
    first = say(callers[0], "What is it about, please?", dataset, wait=0)
    assert first.status_code == 202, first.text
    url = first.headers["Location"]
    wait_for(lambda: status_of(callers[0], url) == 200, timeout_s=90, what="the message's answer")
    assert say(callers[0], "What is it about, please?", dataset).json()["cache_hit"] is True


def test_a_models_answer_is_streamed(callers, dataset, stub):
    stub.answers(text("It is about districts and rain."))
    body = {"message": "Say in short what it holds", "dataset_id": dataset}
    headers = {MODEL_KEY: CANARY, "Accept": "text/event-stream"}
    with callers[0].stream("POST", "/api/chat/message", json=body, headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = list(answer.iter_lines())
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert (names[0], names[1], names[-1]) == ("start", "delta", "done")
    assert json.loads(lines[-2].removeprefix("data: "))["content"] == "It is about districts and rain."


def test_kept_answers_go_with_their_data_set(stack, callers, dataset):
    say(callers[0], "n 평균은?", dataset, key=None)
    index = f"assay:chat:answers-of:{dataset}"
    with broker_client(stack.servers[1]) as asked:
        kept = list(asked.smembers(index))
        assert len(kept) == 1
        assert callers[0].delete(f"/api/datasets/{dataset}").status_code in {200, 204}
        assert not asked.exists(index, *kept)


def test_a_message_whose_worker_is_killed_fails_with_a_reason_or_is_answered(stack, callers, dataset, stub):
    asked = []

    def kill():
        """End the worker's child, which waits for the stub, as the kernel would."""
        stub.before = None
        asked.append(True)
        for process in stack.of("batch"):
            for child in psutil.Process(process.pid).children(recursive=True):
                os.kill(child.pid, signal.SIGKILL)

    stub.answers(text("never sent"), text("It is about districts."))
    stub.before = kill
    first = say(callers[0], "Which table is this?", dataset, wait=0)
    assert first.status_code == 202, first.text
    url = first.headers["Location"]
    wait_for(lambda: status_of(callers[0], url) != 202, timeout_s=60, what="the message's end")
    ended = callers[0].get(url)
    assert asked
    if ended.status_code == 200:
        assert ended.json()["content"]
    else:
        assert ended.status_code in {422, 503}
        assert "key" in ended.json()["detail"]  # it was read once, and is not kept
    history = callers[0].get(f"/api/chat/conversations/{first.json()['conversation_id']}").json()["history"]
    assert [(each["content"] is None) == bool(each["error"]) for each in history] == [True]
    assert stack.of("batch")
