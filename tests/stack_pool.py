"""Stacks for tests that break them, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from stack.postgres import postgres
from stack.valkey import valkey
from tests.servers import ask, client, passable_folder
from tests.stacks import Stack, run_stack, wait_for


@dataclass
class StackPool:
    """The stack of one module after the other: kept while the next one wants the same settings, else made anew."""

    folder: Path  # for the servers' data
    template: Path
    make_folder: Callable[[str], Path]  # for the processes' logs, which outlive a failed test
    last: Stack | None = None
    opened: ExitStack = field(default_factory=ExitStack)

    def of(self, settings: dict, served: str) -> Stack:
        """Return a stack with some settings and servers of its own, both with nothing in them.

        Its workers serve the systems named in `served`.
        """
        if self.last and (self.last.settings, self.last.served) == (settings, served):
            empty(self.last)
        else:
            self.close()
            self.last = self._open(settings, served)
        return self.last

    def close(self) -> None:
        """End the last stack and its servers."""
        self.opened.close()
        self.last = None

    def _open(self, settings: dict, served: str) -> Stack:
        folder = passable_folder(self.folder)
        enter = self.opened.enter_context
        database = enter(postgres(folder / "postgres", fsync=False, template=self.template))
        broker = enter(valkey(folder / "valkey"))
        stack = enter(
            run_stack(self.make_folder("stack"), database.url, broker.url, "", served=served, **settings)
        )
        stack.servers = database, broker
        return stack


def empty(stack: Stack) -> None:
    """Take all that tests have left in a stack, its processes running on."""
    database, broker = stack.servers
    for server in stack.servers:
        if not server.alive():
            server.start()
    for process in stack.processes:
        process.skip()
    wait_for(lambda: _truncated(database), what="the tables to be free")
    with client(broker) as asked:
        asked.flushall()


def _truncated(database) -> bool:
    tables = ask(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = ", ".join(name for (name,) in tables if name != "alembic_version")
    try:
        ask(database, f"TRUNCATE {names}")
    except psycopg2.errors.DeadlockDetected:
        return False
    return True
