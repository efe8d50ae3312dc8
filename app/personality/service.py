"""Ask for the impressions that pictures and clips make, and find again what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import json
from marshmallow import ValidationError

from app.extensions import db, settings
from app.files.uploads import erasing
from app.files.uploads import service as uploads
from app.files.uploads.forms import Shape, received
from app.files.uploads.media import HEAD_BYTES, family_of, find_kind
from app.http.errors import AssayError, Invalid, UnsupportedType, refused
from app.jobs import event_stream, submission
from app.jobs import service as jobs
from app.jobs.idempotency import claim_key
from app.jobs.queue.messages import Outcome
from app.jobs.realtime import cache, submit
from app.jobs.submission import JobRequest
from app.personality.schemas import MOST_IMAGES, OptionsSchema, form_options
from app.personality.storing import load_answers
from app.system import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from app.files.uploads.forms import Form
    from app.files.uploads.incoming import Incoming
    from app.files.uploads.models import Upload
    from app.jobs.models import Job
    from app.jobs.queue.messages import Request

NAME = "personality"
IMPRESSIONS = "impressions"
FILE_BYTES = 50_000_000
WRONG_KIND = frozenset({"unsupported", "type_mismatch"})  # what a task calls what is 415 here
OPTIONS = tuple(OptionsSchema().fields)
ONE = Shape("file", 1, fields=OPTIONS, system=NAME)
MANY = Shape("files", MOST_IMAGES, each=True, fields=OPTIONS, system=NAME)
AGREED = ("consent", "purpose")  # options that an answer does not depend on


@dataclass(frozen=True)
class Prediction:
    """Where a prediction stands: its job, and the answers to its files once it has ended well."""

    job_id: UUID
    state: State
    answers: Sequence[Any] = ()
    model_version: str | None = None
    finished_at: Any = None
    cached: bool = False
    job: Job | None = field(default=None, compare=False)


@dataclass(frozen=True)
class _Refused:
    """A file of a batch that was refused at once."""

    index: int
    name: str
    code: str
    detail: str


def predict(wait_for: Any) -> Prediction:
    """Receive the request's picture or clip and return its impressions, or its job when the wait runs out.

    `wait_for` is called with the family that the file is of, and returns how many seconds to wait.

    Raises:
        UnsupportedType, TooLarge, Invalid: the file, or an option, cannot be accepted; or no face is in it.
        TooMany: as much waits as may wait.

    """
    with received(ONE) as sent:
        options = _options(sent.values)
        file = _only_file(sent)
        family = _check_family(file)
        question = submission.new_request(_question(file, options))
        with claim_key(json.dumps([file.sha256, options], sort_keys=True).encode()) as claim:
            if claim.earlier is not None:
                return settled(claim.earlier)
            earlier = cache.find(question)
            if earlier is not None:
                claim.repoint(earlier.id)
                return _cached(earlier)
            job = _submit([uploads.keep_one(sent)], options, claim.job_id)
    return _waited(job, wait_for(family), question)


def predict_batch(wait_s: float) -> Prediction:
    """Receive the request's pictures and return the impressions of each, or their job.

    Raises:
        Invalid: no picture can be accepted, or an option cannot.
        TooMany: as much waits as may wait.

    """
    with received(MANY) as sent:
        options = _options(sent.values)
        for file in sent.files:
            _check_picture(sent, file)
        sums = [file.sha256 if file.fault is None else None for file in sent.files]
        with claim_key(json.dumps([sums, options], sort_keys=True).encode()) as claim:
            if claim.earlier is not None:
                return settled(claim.earlier)
            kept = uploads.keep_many(sent)[1]
            refusals = [_refusal(index, file) for index, (file, upload) in enumerate(kept) if upload is None]
            job = _submit([upload for _, upload in kept if upload], options, claim.job_id, refusals)
    return _waited(job, wait_s, None)


def _options(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that a form says; raise Invalid naming each that is not acceptable."""
    schema = OptionsSchema()
    try:
        return dict(schema.load(form_options(values)))
    except ValidationError as error:
        raise refused(error, schema) from None


def _only_file(sent: Form) -> Incoming:
    """Return the one file of a form."""
    if not sent.files:
        row = {"field": "file", "reason": "It is missing; one picture or clip is right.", "value": None}
        raise Invalid("The form has no file in the field 'file'.", code="invalid_fields", errors=[row])
    return sent.files[0]


