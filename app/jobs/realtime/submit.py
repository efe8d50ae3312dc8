"""One question of either lane, asked once per Idempotency-Key: its answer, or the job that will have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.http.errors import AssayError, Invalid, NotFound, Unavailable
from app.jobs import service
from app.jobs.idempotency import claim_key
from app.jobs.realtime import cache
from app.jobs.realtime.client import realtime_client
from app.system import State

if TYPE_CHECKING:
    from uuid import UUID

    from app.jobs.idempotency import Claim
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
    with claim_key() as claim:
        if claim.earlier is not None:
            return claim.earlier
        return _ask(ask, claim, wait_s)


def _ask(ask: JobRequest, claim: Claim, wait_s: float) -> Outcome | Job:
    """Wait for the realtime lane; a job row is made only when the wait runs out."""
    if not wait_s:
        return service.submit(ask, job_id=claim.job_id)
    question = service.new_request(ask, claim.job_id)
    earlier = cache.find(question)
    if earlier is not None:
        claim.repoint(earlier.id)
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
    with claim_key(body) as claim:
        return claim.earlier or service.submit(ask, job_id=claim.job_id)


def failure(code: str | None, detail: str | None) -> AssayError:
    """Return the error that a failed job is answered with."""
    if code == "transient":
        return Unavailable(detail or "The prediction failed for a cause that may pass; try again shortly.")
    kind = AssayError if code in {None, "internal"} else Invalid
    return kind(detail or "The prediction failed.", code=code or "internal")


def job_of(job_id: UUID, system: str, *tasks: str) -> Job:
    """Return the caller's job of some tasks of a system; asked by another it is a 404.

    Raises:
        NotFound: there is none.
        Gone: it has expired.

    """
    job = service.get_result_of(job_id, system)
    if job.task not in tasks:
        raise NotFound(f"There is no job {job_id}.")
    return job
