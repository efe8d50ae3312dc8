"""One question of either lane, asked once per Idempotency-Key: its answer, or the job that will have it.

How long the caller lets an answer be held back is said by the `Prefer` header of RFC 7240.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from werkzeug.http import parse_dict_header

from app.extensions import settings
from app.http.errors import AssayError, Invalid, NotFound, Unavailable
from app.jobs import service, submission
from app.jobs.idempotency import claim_key
from app.jobs.realtime import cache
from app.jobs.realtime.client import realtime_client
from app.system import State

if TYPE_CHECKING:
    from uuid import UUID

    from app.jobs.idempotency import Claim
    from app.jobs.models import Job
    from app.jobs.queue.messages import Outcome
    from app.jobs.submission import JobRequest


@dataclass(frozen=True)
class Preference:
    """How long the caller lets an answer be held back, in seconds; `applied` echoes what was said."""

    wait_s: float
    applied: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that says which preference was followed."""
        return {"Preference-Applied": self.applied} if self.applied else {}


def preference(default_wait_s: float) -> Preference:
    """Return what `Prefer` asks; what cannot be followed is passed over, as RFC 7240 says."""
    sent = ", ".join(request.headers.getlist("Prefer"))
    preferences = {
        name.partition(";")[0].strip().lower(): value for name, value in parse_dict_header(sent).items()
    }
    if "respond-async" in preferences:
        return Preference(0.0, "respond-async")
    if "wait" in preferences and not (preferences["wait"] or "").strip():
        return Preference(settings().wait_s, f"wait={settings().wait_s:g}")
    wait = (preferences.get("wait") or "").partition(";")[0].strip()
    if wait.isdecimal() and len(wait) < 10:  # noqa: PLR2004 - a number, not a flood of digits
        followed = min(float(wait), settings().wait_s)
        return Preference(followed, f"wait={followed:g}")
    return Preference(default_wait_s, None)


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
        return submission.submit(ask, job_id=claim.job_id)
    question = submission.new_request(ask, claim.job_id)
    earlier = cache.find(question)
    if earlier is not None:
        claim.repoint(earlier.id)
        return earlier
    outcome = realtime_client().ask(question, wait_s)
    if outcome is None:
        return submission.accept(question)
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
        return claim.earlier or submission.submit(ask, job_id=claim.job_id)


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
