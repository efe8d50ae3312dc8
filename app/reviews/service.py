"""Ask for the sentiment of a review or of a file of them, and find again what was asked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import json
from marshmallow import ValidationError

from app.extensions import db
from app.files.uploads import erasing
from app.files.uploads import service as uploads
from app.files.uploads.forms import Shape, received
from app.http.errors import AssayError, Conflict, Invalid, NotFound, UnsupportedType, refused
from app.jobs import service as jobs
from app.jobs.realtime import submit
from app.jobs.submission import JobRequest
from app.reviews.schemas import BatchOptionsSchema
from app.reviews.storing import load_sentiments
from app.reviews.vocabulary import NOT_FOUND, UNREADABLE, WRONG_STATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from app.files.uploads.forms import Form
    from app.files.uploads.models import Upload
    from app.jobs.models import Job
    from app.jobs.queue.messages import Outcome

NAME = "reviews"
SENTIMENT, SENTIMENTS = "sentiment", "sentiments"
FILE_BYTES = 10_000_000
SHOWN_ID = 36  # characters of what is asked for as a task's id
KINDS = ("text/csv", "application/json", "application/x-ndjson", "text/plain")
OPTIONS = ("text_column", "id_column", "language", "encoding", "truncate", "by_sentence", "metadata")
FORM = Shape("file", 1, fields=OPTIONS, system=NAME)


def judge(review: Mapping[str, Any], *, wait_s: float) -> Outcome | Job:
    """Return the sentiment of one review, or its job when the wait runs out first.

    Raises:
        Unavailable: the realtime lane is away.
        TooMany: too many reviews wait.

    """
    names = ("language", "truncate", "by_sentence", "metadata")
    asked = {"text": review["text"]} | {name: review[name] for name in names if review[name]}
    options = {"explain": True} if review["explain"] else {}
    return submit.answer(JobRequest(NAME, SENTIMENT, asked, options), wait_s=wait_s)


def submit_file() -> Job:
    """Receive the request's file and accept a job that judges its rows.

    Raises:
        UnsupportedType, TooLarge, Invalid: the file, or an option, cannot be accepted.
        TooMany: as much waits as may wait.

    """
    with received(FORM) as sent:
        options = _options(sent.values)
        upload = _kept(sent)
    upload_ids = [str(upload.id)]
    # a form has another boundary each time: the key is bound to what the form says
    body = json.dumps([upload.sha256, options], sort_keys=True).encode()
    ask = JobRequest(NAME, SENTIMENTS, {"upload_ids": upload_ids}, options, items=None)
    try:
        job = submit.submit(ask, body=body)
    except AssayError:
        _drop(upload)
        raise
    # Of any other error it is not known whether there is a job by now, which would need its file.
    if job.input.get("upload_ids") != upload_ids:
        _drop(upload)
    return job


def _drop(upload: Upload) -> None:
    """Erase a file that no job reads."""
    erasing.erase([upload])
    db.session.commit()


def _options(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that a form says; raise Invalid naming each that is not acceptable."""
    schema = BatchOptionsSchema()
    try:
        return dict(schema.load(values))
    except ValidationError as error:
        raise refused(error, schema) from None


def _kept(sent: Form) -> Upload:
    """Keep the form's file; raise with this API's code what stands against its content."""
    try:
        return uploads.keep_one(sent)
    except UnsupportedType as error:
        error.code = UNREADABLE
        raise
    except Invalid as error:
        error.code = UNREADABLE if error.code == "empty_file" else error.code
        raise


def no_task(name: str) -> NotFound:
    """Return what is said where there is no task of a name."""
    return NotFound(f"There is no task {name[:SHOWN_ID]}.", code=NOT_FOUND)


@contextmanager
def _in_plan_codes(task_id: UUID) -> Iterator[None]:
    """Give what is wrong with a task this API's code."""
    try:
        yield
    except NotFound:
        raise no_task(str(task_id)) from None
    except Conflict as error:
        error.code = WRONG_STATE
        raise


def find(task_id: UUID) -> Job:
    """Return the caller's task.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    with _in_plan_codes(task_id):
        return submit.job_of(task_id, NAME, SENTIMENT, SENTIMENTS)


def erase(task_id: UUID) -> None:
    """Delete a task, its rows and its file.

    Raises:
        NotFound: there is none.
        Conflict: it runs; it must be cancelled first.

    """
    find(task_id)
    with _in_plan_codes(task_id):
        jobs.erase(task_id)


def result_of(job: Job) -> Any:
    """Return the sentiment of a single review, None while there is none."""
    return load_sentiments(db.session(), [job.id]).get(job.id)
