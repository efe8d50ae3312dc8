"""Ask a stored data set: its DuckDB file is opened once and kept for a while; queries run beside the loop.

A query runs in one of two threads, so that the loop of a web process goes on; what finds too many
waiting is refused.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import duckdb
from flask import Flask, json
from gevent import monkey
from gevent.threadpool import ThreadPool
from sqlalchemy.dialects.postgresql import insert

from app.accidents.datasets import erasing, evidence, executor, service
from app.accidents.datasets.compiler import Statement, compile_query
from app.accidents.datasets.evidence import Table
from app.accidents.datasets.executor import Result
from app.accidents.datasets.models import DatasetEvidence
from app.accidents.datasets.profile import Profile
from app.accidents.datasets.query import Query
from app.accidents.datasets.recent import RecentRows
from app.extensions import OnePerProcess, db
from app.files.uploads.storage import Storage, storage
from app.http.errors import Gone, TooMany

THREADS = 2
MOST_WAITING = 64  # queries, and drawings, of one process
MOST_OPEN = 8  # data sets of one process
MOST_DRAWING = 2  # charts and maps of one process at once: what waits for the loop waits for so many

T = TypeVar("T")


@dataclass
class _Open:
    """An open data set and what closes it; `users` counts the queries that run over it."""

    connection: duckdb.DuckDBPyConnection
    stack: ExitStack
    users: int = 0


@dataclass
class Waiting:
    """How many of a kind wait or run in a process; more than may wait are refused."""

    kind: str
    amount: int = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Count one more while it waits and runs.

        Raises:
            TooMany: as much waits as may wait.

        """
        if self.amount >= MOST_WAITING:
            raise TooMany(f"{self.amount} {self.kind} wait already; try again shortly.", retry_after_s=1)
        self.amount += 1
        try:
            yield
        finally:
            self.amount -= 1


@dataclass
class Pool:
    """The open data sets of a process, and the threads that its queries run in."""

    threads: ThreadPool | None = None
    queries: Waiting = field(default_factory=partial(Waiting, "queries"))
    opened: OrderedDict[UUID, _Open] = field(default_factory=OrderedDict)
    recent: RecentRows = field(default_factory=RecentRows)
    lock: Any = field(default_factory=threading.Lock)
    drawers: Any = field(default_factory=partial(threading.Semaphore, MOST_DRAWING))
    drawings: Waiting = field(default_factory=partial(Waiting, "drawings"))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until few enough are drawn: twenty in flight would stand between a prediction and the loop.

        Raises:
            TooMany: as much waits as may wait.

        """
        with self.drawings.place(), self.drawers:
            yield

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Call what takes long in a thread, where there is a loop that it would stop.

        Raises:
            TooMany: as much waits as may wait.

        """
        if self.threads is None:
            return function(*arguments)
        with self.queries.place():
            return cast("T", self.threads.apply(function, arguments))

    def cursor(self, key: UUID) -> tuple[_Open, duckdb.DuckDBPyConnection]:
        """Return an open data set and a connection of its own for one query."""
        with self.lock:
            if key not in self.opened:
                self.opened[key] = self.call(_open, storage(), key)
            self.opened.move_to_end(key)
            opened = self.opened[key]
            opened.users += 1
            self._close_idle()
        return opened, opened.connection.cursor()

    def _close_idle(self) -> None:
        """Close what was not asked for longest; what is being asked stays."""
        for key in list(self.opened)[: max(0, len(self.opened) - MOST_OPEN)]:
            if not self.opened[key].users:
                gone = self.opened.pop(key)
                gone.stack.close()

    def forget(self, key: UUID) -> None:
        """Close a data set that is erased."""
        self.recent.forget(key)
        gone = self.opened.get(key)
        if gone is not None and not gone.users:
            del self.opened[key]
            gone.stack.close()


def _open(store: Storage, key: UUID) -> _Open:
    stack = ExitStack()
    path = stack.enter_context(store.opened(key))
    connection = stack.enter_context(executor.connect(path))
    return _Open(connection, stack)


def _make(_app: Flask) -> Pool:
    return Pool(ThreadPool(THREADS) if monkey.is_module_patched("socket") else None)


pool = OnePerProcess(_make)


def forget_tables(_dataset_id: UUID, keys: Sequence[UUID]) -> None:
    """Close the tables of a data set that is erased, and forget their rows."""
    for key in keys:
        pool().forget(key)


erasing.ERASED.append(forget_tables)


def table_of(dataset: service.VersionedDataset) -> Table:
    """Return a data set that is ready as what charts, maps and the chat ask."""
    key = dataset.version.database_key
    if key is None:
        raise Gone("The table of this data set is not there any more.")
    profile = Profile.load(dataset.version.profile or {})
    return Table(profile, partial(run, key, profile), str(dataset.dataset.id), dataset.version.version)


def run(key: UUID, profile: Profile, query: Query) -> Result:
    """Answer a query over a stored data set.

    Raises:
        BadQuery, UnknownColumn: it does not fit.
        QueryTimeout: it takes too long.
        TooMany: as many queries wait as may.

    """
    statement = compile_query(query, profile)
    began = time.perf_counter()
    mine = pool()
    db.session.rollback()  # no connection is held while the query waits and runs
    asked = statement.sql, tuple(statement.parameters)
    rows = mine.recent.get((key, asked), partial(_fetch, mine, key, statement))
    return executor.result_of(query, profile, statement, rows, (time.perf_counter() - began) * 1000)


def _fetch(mine: Pool, key: UUID, statement: Statement) -> list[tuple[Any, ...]]:
    """Return a statement's rows, run in one of the threads."""
    opened, cursor = mine.cursor(key)
    try:
        return mine.call(executor.fetch, cursor, statement)
    finally:
        opened.users -= 1
        cursor.close()


def ask(table: Table, query: Query, *, tool: str = "query") -> dict[str, Any]:
    """Answer a query over a stored data set with evidence, which is kept and has an id."""
    document = evidence.present(table, query, table.run(query), tool=tool)
    return {"id": str(keep(document)), **document}


def keep(document: Mapping[str, Any]) -> UUID:
    """Store evidence and return its id: the same query of the same version has the same one."""
    named = [document["dataset_id"], document["version"], document["tool"], document["arguments"]]
    identity = uuid5(NAMESPACE_URL, json.dumps(named, sort_keys=True))
    row = {
        "id": identity,
        "dataset_id": UUID(document["dataset_id"]),
        "version": document["version"],
        "evidence": dict(document),
    }
    db.session.execute(insert(DatasetEvidence).values(row).on_conflict_do_nothing())
    db.session.commit()
    return identity
