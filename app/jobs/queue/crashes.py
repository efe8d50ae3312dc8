"""Crash counts of the realtime lane, in PostgreSQL: what Redis holds has no say in who is set aside.

A request that is answered alone is counted before it is begun, and the count taken back once its worker
has survived it: what ends the worker in between needs nobody who sees it. While PostgreSQL is away
nothing is begun alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs.models import CrashCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = structlog.get_logger()

LIFE = timedelta(hours=1)  # of a count; an envelope lives for a minute, its retries by hand a little longer


def record_abandoned(tickets: Sequence[str]) -> None:
    """Note the tickets that a worker died with: what is behind them is answered one request at a time."""
    rows = [{"id": UUID(ticket)} for ticket in sorted(set(tickets))]
    with Session(db.engine) as session:
        session.execute(insert(CrashCount).values(rows).on_conflict_do_nothing())
        session.commit()


def counts(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many workers each ticket or request has ended alone; 0 where one died in company.

    What no worker died with is not among them.
    """
    columns = select(CrashCount.id, CrashCount.crashes)
    with Session(db.engine) as session:
        rows = session.execute(columns.where(CrashCount.id.in_(list(ids)))).all()
    return {row.id: row.crashes for row in rows}


def begin(request_id: UUID, worker: str) -> None:
    """Count a request that a worker is about to answer alone."""
    values = {"crashes": CrashCount.crashes + 1, "worker": worker, "counted_at": func.now()}
    statement = insert(CrashCount).values(id=request_id, crashes=1, worker=worker)
    with Session(db.engine) as session:
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        session.commit()


def survive(worker: str) -> None:
    """Take back what is counted of a worker that lives, or that ends by its own hand.

    While PostgreSQL is away the count stays one too high; a request is set aside at the third.
    """
    values = {"crashes": CrashCount.crashes - 1, "worker": None}
    try:
        with Session(db.engine) as session:
            session.execute(update(CrashCount).where(CrashCount.worker == worker).values(values))
            session.commit()
    except SQLAlchemyError as error:
        log.warning("crash_count_kept", worker=worker, error=type(error).__name__)


def forget(session: Session, ids: Iterable[UUID]) -> None:
    """Delete the counts of tickets and requests, as part of the caller's transaction."""
    session.execute(delete(CrashCount).where(CrashCount.id.in_(list(ids))))


def forget_old(session: Session) -> None:
    """Delete the counts whose time is over, as part of the caller's transaction."""
    session.execute(delete(CrashCount).where(CrashCount.counted_at < func.now() - LIFE))
