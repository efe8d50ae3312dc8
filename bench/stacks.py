"""A stack of a bench's own: servers and processes, taken away at the end."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stack.postgres import postgres
from stack.valkey import valkey
from tests.stacks import Stack, run_stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def migrated() -> Iterator[Stack]:
    """Give a stack without processes over servers of its own, with its tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        with postgres(folder / "postgres", fsync=False) as database, valkey(folder / "valkey") as broker:
            stack = Stack(folder, database.url, broker.url)
            stack.migrate()
            yield stack


@contextmanager
def served(kinds: str, *, systems: str = "", **settings: object) -> Iterator[Stack]:
    """Give a stack whose processes of some kinds run, as soon as it answers."""
    with (
        migrated() as bare,
        run_stack(bare.folder, bare.postgres_url, bare.redis_url, kinds, served=systems, **settings) as stack,
    ):
        stack.ready_to_answer()
        yield stack
