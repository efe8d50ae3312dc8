"""The realtime lane's worker: drains envelopes, predicts once per group, commits once, answers.

A taken ticket stays in the worker's processing list until its requests are
committed. A worker that stops signing has its list moved back by the others,
and the deaths are counted: what was there when a worker died is answered one
request at a time, and a request that killed its worker thrice is poison.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import structlog
from flask import Flask, current_app, json
from redis.exceptions import RedisError
from rq.job import Job as RqJob
from rq.worker import SimpleWorker
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from app import metrics, versions
from app.extensions import redis_client, settings
from app.jobs import envelopes, queues, taking, transitions
from app.jobs.envelopes import Envelope, Forged, Outcome, Reply, Request
from app.system import Lane
from workers import outcomes
from workers.failures import ending_of
from workers.lanes import LANE_WORKER, LaneWorker, Served
from workers.task import answer_of

if TYPE_CHECKING:
    from uuid import UUID

log = structlog.get_logger()

BLOCK_S = 1
MOST_TICKETS = 8  # envelopes taken at once
# What PostgreSQL says of a row; everything else is said of the connection, in several classes.
REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
POISON_DEATHS = 2  # deaths alone, after one in company: the third is the last


class RealtimeWorker(LaneWorker, SimpleWorker):
    """RQ's worker that does not fork, taking all that waits instead of one job at a time."""

    lane = Lane.REALTIME

    def __init__(self, names: list[str], served: Served) -> None:
        super().__init__(names, served)
        self._reclaimed = 0.0
        self.stepped = time.monotonic()
        app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
        app.extensions[LANE_WORKER] = self
        threading.Thread(target=self._beat_forever, args=(app,), daemon=True, name="beat").start()

    def step(self) -> None:
        """Take the envelopes that wait, and answer them."""
        self.stepped = time.monotonic()
        if self.stepped - self._reclaimed > 1.0:
            taking.reclaim()
            self._reclaimed = self.stepped
        tickets = taking.take(self.name, most=MOST_TICKETS, block_s=BLOCK_S)
        if not tickets:
            return
        self.sing()
        self.busy = True
        try:
            Answerer(self).answer(tickets)
        finally:
            self.busy = False

    def go_on(self) -> None:
        """Say that the loop does not hang, though its turn is long."""
        self.stepped = time.monotonic()
        self.arm()

    def _beat_forever(self, app: Flask) -> None:
        """Keep this worker's taken work its own, for as long as its loop goes on."""
        with app.app_context():
            while True:
                try:
                    if time.monotonic() - self.stepped < settings().stuck_s:
                        taking.keep(self.name)
                except RedisError:
                    log.warning("beat_unheard")
                time.sleep(settings().heartbeat_s)


