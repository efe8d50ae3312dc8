"""Opening what a realtime worker took: the sound requests behind its tickets, and who waits for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from rq.job import Job as RqJob

from app.extensions import redis_client, settings
from app.jobs.queue import messages
from app.jobs.queue.messages import BadSignature, Envelope, Request
from app.system import Lane, systems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.runtime.realtime import RealtimeWorker

log = structlog.get_logger()

SKEW_S = 60  # by which the clocks of two machines may differ
SETTLED_S = 0.5  # a request younger than this has no row yet: nobody has given up waiting


@dataclass
class Taken:
    """What was found behind the tickets.

    `old` are those of envelopes that may have been in another worker's hands before.
    """

    requests: list[Request] = field(default_factory=list)
    reply_to: dict[UUID, str] = field(default_factory=dict)
    old: set[UUID] = field(default_factory=set)
    left: set[UUID] = field(default_factory=set)
    passed_on: int = 0

    @property
    def only_passed_on(self) -> bool:
        """Say whether all of it was for workers of other systems."""
        return bool(self.passed_on) and not self.reply_to

    def doubtful(self) -> list[Request]:
        """Return the requests whose job may have been cancelled, erased or answered meanwhile."""
        return [request for request in self.requests if request.stored or request.id in self.old]


def open_tickets(worker: RealtimeWorker, tickets: Sequence[str]) -> Taken:
    """Return the requests behind tickets; what we did not write is thrown away."""
    pipeline = redis_client().pipeline(transaction=False)
    for ticket in tickets:
        pipeline.hgetall(RqJob.key_for(ticket))
        pipeline.get(messages.ENVELOPE + ticket)
        pipeline.smembers(messages.LEFT + ticket)
    envelopes = pipeline.execute(raise_on_error=False)
    taken = Taken()
    for number, ticket in enumerate(tickets):
        job, data, left = envelopes[3 * number : 3 * number + 3]
        _open_one(worker, taken, ticket, job, data)
        if isinstance(left, set):
            taken.left |= messages.departures(ticket, left)
    taken.requests = [request for request in taken.requests if request.id not in taken.left]
    return taken


def _open_one(worker: RealtimeWorker, taken: Taken, ticket: str, job: Any, data: Any) -> None:
    """Add one envelope's requests, if it is sealed by us, for this ticket, and not too long ago."""
    if not isinstance(job, dict) or not worker.check(ticket, job):
        if not isinstance(job, dict):
            worker.refuse(ticket, "not a job")
        return
    if not isinstance(data, bytes):
        return  # its life is over: who got a 202 has a row, which the sweep finds
    try:
        envelope = messages.verify(b"envelope", data, Envelope)
        check_life(envelope, ticket)
    except (BadSignature, ValueError) as error:
        worker.refuse(ticket, str(error))
        redis_client().delete(messages.ENVELOPE + ticket)
        return
    _add(worker, taken, envelope)


def check_life(envelope: Envelope, ticket: str) -> None:
    """Raise BadSignature for an envelope that is a copy of another, or comes again after its life."""
    if envelope.batch_id != ticket:
        raise BadSignature(f"the envelope is that of {envelope.batch_id}")
    age_s = time.time() - envelope.born
    if age_s > settings().envelope_ttl_s + SKEW_S:
        raise BadSignature(f"the envelope is {age_s:.0f} s old and lives {settings().envelope_ttl_s} s")


def _add(worker: RealtimeWorker, taken: Taken, envelope: Envelope) -> None:
    """Add the requests that this worker serves; those of other systems go to other workers."""
    own: list[Request] = []
    others: list[Request] = []
    for request in envelope.requests:
        (own if _serves(worker, request) else others).append(request)
    taken.requests += own
    taken.reply_to |= dict.fromkeys((request.id for request in own), envelope.reply_to)
    if abs(time.time() - envelope.born) > SETTLED_S:  # either way, where clocks differ
        taken.old |= {request.id for request in own}
    if others:
        _pass_on(others, envelope)
        taken.passed_on += len(others)


def _serves(worker: RealtimeWorker, request: Request) -> bool:
    """Say whether a request is of a system and a task that this worker knows."""
    if request.system not in worker.served:
        return False
    return any(
        task.name == request.task and task.lane == Lane.REALTIME for task in systems()[request.system].tasks
    )


def _pass_on(requests: list[Request], envelope: Envelope) -> None:
    """Give requests to whoever serves them, until their envelope's life is over."""
    if time.time() - envelope.born < settings().envelope_ttl_s:
        messages.send(requests, reply_to=envelope.reply_to, born=envelope.born)
    else:
        log.warning("requests_not_served", systems=sorted({request.system for request in requests}))
