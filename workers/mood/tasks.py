"""The tasks of the mood system: daily records at once, or a person's files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from app.http.errors import TaskError
from app.mood import service, storing
from workers.mood import documents
from workers.mood.analysis import read_history, scored, within
from workers.mood.building.history import Options
from workers.mood.building.zones import zone_of
from workers.mood.daily_records import history_of_records
from workers.mood.models import Models
from workers.mood.reading.errors import ExportError
from workers.mood.scoring import agreements
from workers.sdk.task import Answer, Document, Run, Stored, Work
from workers.sdk.weights import model_folder, read_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.orm import Session

    from workers.mood.building.history import Reading
    from workers.mood.days import History


def warm(version: str) -> None:
    """Load a version of the models and score nothing much with it."""
    scored(history_of_records([{"date": "2026-01-01", "steps": 1.0}]), {}, models=models(version))


@cache
def models(version: str) -> Models:
    """Return a version's models, checked against the card and read once per process."""
    folder = model_folder("mood", version)
    read_checked(folder)
    return Models.read(folder)


def answer_records(inputs: Sequence[Any], options: Document, version: str) -> list[Document]:
    """Return the rows of each question's daily records."""
    del options
    return [
        {"rows": scored(history_of_records(given["records"]), {}, models=models(version))} for given in inputs
    ]


def store_records(session: Session, entries: Sequence[Stored]) -> None:
    """Store the answers to daily records."""
    storing.store_answers(session, [(entry.job_id, entry.result) for entry in entries])


def fetch_records(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, Document]:
    """Return the answers stored for daily records."""
    return dict(storing.load_answers(session, job_ids))


def analyse_files(run: Run) -> None:
    """Read a person's files, add them to the history, and score each of their dates against all of it.

    Raises:
        TaskError: the files cannot be read, or hold nothing that can be used.
        Superseded: the job was taken away.

    """
    options = run.job.options
    with run.files() as files:
        history, reading = _read([file.path for file in files], options, _progress(run))
    run.progress(1, 1, stage="score")
    subject = storing.lock_subject(run.session, run.job.owner, options.get("subject") or run.job.owner)
    stored = storing.load_history(run.session, subject)
    kept, new = documents.apart(stored, documents.documents_of(history))
    merged = {day: documents.merged(kept.get(day), document) for day, document in new.items()}
    whole = {**kept, **merged}
    changed = {day: document for day, document in whole.items() if document is not stored.get(day)}
    storing.store_history(run.session, subject, changed)
    collected = documents.history_of(whole)
    scores = models(run.model_version)
    rows = within(scored(collected, options, models=scores), *_span(history, options))
    summary = _summary(rows, reading, collected)
    summary["agreement"] = [asdict(each) for each in agreements(collected, models=scores)]
    storing.store_rows(run.session, run.job.id, subject, rows, summary)


def _read(
    paths: Sequence[Path], options: Mapping[str, Any], progress: Callable[[int, int], None]
) -> tuple[History, Reading]:
    zone = _zone(options.get("timezone"))
    try:
        return read_history(paths, Options(tuple(options.get("sources", ())), zone), progress=progress)
    except ExportError as error:
        raise TaskError(error.detail, code=error.code) from error


def _zone(name: str | None) -> ZoneInfo | None:
    zone = zone_of(name) if name else None
    if name and zone is None:
        raise TaskError(f"There is no time zone {name!r}; one is Europe/Berlin.", code="unknown_timezone")
    return zone


def _progress(run: Run) -> Callable[[int, int], None]:
    """Return what tells how many bytes are read."""
    return lambda done, total: run.progress(done, total, stage="read")


def _span(history: History, options: Mapping[str, Any]) -> tuple[date, date]:
    """Return the first and the last date to show: those of the files, or fewer."""
    first, last = history.days[0].date, history.days[-1].date
    wanted = [
        date.fromisoformat(options[name]) if options.get(name) else None for name in ("date_from", "date_to")
    ]
    return max(first, wanted[0] or first), min(last, wanted[1] or last)


def _summary(rows: Sequence[Mapping[str, Any]], reading: Reading, history: History) -> dict[str, Any]:
    """Return the figures of a whole result."""
    cut = int(reading.truncated)
    coverage = {"total": len(rows) + cut, "done": len(rows), "failed": cut, "skipped": 0}
    return {
        "notice": service.NOTICE,
        "coverage": coverage,
        "reading": asdict(reading),
        "dates": [rows[0]["date"], rows[-1]["date"]] if rows else [],
        "days_with_sleep": sum(row["sleep_minutes"] is not None for row in rows),
        "days_with_risk": sum(row["depression_risk"] is not None for row in rows),
        "history": {"days": len(history.days), "nights": len({night.date for night in history.nights})},
        "months": documents.months(rows),
    }


TASKS: Mapping[str, Answer | Work] = {
    service.RECORDS: Answer(answer_records, store_records, fetch_records),
    service.FILES: Work(analyse_files),
}
