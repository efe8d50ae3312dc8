"""Answering what a realtime worker took: predict once per group, commit once, tell who waits."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import structlog
from flask import json
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from app.extensions import redis_client
from app.jobs import transitions
from app.jobs.queue import crashes, leases, messages, registries
from app.jobs.queue.messages import Outcome, Reply, Request
from app.model_versions import selection
from app.telemetry import metrics
from workers.runtime import persist
from workers.runtime.inbox import Taken, open_tickets
from workers.sdk.failures import ending_of
from workers.sdk.task import answer_of

if TYPE_CHECKING:
    from workers.runtime.realtime import RealtimeWorker

log = structlog.get_logger()

# What PostgreSQL says of a row; everything else is said of the connection, in several classes.
REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
POISON_CRASHES = 2  # crashes alone, after one in company: the third is the last


class Answerer:
    """Answers the envelopes behind some tickets."""

    def __init__(self, worker: RealtimeWorker) -> None:
        self.worker = worker
        self.begun = datetime.now(UTC)
        self._observed: list[tuple[str, int, float]] = []  # labels, batch size, seconds

    def answer(self, tickets: list[str]) -> bool:
        """Predict, commit, reply, and only then let the tickets go; False if all were for other workers."""
        taken = open_tickets(self.worker, tickets)
        crash_counts = self._crash_counts(taken, tickets)
        self._leave_out_ended(taken)
        if crash_counts:
            self._answer_alone(taken, crash_counts)
        else:
            self._settle(taken, self._predict(taken.requests))
        leases.release(self.worker.name, tickets)
        return not taken.only_passed_on

    def _leave_out_ended(self, taken: Taken) -> None:
        """Do not begin with cancelled or erased jobs; who waits for one that has ended is told again."""
        try:
            ended, erased = persist.ended_among(taken.doubtful())
        except SQLAlchemyError as error:  # the commit will say it, and waits
            log.warning("jobs_not_looked_up", error=type(error).__name__)
            return
        over = erased | {outcome.id for outcome in ended}
        taken.requests = [request for request in taken.requests if request.id not in over]
        self._tell(taken, persist.Settled(ended))

    def _crash_counts(self, taken: Taken, tickets: Sequence[str]) -> dict[UUID, int]:
        """Return what is counted of tickets and requests: nothing of an envelope that nobody had before."""
        if not taken.doubtful():
            return {}
        return crashes.counts([*map(UUID, tickets), *(request.id for request in taken.requests)])

    def _answer_alone(self, taken: Taken, crash_counts: Mapping[UUID, int]) -> None:
        """Answer one request at a time, each counted first: so a killer is known by its name."""
        for request in sorted(taken.requests, key=lambda r: crash_counts.get(r.id, 0)):
            self.worker.touch()
            if crash_counts.get(request.id, 0) >= POISON_CRASHES:
                self._settle(taken, [poisoned(request)])
                continue
            self._settle(taken, self._predict_counted(request))

    def _predict_counted(self, request: Request) -> list[persist.Answered]:
        """Predict one request, counted as a crash until its worker has survived it.

        The count is taken back before the commit, which may wait long and prove nothing.
        """
        crashes.begin(request.id, self.worker.name)
        self.worker.counted = True
        answered = self._predict([request])
        crashes.survive(self.worker.name)
        self.worker.counted = False
        return answered

    def _predict(self, requests: Sequence[Request]) -> list[persist.Answered]:
        """Predict all requests, those of equal task, version and options together."""
        groups: defaultdict[tuple[str, str, str, str], list[Request]] = defaultdict(list)
        for request in requests:
            version = selection.choose(request.system, request.id)
            options = json.dumps(request.options, sort_keys=True)
            groups[request.system, request.task, version, options].append(request)
        return [row for key, group in groups.items() for row in self._predict_group(group, key[2])]

    def _predict_group(self, group: list[Request], version: str) -> list[persist.Answered]:
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
        return [persist.Answered(request, result=result, model_version=named) for request, result in pairs]

    def _observe(self, request: Request, size: int, seconds: float) -> None:
        """Note a batch's size and the model's time; sent with the replies."""
        self._observed.append((f"{request.system}|{request.task}", size, seconds))

    def _settle(self, taken: Taken, answered: list[persist.Answered]) -> None:
        """Commit what was answered, then tell who waits."""
        if not answered:
            return
        self._tell(taken, self._commit(answered))
        self._report(answered)

    def _tell(self, taken: Taken, settled: persist.Settled) -> None:
        """Send outcomes to the web processes whose callers wait for them."""
        replies: defaultdict[str, list[Outcome]] = defaultdict(list)
        for outcome in settled.outcomes:
            replies[taken.reply_to.get(outcome.id, "")].append(outcome)
        pipeline = redis_client().pipeline(transaction=False)
        for name, reply in replies.items():
            if name:
                pipeline.rpush(messages.REPLY + name, messages.sign(b"reply", Reply(reply)))
                pipeline.expire(messages.REPLY + name, messages.REPLY_TTL_S)
        for job_id in settled.updated:
            pipeline.publish(transitions.CHANGED, str(job_id))
        if settled.outcomes:
            pipeline.execute()

    def _report(self, answered: list[persist.Answered]) -> None:
        """Count and log what was answered."""
        pipeline = redis_client().pipeline(transaction=False)
        for labels, size, seconds in self._observed:
            metrics.observe(pipeline, metrics.BATCH_SIZE, labels, size)
            metrics.observe(pipeline, metrics.MODEL_SECONDS, labels, seconds)
        spent_s = sum(seconds for _, _, seconds in self._observed)
        self._observed.clear()
        failed = sum(row.code is not None for row in answered)
        registries.count_predictions(
            self.worker, pipeline, succeeded=len(answered) - failed, failed=failed, seconds=spent_s
        )
        ended: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for row in answered:
            ended[row.request.system, row.request.task, row.state] += 1
        for (system, task, state), amount in ended.items():
            metrics.count_outcome(pipeline, system, task, state, amount)
        pipeline.execute()
        for row in answered:
            event = "job_failed" if row.code else "job_succeeded"
            log.info(event, job_id=str(row.request.id), request_id=row.request.request_id)

    def _commit(self, answered: list[persist.Answered]) -> persist.Settled:
        """Commit; wait while PostgreSQL is away; what cannot be stored fails alone."""
        while True:
            try:
                return persist.commit(answered, worker=self.worker.name, begun=self.begun)
            except REFUSED as error:
                return self._commit_apart(answered, error)
            except DBAPIError as error:
                self._wait(error, len(answered))
            except Exception as error:  # noqa: BLE001 - a `store` that raises, a result that is no JSON
                return self._commit_apart(answered, error)

    def _commit_apart(self, answered: list[persist.Answered], error: Exception) -> persist.Settled:
        """Halve what cannot be stored until the culprit is alone; it fails, if need be without its input."""
        if len(answered) > 1:
            half = len(answered) // 2
            return self._commit(answered[:half]) + self._commit(answered[half:])
        (only,) = answered
        if only.code is None:
            return self._commit([failed(only.request, error)])
        if only.request.input:
            bare = msgspec.structs.replace(only.request, input={}, options={})
            return self._commit([replace(only, request=bare)])
        log.error("request_not_stored", job_id=str(only.request.id), exc_info=error)
        return persist.Settled()

    def _wait(self, error: DBAPIError, requests: int) -> None:
        """Wait a moment for PostgreSQL; raise the error when the worker has to leave."""
        log.warning("commit_waits", error=type(error).__name__, requests=requests)
        self.worker.touch()
        if self.worker.must_leave():
            raise error
        time.sleep(0.5)


def failed(request: Request, error: BaseException) -> persist.Answered:
    """Return the answer to a request that raised."""
    ending = ending_of(error, timeout_s=0, limit_mb=0)
    identity = {"job_id": str(request.id), "request_id": request.request_id}
    log.warning("request_failed", **identity, code=ending.code, exc_info=error)
    detail = f"{type(error).__name__} in the task; it may pass, ask again." if ending.retry else ending.detail
    return persist.Answered(request, code=ending.code, detail=detail)


def poisoned(request: Request) -> persist.Answered:
    """Return the answer to a request whose every try ended its worker."""
    log.error("request_poison", job_id=str(request.id), request_id=request.request_id)
    detail = "Every worker that tried this request died of it; it is set aside."
    return persist.Answered(request, code="poison", detail=detail)
