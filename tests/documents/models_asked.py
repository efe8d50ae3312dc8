"""A language model's stub, and wordings read with it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from stack.servers import free_port
from tests.documents.conftest import CASES, running
from workers.documents.analysis import analyse
from workers.documents.llm.budget import Budget
from workers.documents.llm.run import Listener
from workers.documents.llm.wire import Model, ModelConfig
from workers.documents.tree import walk


@pytest.fixture
def job_id(engine):
    """A job for what the model answers."""
    job_id = uuid7()
    row = "INSERT INTO jobs (id, owner, system, task, lane, state, input, timeout_s) VALUES (:id, :owner, 'documents', 'analysis', 'batch', 'running', '{}', 60)"
    with engine.begin() as connection:
        connection.execute(text(row), {"id": job_id, "owner": f"somebody-{job_id}"})
    return job_id


@pytest.fixture
def stub(tmp_path):
    """A model that answers what a case says."""

    @contextmanager
    def start(answers):
        port, log, answers_file = free_port(), tmp_path / "llm.jsonl", tmp_path / "answers.json"
        answers_file.write_text(json.dumps(answers))
        script = Path(__file__).parent / "llm_stub.py"
        with running(
            script, "--port", port, "--answers", answers_file, "--log", log, url=f"http://127.0.0.1:{port}"
        ) as url:
            yield url, lambda: [json.loads(line) for line in log.read_text().splitlines()]

    return start


def read(
    engine, job_id, url, wording, *, protocol="openai", budget=None, most_tokens=1000, owner=None, **options
):
    """Analyse a wording with a model, and return the result and what was spent."""
    budget = budget or Budget(10.0, 1.0, 1.0)
    with Model(ModelConfig(url, protocol, "stub", "key", 10.0)) as model:
        listener = Listener(
            model,
            engine,
            job_id,
            owner or f"somebody-{job_id}",
            options,
            budget,
            most_tokens,
            on_progress=lambda *_: None,
        )
        result = analyse(wording, extend=lambda items, reading: listener.extend(0, items, reading))
    return result, budget


def case(name):
    folder = CASES / name
    return json.loads((folder / "answers.json").read_text()), (folder / "wording.md").read_bytes()


def items_of(result):
    return [each for top in result.items for each in walk(top)]
