"""`flask chat`: answer questions about a file, without a server, a database or a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from app.accidents.chat.answers.talk import Memory, answer
from app.accidents.chat.grammar.vocabulary import vocabulary
from app.accidents.datasets.evidence import ask
from workers.accidents.datasets.table import opened
from workers.sdk.weights import live_folder


def chat(path: Path, questions: Sequence[str]) -> None:
    """Print the answer to each question; those after the first may build on the one before."""
    memory = Memory()
    with opened(path) as table:
        words = vocabulary(table.profile, path.stem)
        for question in questions:
            reply = answer(
                question, words, lambda query, tool: ask(table, query, tool=tool), memory, predict_severity
            )
            click.echo(reply.content)
            memory = reply.memory(memory)


def predict_severity(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the figures of an accident's severity, by the version that serves."""
    from workers.accidents.tasks import answer_severities  # noqa: PLC0415 - few questions need the model

    version = live_folder("accidents").name
    return dict(answer_severities([fields], {}, version)[0])
