"""Rows that are committed while their batch job still runs, so that a retry goes on behind them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import transitions
from workers.sdk.task import Superseded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.sdk.task import Run


@contextmanager
def checkpoint(
    run: Run, *, processed: int, total: int | None = None, stage: str | None = None
) -> Iterator[Session]:
    """Give a session whose rows are committed together with the progress that they are.

    The job's row is changed first, and only while it is this attempt's: an older
    attempt that comes back finds that it is not, and writes nothing; a newer one
    waits for the lock until these rows can be seen.

    Raises:
        Superseded: the job was taken away, or is being cancelled.

    """
    with Session(db.engine) as session:
        if not transitions.advance(session, run.fence, processed=processed, total=total, stage=stage):
            raise Superseded(str(run.job.id))
        yield session
        session.commit()
    transitions.announce(run.job.id)
