"""The journal of runs: written before each change in Directus, so that any process can end what one began."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.documents.models import OPEN, DirectusBatch, DirectusRun

SEEDING, COMMITTED, DONE, UNDOING, UNDONE = "seeding", "committed", "done", "undoing", "undone"
LOCK_CLASS = 0x0D0C  # of PostgreSQL's advisory locks: ours for products
WAIT_S = 0.25


@dataclass(frozen=True)
class OpenRun:
    """A run that is not at its end."""

    run_id: UUID
    state: str


@dataclass(frozen=True)
class Journal:
    """The journal of one run; each entry is committed at once, from whichever thread."""

    engine: Engine
    run_id: UUID
    owner: str
    product_id: str
    _numbers: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def state(self) -> str | None:
        """Return where the run stands, None where it has not begun."""
        with Session(self.engine) as session:
            return session.scalar(select(DirectusRun.state).where(DirectusRun.run_id == self.run_id))

    def begin(self, keys: Iterable[str]) -> None:
        """Note that the run begins, and for which rows it stands; one that was undone begins anew."""
        state = {"state": SEEDING, "detail": None, "keys": sorted(keys), "changed_at": func.now()}
        own = {"run_id": self.run_id, "owner": self.owner, "product_id": self.product_id}
        statement = insert(DirectusRun).values(own | state)
        statement = statement.on_conflict_do_update(index_elements=["run_id"], set_=state)
        with Session(self.engine) as session:
            session.execute(statement)
            session.commit()

    def move(self, state: str, detail: str | None = None) -> None:
        """Note that the run is in another state."""
        statement = update(DirectusRun).where(DirectusRun.run_id == self.run_id)
        with Session(self.engine) as session:
            session.execute(statement.values(state=state, detail=detail, changed_at=func.now()))
            session.commit()

    def sends(self, collection: str, keys: Sequence[str], previous: Mapping[str, Any] | None = None) -> int:
        """Note a write that is about to be sent, and return its number."""
        with self._numbers, Session(self.engine) as session:
            mine = select(func.coalesce(func.max(DirectusBatch.number), 0) + 1)
            number = session.scalar(mine.where(DirectusBatch.run_id == self.run_id)) or 1
            row = DirectusBatch(
                run_id=self.run_id,
                number=number,
                collection=collection,
                keys=list(keys),
                previous=dict(previous or {}),
            )
            session.add(row)
            session.commit()
        return number

    def settled(self, number: int) -> None:
        """Note that a write was answered: it is done, or refused."""
        statement = update(DirectusBatch).where(
            DirectusBatch.run_id == self.run_id, DirectusBatch.number == number
        )
        with Session(self.engine) as session:
            session.execute(statement.values(is_settled=True))
            session.commit()

    def in_doubt(self, within_s: float) -> bool:
        """Say whether a write of the last seconds was never answered."""
        young = DirectusBatch.sent_at > func.now() - timedelta(seconds=within_s)
        mine = DirectusBatch.run_id == self.run_id, ~DirectusBatch.is_settled, young
        with Session(self.engine) as session:
            return bool(session.scalar(select(func.count()).where(*mine)))

    def keys(self) -> list[str]:
        """Return the keys of the rows that the run stands for."""
        with Session(self.engine) as session:
            keys = session.scalar(select(DirectusRun.keys).where(DirectusRun.run_id == self.run_id))
        return list(keys or ())

    def previous(self) -> list[tuple[str, str, Any]]:
        """Return the fields that the run changed, as (collection, key, value before), the last first."""
        statement = (
            select(DirectusBatch.collection, DirectusBatch.previous)
            .where(DirectusBatch.run_id == self.run_id, DirectusBatch.previous != text("'{}'::jsonb"))
            .order_by(DirectusBatch.number.desc())
        )
        with Session(self.engine) as session:
            rows = session.execute(statement).all()
        return [(row.collection, key, value) for row in rows for key, value in row.previous.items()]

    def open_runs(self) -> list[OpenRun]:
        """Return the other runs of this product that are not at their end, oldest first."""
        statement = (
            select(DirectusRun.run_id, DirectusRun.state)
            .where(DirectusRun.product_id == self.product_id, DirectusRun.state.in_(OPEN))
            .where(DirectusRun.run_id != self.run_id)
            .order_by(DirectusRun.changed_at)
        )
        with Session(self.engine) as session:
            return [OpenRun(row.run_id, row.state) for row in session.execute(statement)]

    def of_run(self, run_id: UUID) -> Journal:
        """Return the journal of another run of the same product."""
        return Journal(self.engine, run_id, self.owner, self.product_id)


@contextmanager
def product_lock(engine: Engine, product_id: str, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the one place for work on a product; `waiting` is called while another run has it.

    The lock is of a connection of its own: it ends with the process that holds it, however that dies.
    """
    take = text("SELECT pg_try_advisory_lock(:kind, hashtext(:product))")
    named = {"kind": LOCK_CLASS, "product": product_id}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(take, named):
            waiting()
            time.sleep(WAIT_S)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:kind, hashtext(:product))"), named)
