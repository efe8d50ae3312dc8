"""Ask for the risks of daily records, and see to the histories of persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, case, cast, delete, func, select

from app.auth.service import owner
from app.extensions import db
from app.http.errors import Conflict, NotFound
from app.jobs import service as jobs
from app.jobs.models import Job
from app.jobs.realtime import submit
from app.jobs.submission import JobRequest
from app.mood.models import MoodDay, MoodSubject
from app.mood.schemas import MoodRecordsSchema
from app.mood.storing import load_answers
from app.system import ACTIVE, WAITING, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from app.jobs.queue.messages import Outcome

NAME = "mood"
RECORDS, FILES = "records", "files"
FILE_BYTES = 1_100_000_000  # an export of 1 GB, and what an archive adds
KINDS = ("application/xml", "application/zip", "application/vnd.health-auto-export+json")
KINDS_IF_NAMED = ("application/json", "text/csv")  # reviews come as these too
NOTICE = (
    "This is not a diagnosis and no medical device: it shows how much sleep and activity differ from what is "
    "usual for this person. If you think of harming yourself, call your local emergency number now."
)


def predict(records: Mapping[str, Any], *, wait_s: float) -> Outcome | Job:
    """Return the risks of daily records, or their job when the wait runs out first.

    Raises:
        Unavailable: the realtime lane is away.
        TooMany: too many questions wait.

    """
    document = MoodRecordsSchema().dump(records)
    return submit.answer(JobRequest(NAME, RECORDS, document, {}), wait_s=wait_s)


def find(job_id: UUID) -> Job:
    """Return the caller's question of daily records.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    return submit.job_of(job_id, NAME, RECORDS)


def answer_of(job: Job) -> Any:
    """Return the stored answer of a question, None while there is none."""
    return load_answers(db.session(), [job.id]).get(job.id)


def subjects() -> list[dict[str, Any]]:
    """Return the persons whose history the caller keeps, by name."""
    nights = func.jsonb_array_length(MoodDay.document["nights"])
    statement = (
        select(
            MoodSubject.name,
            MoodSubject.created_at,
            func.count(MoodDay.date).label("days"),
            cast(func.coalesce(func.sum(case((nights > 0, 1), else_=0)), 0), Integer).label("nights"),
            func.min(MoodDay.date).label("date_from"),
            func.max(MoodDay.date).label("date_to"),
        )
        .outerjoin(MoodDay, MoodDay.subject_id == MoodSubject.id)
        .where(MoodSubject.owner == owner())
        .group_by(MoodSubject.id)
        .order_by(MoodSubject.name)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]  # noqa: SLF001 - SQLAlchemy's own


def erase_subject(name: str | None) -> None:
    """Erase a person: the history, and every job that names the person, with its rows and files.

    The history goes last: after a crash in between, the person is still there to be erased again.

    Raises:
        NotFound: there is no such person.
        Conflict: a job of the person is not done; its end would bring the history back.

    """
    name = name or owner()
    wanted = select(MoodSubject.id).where(MoodSubject.owner == owner(), MoodSubject.name == name)
    subject_id = db.session.scalar(wanted)
    if subject_id is None:
        raise NotFound(f"There is no subject {name!r}.")
    theirs = db.session.execute(_jobs_of(name)).all()
    if unfinished := [job_id for job_id, state in theirs if state in (*WAITING, *ACTIVE)]:
        raise Conflict(f"Job {unfinished[0]} of this subject is not done; cancel it first, then erase.")
    for job_id, _ in theirs:
        jobs.erase(job_id)
    db.session.execute(delete(MoodSubject).where(MoodSubject.id == subject_id))
    db.session.commit()


def _jobs_of(name: str) -> Any:
    """Return the statement for the ids and states of a person's jobs that are kept."""
    subject = func.coalesce(Job.options["subject"].astext, Job.owner)
    return select(Job.id, Job.state).where(
        Job.owner == owner(),
        Job.system == NAME,
        Job.task == FILES,
        subject == name,
        Job.state != State.EXPIRED,
    )