@dataclass
class Taken:
    """What was found behind the tickets: the requests, who waits for them, and how they were before."""

    requests: list[Request] = field(default_factory=list)
    reply_to: dict[UUID, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    suspects: dict[UUID, int] = field(default_factory=dict)
    alone: bool = False


class Answerer:
    """Answers the envelopes behind some tickets."""

    def __init__(self, worker: RealtimeWorker) -> None:
        self.worker = worker
        self._observed: list[tuple[str, int, float]] = []  # labels, batch size, seconds

    def answer(self, tickets: list[str]) -> None:
        """Predict, commit, reply, and only then let the tickets go."""
        taken = self.open(tickets)
        if taken.alone:
            self._answer_alone(taken)
        else:
            self._settle(taken, self._predict(taken.requests))
        taking.release(self.worker.name, tickets)

    def open(self, tickets: list[str]) -> Taken:
        """Return the requests behind tickets; what we did not write is thrown away."""
        pipeline = redis_client().pipeline(transaction=False)
        for ticket in tickets:
            pipeline.hgetall(RqJob.key_for(ticket))
            pipeline.get(envelopes.ENVELOPE + ticket)
            pipeline.smembers(envelopes.LEFT + ticket)
            pipeline.hget(taking.DEATHS, ticket)
        found = pipeline.execute(raise_on_error=False)
        taken = Taken()
        for number, ticket in enumerate(tickets):
            job, data, left, deaths = found[4 * number : 4 * number + 4]
            self._open_one(taken, ticket, job, data)
            taken.left |= {item.decode() for item in left} if isinstance(left, set) else set()
            taken.alone |= isinstance(deaths, bytes)
        taken.requests = [r for r in taken.requests if str(r.id) not in taken.left]
        return taken

    def _open_one(self, taken: Taken, ticket: str, job: Any, data: Any) -> None:
        """Add one envelope's requests, if it is sealed by us."""
        if not isinstance(job, dict) or not self.worker.check(ticket, job):
            if not isinstance(job, dict):
                self.worker.refuse(ticket, "not a job")
            return
        if not isinstance(data, bytes):
            return  # its life is over: who got a 202 has a row, which the sweep finds
        try:
            envelope = envelopes.unseal(b"envelope", data, Envelope)
        except (Forged, ValueError) as error:
            self.worker.refuse(ticket, str(error))
            redis_client().delete(envelopes.ENVELOPE + ticket)
            return
        taken.requests += envelope.requests
        taken.reply_to |= dict.fromkeys((r.id for r in envelope.requests), envelope.reply_to)

    def _answer_alone(self, taken: Taken) -> None:
        """Answer one request at a time, named in Redis first: so a killer is known by its name."""
        deaths = taking.deaths_of([str(r.id) for r in taken.requests])
        for request in sorted(taken.requests, key=lambda r: deaths[str(r.id)]):
            self.worker.go_on()
            if deaths[str(request.id)] >= POISON_DEATHS:
                self._settle(taken, [poisoned(request)])
                continue
            taking.suspect(self.worker.name, str(request.id))
            answered = self._predict([request])
            taking.acquit(self.worker.name)  # before the commit, which may wait long and prove nothing
            self._settle(taken, answered)

    def _predict(self, requests: Sequence[Request]) -> list[outcomes.Answered]:
        """Predict all requests, those of equal task, version and options together."""
        groups: defaultdict[tuple[str, str, str, str], list[Request]] = defaultdict(list)
        for request in requests:
            version = versions.choose(request.system, request.id)
            options = json.dumps(request.options, sort_keys=True)
            groups[request.system, request.task, version, options].append(request)
        return [row for key, group in groups.items() for row in self._predict_group(group, key[2])]

    def _predict_group(self, group: list[Request], version: str) -> list[outcomes.Answered]:
        """Predict requests of equal options; the batch is halved until a culprit stands alone."""
        first, begun = group[0], time.perf_counter()
        try:
            task = answer_of(first.system, first.task)
            results = task.answer([request.input for request in group], first.options, version)
        except Exception as error:  # noqa: BLE001 - one that raises must not sink the others
            if len(group) > 1:
                half = len(group) // 2
                halves = (group[:half], group[half:])
                return [row for part in halves for row in self._predict_group(part, version)]
            return [failed(first, error)]
        self._observe(first, len(group), time.perf_counter() - begun)
        named = version or None
        pairs = zip(group, results, strict=True)
        return [outcomes.Answered(request, result=result, model_version=named) for request, result in pairs]

    def _observe(self, request: Request, size: int, seconds: float) -> None:
        """Note a batch's size and the model's time; sent with the replies."""
        self._observed = [
            *getattr(self, "_observed", []),
            (f"{request.system}|{request.task}", size, seconds),
        ]

    def _settle(self, taken: Taken, answered: list[outcomes.Answered]) -> None:
        """Commit what was answered, then tell who waits."""
        if not answered:
            return
        settled = self._commit(answered)
        replies: defaultdict[str, list[Outcome]] = defaultdict(list)
        for outcome in settled.outcomes:
            replies[taken.reply_to.get(outcome.id, "")].append(outcome)
        pipeline = redis_client().pipeline(transaction=False)
        for name, found in replies.items():
            if name:
                pipeline.rpush(envelopes.REPLY + name, envelopes.seal(b"reply", Reply(found)))
                pipeline.expire(envelopes.REPLY + name, envelopes.REPLY_TTL_S)
        for job_id in settled.updated:
            pipeline.publish(transitions.CHANGED, str(job_id))
        self._report(pipeline, answered)
        pipeline.execute()
        for row in answered:
            event = "job_failed" if row.code else "job_succeeded"
            log.info(event, job_id=str(row.request.id), request_id=row.request.request_id)

    def _report(self, pipeline: Any, answered: list[outcomes.Answered]) -> None:
        """Add this batch's metrics to a pipeline."""
        for labels, size, seconds in self._observed:
            metrics.observe(pipeline, metrics.BATCH_SIZE, labels, size)
            metrics.observe(pipeline, metrics.MODEL_SECONDS, labels, seconds)
        self._observed.clear()
        ended: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for row in answered:
            ended[row.request.system, row.request.task, row.state] += 1
        for (system, task, state), amount in ended.items():
            metrics.count_outcome(pipeline, system, task, state, amount)

    def _commit(self, answered: list[outcomes.Answered]) -> outcomes.Settled:
        """Commit; wait while PostgreSQL is away; a row that it refuses fails alone."""
        while True:
            try:
                return outcomes.commit(answered, worker=self.worker.name)
            except REFUSED as error:
                if len(answered) == 1:
                    return outcomes.commit([failed(answered[0].request, error)], worker=self.worker.name)
                half = len(answered) // 2
                return self._commit(answered[:half]) + self._commit(answered[half:])
            except DBAPIError as error:
                log.warning("commit_waits", error=type(error).__name__, requests=len(answered))
                self.worker.go_on()
                if self.worker.must_leave():
                    raise
                time.sleep(0.5)


def failed(request: Request, error: BaseException) -> outcomes.Answered:
    """Return the answer to a request that raised."""
    ending = ending_of(error, timeout_s=0, limit_mb=0)
    told = {"job_id": str(request.id), "request_id": request.request_id}
    log.warning("request_failed", **told, code=ending.code, exc_info=error)
    return outcomes.Answered(request, code=ending.code, detail=ending.detail)


def poisoned(request: Request) -> outcomes.Answered:
    """Return the answer to a request whose every try ended its worker."""
    log.error("request_poison", job_id=str(request.id), request_id=request.request_id)
    said = "Every worker that tried this request died of it; it is set aside."
    return outcomes.Answered(request, code="poison", detail=said)


def realtime_queue_names() -> list[str]:
    """Return the queues of the lane."""
    return [queues.REALTIME_QUEUE]
