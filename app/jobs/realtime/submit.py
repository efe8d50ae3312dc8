"""One question of either lane, asked once per Idempotency-Key: its answer, or the job that will have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.http.errors import AssayError, ClientGone, Invalid, NotFound, TooMany, Unavailable
from app.jobs import idempotency, service
from app.jobs.realtime import cache
from app.jobs.realtime.client import realtime_client
from app.system import State

if TYPE_CHECKING:
    from uuid import UUID

    from app.jobs.models import Job
    from app.jobs.queue.messages import Outcome
    from app.jobs.service import JobRequest


def answer(ask: JobRequest, *, wait_s: float) -> Outcome | Job:
    """Return the outcome of a realtime question, or its job when the wait runs out first.

    Sent again with its Idempotency-Key, it is the job that was made before. Who waits may be
    given what an earlier job of his answered to the same question.

    Raises:
        Unavailable: the realtime lane is away.
        TooMany: too many predictions wait.
        Invalid: the question cannot be answered; AssayError where that is a fault of ours.

    """
    asked = idempotency.once()
    if asked.earlier is not None:
        return asked.earlier
    try:
        return _ask(ask, asked.job_id, wait_s)
    except TooMany:
        if asked.job_id is not None:
            service.forget_key(asked.job_id)
        raise
    except (ClientGone, Unavailable):
        if asked.job_id is not None:
            service.release_key(asked.job_id)
        raise


def _ask(ask: JobRequest, job_id: UUID | None, wait_s: float) -> Outcome | Job:
    """Wait for the realtime lane; a job row is made only when the wait runs out."""
    if not wait_s:
        return service.submit(ask, job_id=job_id)
    question = service.new_request(ask, job_id)
    earlier = cache.find(question)
    if earlier is not None:
        idempotency.rebind(job_id, earlier.id)
        return earlier
    outcome = realtime_client().ask(question, wait_s)
    if outcome is None:
        return service.accept(question)
    if outcome.state != State.SUCCEEDED:
        raise failure(outcome.code, outcome.detail)
    cache.keep(question, outcome)
    return outcome


def submit(ask: JobRequest, *, body: bytes | None = None) -> Job:
    """Submit a batch job; sent again with its Idempotency-Key, it is the job that was made before.

    Args:
        ask: what is to be done.
        body: what the key is bound to where that is not the request's own body.

    Raises:
        TooMany: as much waits as may wait.

    """
    asked = idempotency.once(body)
    if asked.earlier is not None:
        return asked.earlier
    try:
        return service.submit(ask, job_id=asked.job_id)
    except AssayError:
        if asked.job_id is not None:
            service.forget_key(asked.job_id)
        raise


def failure(code: str | None, detail: str | None) -> AssayError:
    """Return the error that a failed job is answered with."""
    if code == "transient":
        return Unavailable(detail or "The prediction failed for a cause that may pass; try again shortly.")
    kind = AssayError if code in {None, "internal"} else Invalid
    return kind(detail or "The prediction failed.", code=code or "internal")


def job_of(job_id: UUID, system: str, *tasks: str) -> Job:
    """Return the caller's job of some tasks of a system; at another's door it is not found.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    job = service.get_result_of(job_id, system)
    if job.task not in tasks:
        raise NotFound(f"There is no job {job_id}.")
    return job
