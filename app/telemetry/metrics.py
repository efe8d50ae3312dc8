"""Prometheus metrics of the whole service, served by the web process.

Web processes count in prometheus_client's multiprocess files. Workers may be on
other machines and fork, so they count in Redis, in the pipelines that they send
anyway; states and depths are asked of PostgreSQL and Redis at each scrape.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any, cast

import structlog
from flask import Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, redis_client, settings
from app.http.errors import NotFound
from app.http.openapi import Blueprint, error_responses
from app.jobs.models import Job
from app.jobs.queue import rq
from app.system import ACTIVE, WAITING, find_task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from prometheus_client.metrics_core import Metric

log = structlog.get_logger()
blp = Blueprint("metrics", __name__, description="What Prometheus reads.")

REQUESTS = Counter("assay_requests", "Requests by route and status.", ["method", "route", "status"])
SECONDS = Histogram(
    "assay_request_seconds",
    "Time to the first byte of the answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

OUTCOMES = "assay:metrics:outcomes"  # hash: system|task|outcome -> count
BATCH_SIZE = "assay:metrics:batch_size"  # hash: system|task|le -> count, and |sum
MODEL_SECONDS = "assay:metrics:model_seconds"
SIZE_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128)
TIME_BUCKETS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600)
COUNT_FIELD = re.compile(rb"[a-z0-9_]{1,64}\|[a-z0-9_]{1,64}\|[A-Za-z0-9_.+-]{1,64}\Z")
COUNT_VALUE = re.compile(rb"[0-9]{1,18}(?:\.[0-9]{1,24})?(?:e[+-]?[0-9]{1,2})?\Z")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}  # RFC 9110, 5789


def observe(pipeline: Any, name: str, labels: str, value: float) -> None:
    """Add one observation of a worker's histogram to a pipeline."""
    buckets = SIZE_BUCKETS if name == BATCH_SIZE else TIME_BUCKETS
    bound = next((str(bucket) for bucket in buckets if value <= bucket), "+Inf")
    pipeline.hincrby(name, f"{labels}|{bound}", 1)
    pipeline.hincrbyfloat(name, f"{labels}|sum", value)


def count_outcome(pipeline: Any, system: str, task: str, outcome: str, amount: int = 1) -> None:
    """Add ended jobs to a pipeline."""
    pipeline.hincrby(OUTCOMES, f"{system}|{task}|{outcome}", amount)


class ServiceCollector(Collector):
    """What workers counted, and what the database and the queues hold now."""

    def collect(self) -> Iterable[Metric]:
        """Yield what can be asked at the moment; a metric whose source is away is left out."""
        for part in (self._states, self._depths, self._outcomes, self._histograms):
            try:
                yield from part()
            except (SQLAlchemyError, RedisError) as error:
                log.warning("metrics_partial", part=part.__name__, error=type(error).__name__)

    def _states(self) -> Iterable[Metric]:
        """Count unfinished jobs; finished ones are counted as they end, which stays cheap at any number."""
        family = GaugeMetricFamily("assay_jobs", "Unfinished jobs by state.", labels=["lane", "state"])
        count = select(Job.lane, Job.state, func.count()).group_by(Job.lane, Job.state)
        with db.engine.connect() as connection:
            for states in (WAITING, ACTIVE):  # one partial index each
                for lane, state, amount in connection.execute(count.where(Job.state.in_(states))):
                    family.add_metric([lane, state], amount)
        yield family

    def _depths(self) -> Iterable[Metric]:
        family = GaugeMetricFamily("assay_queue_depth", "Entries waiting in a queue.", labels=["queue"])
        for name in (rq.REALTIME_QUEUE, *rq.batch_queue_names()):
            family.add_metric([name], rq.waiting_count(name))
        yield family

    def _outcomes(self) -> Iterable[Metric]:
        labels = ["lane", "system", "task", "outcome"]
        family = CounterMetricFamily(
            "assay_jobs_ended", "Attempts and jobs by how they ended.", labels=labels
        )
        for key, amount in _hash(OUTCOMES).items():
            family.add_metric(_with_lane(key), float(amount))
        yield family

    def _histograms(self) -> Iterable[Metric]:
        yield _histogram("assay_batch_size", "Requests predicted together.", BATCH_SIZE, SIZE_BUCKETS)
        text = "Time of one predict call; in the batch lane, of one job that was done."
        yield _histogram("assay_model_seconds", text, MODEL_SECONDS, TIME_BUCKETS)


def _hash(name: str) -> dict[str, float]:
    """Return the counts of a hash; a field that no worker of ours writes is left out."""
    counts: dict[str, float] = {}
    for key, value in cast("dict[bytes, bytes]", redis_client().hgetall(name)).items():
        if COUNT_FIELD.match(key) and COUNT_VALUE.match(value):
            counts[key.decode()] = float(value)
    return counts


def _with_lane(key: str) -> list[str]:
    """Return the labels of a field that begins with system and task, after the task's lane."""
    labels = key.split("|")
    try:
        lane = str(find_task(labels[0], labels[1]).lane)
    except KeyError:  # counted by workers of another release
        lane = "unknown"
    return [lane, *labels]


def _histogram(name: str, text: str, key: str, bounds: tuple[float, ...]) -> HistogramMetricFamily:
    """Return what the workers observed as one cumulative histogram per lane, system and task."""
    family = HistogramMetricFamily(name, text, labels=["lane", "system", "task"])
    counts = _hash(key)
    for labels in sorted({field.rsplit("|", 1)[0] for field in counts}):
        total, buckets = 0.0, []
        for bound in (*map(str, bounds), "+Inf"):
            total += float(counts.get(f"{labels}|{bound}", 0))
            buckets.append((bound, total))
        family.add_metric(_with_lane(labels), buckets, float(counts.get(f"{labels}|sum", 0)))
    return family


@blp.route("/metrics")
@blp.response(200, {"type": "string"}, content_type="text/plain")
@blp.doc(security=[])
@error_responses(404)
def show_metrics() -> Response:
    """Show the metrics of the whole service."""
    if not settings().metrics_enabled:
        raise NotFound("Metrics are switched off here.")
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    service = CollectorRegistry()
    service.register(ServiceCollector())
    body = generate_latest(registry) + generate_latest(service)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _count_request(response: Response) -> Response:
    """Count an answer under its rule and a known method: paths and foreign words are labels without end."""
    route = str(request.url_rule or "unknown")
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    if "started" in g:
        SECONDS.labels(route).observe(time.perf_counter() - g.started)
    return response


def init_app(app: Flask) -> None:
    """Count every answer of an app."""
    app.after_request(_count_request)
