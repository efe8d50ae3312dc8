"""Writing and reading what was answered of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from app.personality.models import Impression, Overlay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def store_answers(session: Session, job_id: UUID, answers: Sequence[tuple[int, Any]]) -> None:
    """Insert the answers to a job's files, each with the file's number; an earlier attempt's go."""
    session.execute(delete(Impression).where(Impression.job_id == job_id))
    rows = [{"job_id": job_id, "file": number, "answer": answer} for number, answer in answers]
    session.execute(insert(Impression), rows)


def store_overlays(
    session: Session, job_id: UUID, overlays: Sequence[tuple[tuple[int, int, str], bytes]]
) -> None:
    """Insert overlays, each with its file, face and trait; an earlier attempt's go."""
    session.execute(delete(Overlay).where(Overlay.job_id == job_id))
    rows = [
        {"job_id": job_id, "file": file, "face": face, "trait": trait, "png": png}
        for (file, face, trait), png in overlays
    ]
    if rows:
        session.execute(insert(Overlay), rows)


def load_answers(session: Session, job_id: UUID) -> list[Any]:
    """Return the answers to a job's files, in order."""
    statement = select(Impression.answer).where(Impression.job_id == job_id).order_by(Impression.file)
    return list(session.scalars(statement))


def load_overlay(session: Session, job_id: UUID, place: tuple[int, int, str]) -> bytes | None:
    """Return one overlay by its file, face and trait, None where there is none."""
    return session.scalar(
        select(Overlay.png).where(
            Overlay.job_id == job_id,
            Overlay.file == place[0],
            Overlay.face == place[1],
            Overlay.trait == place[2],
        )
    )


def list_overlays(session: Session, job_id: UUID) -> list[tuple[int, int, str]]:
    """Return the places of a job's overlays: file, face and trait."""
    places = select(Overlay.file, Overlay.face, Overlay.trait).where(Overlay.job_id == job_id)
    rows = session.execute(places.order_by(Overlay.file, Overlay.face, Overlay.trait))
    return [(row.file, row.face, row.trait) for row in rows]


def count_rows(session: Session, job_id: UUID) -> dict[str, int]:
    """Return how many rows of each table a job has."""
    columns = {"impressions": Impression.job_id, "overlays": Overlay.job_id}
    return {
        name: session.scalar(select(func.count(column)).where(column == job_id)) or 0
        for name, column in columns.items()
    }