def _check_family(file: Incoming) -> str:
    """Return whether a file is a picture or a clip; raise UnsupportedType where its name says otherwise.

    Of a file that is neither, the upload says what it is.
    """
    if file.fault is not None:
        return "image"
    with file.path.open("rb") as stream:
        kind = find_kind(stream.read(HEAD_BYTES))
    if kind is None:
        return "image"
    named = family_of(file.name) or kind.family
    if named != kind.family:
        reason = f"The content is {kind.media_type}, the name says {named}; a name that agrees is right."
        row = {"field": "file", "reason": reason, "value": file.name}
        raise UnsupportedType(reason, code="type_mismatch", errors=[row])
    return kind.family


def _check_picture(sent: Form, file: Incoming) -> None:
    """Refuse a file of a batch that is a clip, or is named like one."""
    try:
        family = _check_family(file)
    except UnsupportedType as fault:
        sent.fail(file, fault)
        return
    if family == "video":
        reason = "It is a clip, and a batch takes pictures; a clip alone is right, sent to /predict."
        row = {"field": "files", "reason": reason, "value": file.name}
        sent.fail(file, UnsupportedType(reason, code="unsupported", errors=[row]))


def _question(file: Incoming, options: Mapping[str, Any]) -> JobRequest:
    """Return what makes two requests one: content, ending of the name, and what the answer depends on."""
    asked = {name: value for name, value in options.items() if name not in AGREED}
    asked["detector"] = settings().face_detector
    ending = file.name.rpartition(".")[2].lower() if family_of(file.name) else ""
    return JobRequest(NAME, IMPRESSIONS, {"sha256": file.sha256, "ending": ending}, asked)


def _refusal(index: int, file: Incoming) -> _Refused:
    """Return why a file of a batch was refused."""
    fault = file.fault or Invalid("The file was refused.")
    return _Refused(index, file.name, fault.code, fault.detail)


def _submit(
    kept: Sequence[Upload],
    options: Mapping[str, Any],
    job_id: UUID | None,
    refusals: Iterable[_Refused] = (),
) -> Job:
    """Accept a job that reads some uploads; without one, nobody keeps them."""
    input_: dict[str, Any] = {"upload_ids": [str(upload.id) for upload in kept]}
    rows = [vars(each) for each in refusals]
    if rows:
        input_["refused"] = rows
    try:
        return submission.submit(
            JobRequest(NAME, IMPRESSIONS, input_, dict(options), items=None), job_id=job_id
        )
    except AssayError:
        db.session.rollback()
        erasing.erase(kept)
        db.session.commit()
        raise


def _waited(job: Job, wait_s: float, question: Request | None) -> Prediction:
    """Return how a job stands when it has ended or the wait has run out; a good answer is kept for others."""
    if wait_s:
        event_stream.wait_until_final(job.id, wait_s)
    prediction = settled(jobs.get(job.id))
    if question is not None and prediction.state == State.SUCCEEDED:
        finished = prediction.finished_at.isoformat() if prediction.finished_at else None
        cache.keep(
            question,
            Outcome(
                job.id,
                State.SUCCEEDED,
                result=list(prediction.answers),
                model_version=prediction.model_version,
                finished_at=finished,
            ),
        )
    return prediction


def _cached(earlier: Outcome) -> Prediction:
    """Return what an earlier job answered to the same question."""
    return Prediction(
        earlier.id,
        State.SUCCEEDED,
        earlier.result,
        earlier.model_version,
        earlier.finished_at,
        cached=True,
    )


def settled(job: Job) -> Prediction:
    """Return how a job stands.

    Raises:
        UnsupportedType, Invalid, AssayError: it failed.

    """
    if job.core_state in {State.FAILED, State.CANCELLED}:
        raise failure(job)
    answers = load_answers(db.session(), job.id) if job.core_state == State.SUCCEEDED else []
    return Prediction(job.id, job.core_state, answers, job.model_version, job.finished_at, job=job)


def failure(job: Job) -> AssayError:
    """Return the problem that stands for a failed prediction."""
    if job.core_state == State.CANCELLED:
        return Invalid("The prediction was cancelled.", code="cancelled")
    if job.error_code in WRONG_KIND:
        return UnsupportedType(job.error_detail or "", code=job.error_code)
    return submit.failure(job.error_code, job.error_detail)


def find(job_id: UUID) -> Job:
    """Return the caller's prediction.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    return submit.job_of(job_id, NAME, IMPRESSIONS)
