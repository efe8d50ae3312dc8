"""`flask chat`: answer questions about a file, without a server, a database or a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.accidents.chat.answers.talk import Memory, answer
from app.accidents.chat.grammar.vocabulary import vocabulary
from app.accidents.datasets.evidence import ask
from workers.accidents.datasets.table import opened


def chat(path: Path, questions: Sequence[str]) -> None:
    """Print the answer to each question; those after the first may build on the one before."""
    memory = Memory()
    with opened(path) as table:
        words = vocabulary(table.profile, path.stem)
        for question in questions:
            said = answer(question, words, lambda query, tool: ask(table, query, tool=tool), memory)
            click.echo(said.content)
            memory = Memory(said.reading or memory.reading, said.open)
