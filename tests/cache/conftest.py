"""A stack that gives answers again, which the other tests' stacks do not."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
import redis
from uuid_utils.compat import uuid7

from tests.faults.conftest import (  # noqa: F401 - fixtures
    broker,
    client,
    database,
    module_stack,
    servers,
    stack,
    started_stack,
)
from tests.stacks import ACCIDENT, status_of, wait_for

PATH = "/api/predict/eclo"


@pytest.fixture(scope="module")
def served():
    return "accidents trial"


@pytest.fixture(scope="module")
def settings():
    return {"cache_ttl_s": 3600, "sweep_s": 0.2}


@pytest.fixture
def accident():
    """An accident that nobody has asked about before."""
    number = uuid4().int
    when = {"accident_hour": number % 24, "accident_day": 1 + number % 28, "accident_month": 1 + number % 12}
    return {
        **ACCIDENT,
        **when,
        "accident_year": 2007 + number % 17,
        "weather": ["맑음", "비", "눈"][number % 3],
    }


@pytest.fixture
def store(stack):
    """A client of the stack's Valkey."""
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as broker_client:
        yield broker_client


@pytest.fixture
def keys_url(stack):
    """A web process of the stack that asks for keys, and how to make one."""
    stack.start("web", auth_mode="keys")
    url = f"http://127.0.0.1:{stack.ports[-1]}"
    with stack.client() as probe:
        probe.base_url = url
        wait_for(lambda: status_of(probe, "/healthz") == 200)
    yield url
    stack.webs[-1].kill()


def key_of(stack, name):
    """Make a user's key."""
    return stack.make_keys(**{name: "user"})[name]


def ask(client, accident, **headers):
    """Ask for a severity and return the whole answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(PATH, json=accident, headers=named)
    assert answer.status_code == 200, answer.text
    return answer


def status(answer):
    """Return what an answer says of the cache."""
    return answer.headers.get("Cache-Status")


def ids(*answers):
    """Return the ids that answers carry."""
    return [json.loads(answer.content)["prediction_id"] for answer in answers]


@dataclass
class Inside:
    """The cache as a web process has it."""

    app: Any

    @contextmanager
    def request(self, **headers):
        """Act as if a request were being answered."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.app.test_request_context("/", headers=named):
            yield

    def question(self, **members):
        """Return a question to the trial system."""
        from app.jobs.queue.messages import Request

        members_of_it = {"owner": "local", "task": "echo", "input": {"n": 1}, "options": {}, **members}
        return Request(id=uuid7(), system="trial", request_id="", **members_of_it)

    def answered(self, question, **result):
        """Commit a question's job as a worker would, and return its outcome."""
        from app.extensions import db
        from app.jobs.models import Job
        from app.jobs.queue.messages import Outcome
        from app.model_versions import selection

        facts = {"owner": question.owner, "input": question.input, "options": question.options}
        job = Job(
            id=question.id,
            system="trial",
            task="echo",
            lane="realtime",
            state="succeeded",
            timeout_s=9,
            **facts,
        )
        db.session.add(job)
        db.session.commit()
        version = selection.choose("trial", question.id)
        return Outcome(question.id, "succeeded", result=result, model_version=version, finished_at="now")


@pytest.fixture
def inside(stack, monkeypatch):
    """Make the application in this process, with some settings of its own."""
    from app import create_app
    from app.config import Settings

    stack.lend_environment(monkeypatch)
    made = lambda **settings: Inside(create_app(replace(Settings.read(), **settings)))  # noqa: E731
    default = made()
    default.made = made
    return default
