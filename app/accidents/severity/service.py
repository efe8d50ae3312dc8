"""Ask for an accident's severity, keep the answer, and say it in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import json, request
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accidents.severity import consistency, values, wording
from app.accidents.severity.models import AccidentPrediction
from app.extensions import db
from app.http.errors import NotFound
from app.jobs import pace
from app.jobs.models import Job
from app.jobs.realtime import submit
from app.jobs.submission import JobRequest
from app.system import FINAL, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

SYSTEM = "accidents"
SEVERITY, SEVERITIES = "severity", "severities"

INSERT_ROWS = text("""
INSERT INTO accident_predictions (job_id, position, input, result)
SELECT r.job_id, r.position, r.input, r.result
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(job_id uuid, position int, input jsonb, result jsonb)
""")


@dataclass(frozen=True)
class Prediction:
    """A prediction as it is stored, before it is put into words."""

    prediction_id: str
    input: Mapping[str, Any]
    result: Mapping[str, Any]
    model_version: str
    timestamp: Any


def split(accident: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a loaded accident's fields and the options of the question."""
    given = {name: accident[name] for name in values.REQUIRED}
    given |= {name: accident[name] for name in values.OPTIONAL if accident.get(name) is not None}
    options: dict[str, Any] = {"explain": True} if accident["explain"] else {}
    if "vary" in accident:
        field, tried = accident["vary"]
        options["vary"] = {"field": field, "values": tried}
    return given, options


def predict(accident: Mapping[str, Any], *, wait_s: float) -> Prediction | Job:
    """Return the severity of one accident, or its job when the wait runs out first.

    Raises:
        Unavailable: the realtime lane is away.
        TooMany: too many predictions wait.

    """
    given, options = split(accident)
    made = submit.answer(JobRequest(SYSTEM, SEVERITY, given, options), wait_s=wait_s)
    if isinstance(made, Job):
        # A job that was just handed over may have ended: who will not wait is still told where to look.
        return find(made.id) if wait_s and made.core_state in FINAL else made
    return Prediction(str(made.id), given, made.result, made.model_version or "", made.finished_at)


def find(job_id: UUID, position: int | None = None) -> Prediction | Job:
    """Return one of the caller's predictions, or its job while it is not there.

    Args:
        job_id: the job that made it: of a single prediction, or of a batch.
        position: its place in the batch; None where the id is that of a single prediction.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    job = submit.job_of(job_id, SYSTEM, SEVERITY, SEVERITIES)
    if position is None and job.total != 1:
        raise NotFound(f"There is no prediction {job_id}; it is a batch, whose results name theirs.")
    position = position or 0
    if not 0 <= position < (job.total or 1):
        raise NotFound(f"Batch {job_id} has {job.total} predictions, and none at {position}; count from 0.")
    if job.state in {State.FAILED, State.CANCELLED}:
        raise submit.failure(job.error_code, job.error_detail)
    rows = load(db.session(), [job_id])
    return rows[position] if job.state == State.SUCCEEDED and len(rows) > position else job


def submit_batch(items: Sequence[Mapping[str, Any]]) -> Job:
    """Accept a batch of accidents.

    Raises:
        TooMany: with these, more items would wait than may.

    """
    pairs = [split(item) for item in items]
    question = [{"accident": given, **options} for given, options in pairs]
    return submit.submit(JobRequest(SYSTEM, SEVERITIES, question, {}, items=len(question)))


def find_batch(job_id: UUID) -> tuple[Job, list[Prediction]]:
    """Return the caller's batch and the results it has.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    job = submit.job_of(job_id, SYSTEM, SEVERITIES)
    return job, load(db.session(), [job_id])


def estimated_s(job: Job) -> float:
    """Return the seconds until a batch is likely to be done."""
    if job.state not in {State.RECEIVED, State.QUEUED, State.RETRYING, State.RUNNING}:
        return 0.0
    left = (job.total or 0) - (job.processed or 0)
    return round(left * pace.seconds_per_item(SYSTEM, SEVERITIES), 2)


def store(session: Session, rows: Sequence[tuple[UUID, int, Any, Any]]) -> None:
    """Insert results, each a job's id, a position, the input and the result."""
    documents = [dict(zip(("job_id", "position", "input", "result"), row, strict=True)) for row in rows]
    session.execute(INSERT_ROWS, {"rows": json.dumps(documents)})


def load(session: Session, job_ids: Sequence[UUID]) -> list[Prediction]:
    """Return the stored predictions of some jobs, in their order."""
    statement = (
        select(AccidentPrediction, Job.model_version, Job.finished_at, Job.total)
        .join(Job, Job.id == AccidentPrediction.job_id)
        .where(AccidentPrediction.job_id.in_(job_ids))
        .order_by(AccidentPrediction.job_id, AccidentPrediction.position)
    )
    return [
        Prediction(
            str(row.job_id) if total == 1 else f"{row.job_id}-{row.position}",
            row.input,
            row.result,
            version or "",
            (finished or row.created_at).isoformat(),
        )
        for row, version, finished, total in session.execute(statement)
    ]


def load_results(session: Session, job_ids: Sequence[UUID]) -> list[tuple[UUID, Any]]:
    """Return the results stored for single predictions, as the realtime lane sends them again."""
    statement = select(AccidentPrediction.job_id, AccidentPrediction.result)
    return [
        (row[0], row[1]) for row in session.execute(statement.where(AccidentPrediction.job_id.in_(job_ids)))
    ]


def language() -> str:
    """Return the language to answer in: Korean unless the caller asks for English."""
    return request.accept_languages.best_match(wording.LANGUAGES, default="ko") or "ko"


def render(prediction: Prediction, locale: str) -> dict[str, Any]:
    """Return a prediction as the answer has it."""
    result = prediction.result
    band = wording.interpret(result["eclo"])
    interpretation, detail = wording.describe(result, locale)
    body = {
        "eclo": result["eclo"],
        "interpretation": interpretation,
        "detail": detail,
        "prediction_id": prediction.prediction_id,
        "model_version": prediction.model_version,
        "timestamp": prediction.timestamp,
        "band": band,
        "typical": result["typical"],
        "interval": {"p10": result["p10"], "p90": result["p90"]},
        "components": {name: result[name] for name in ("deaths", "serious", "minor", "reported")},
        "p_fatal": result["p_fatal"],
        "warnings": [
            {"code": fault.code, "field": fault.field, "message": wording.warn(fault, locale)}
            for fault in consistency.contradictions(prediction.input)
        ],
    }
    if "varied" in result:
        body["varied"] = _render_varied(result["varied"], locale)
    return body | ({"contributions": result["contributions"]} if "contributions" in result else {})


def _render_varied(varied: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Return the predictions for other values of a field as the answer has them."""
    answers = [
        {
            "value": each["value"],
            "eclo": each["eclo"],
            "interpretation": wording.describe(each, locale)[0],
            "typical": each["typical"],
            "interval": {"p10": each["p10"], "p90": each["p90"]},
            "p_fatal": each["p_fatal"],
        }
        for each in varied["answers"]
    ]
    return {"field": varied["field"], "answers": answers}
