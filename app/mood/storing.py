"""Writing and reading what mood keeps: a job's rows, and a person's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from app.mood.columns import RISKS
from app.mood.models import MoodDay, MoodPrediction, MoodRecords, MoodSubject, MoodSummary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

STORED = ("date", *RISKS, "confidence")


def lock_subject(session: Session, owner: str, name: str) -> UUID:
    """Return a person's id, and let no other transaction change the history meanwhile."""
    values = {"id": uuid7(), "owner": owner, "name": name}
    session.execute(
        postgresql.insert(MoodSubject)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["owner", "name"])
    )
    wanted = select(MoodSubject.id).where(MoodSubject.owner == owner, MoodSubject.name == name)
    subject_id: UUID = session.execute(wanted.with_for_update()).scalar_one()
    return subject_id


def load_history(session: Session, subject_id: UUID) -> dict[date, Any]:
    """Return what is kept of a person, by date in order."""
    wanted = select(MoodDay.date, MoodDay.document).where(MoodDay.subject_id == subject_id)
    return {row[0]: row[1] for row in session.execute(wanted.order_by(MoodDay.date))}


def store_history(session: Session, subject_id: UUID, documents: Mapping[date, Any]) -> None:
    """Insert or replace what is kept of some dates."""
    rows = [
        {"subject_id": subject_id, "date": day, "document": document} for day, document in documents.items()
    ]
    if not rows:
        return
    statement = postgresql.insert(MoodDay)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["subject_id", "date"], set_={"document": statement.excluded.document}
        ),
        rows,
    )


def store_rows(
    session: Session, job_id: UUID, subject_id: UUID, rows: Sequence[Mapping[str, Any]], summary: Any
) -> None:
    """Replace the rows and the figures of a job."""
    for table in (MoodPrediction, MoodSummary):
        session.execute(delete(table).where(table.job_id == job_id))
    values = [
        {
            "job_id": job_id,
            "position": position,
            **{name: row[name] for name in STORED},
            "row": {name: value for name, value in row.items() if name not in STORED},
        }
        for position, row in enumerate(rows)
    ]
    if values:
        session.execute(insert(MoodPrediction), values)
    session.execute(insert(MoodSummary).values(job_id=job_id, subject_id=subject_id, summary=summary))


def store_answers(session: Session, answers: Sequence[tuple[UUID, Any]]) -> None:
    """Insert the answers to daily records."""
    session.execute(insert(MoodRecords), [{"job_id": job_id, "result": result} for job_id, result in answers])


def load_answers(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Return the answers to daily records that are stored."""
    wanted = select(MoodRecords.job_id, MoodRecords.result).where(MoodRecords.job_id.in_(job_ids))
    return {row[0]: row[1] for row in session.execute(wanted)}
