"""Is the process alive, and is the service ready: each dependency with its state and its time."""

from __future__ import annotations

import re
import time
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from marshmallow import Schema, fields, validate
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, make_redis, redis_client, settings
from app.http.errors import Unavailable
from app.http.openapi import REASONS, Blueprint, error_responses, reply
from app.http.problems import PROBLEM, ProblemSchema, problem
from app.jobs import loops
from app.jobs.queue import probes
from app.system import Lane, System, systems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

blp = Blueprint("health", __name__, description="Is it alive, is it ready, how does it do.")

UP, DOWN = "up", "down"
REDIS_S = 2.0  # in which Redis must answer to count as being there

# As migrations/script.py.mako writes them, and the formatter after it.
_LINK = re.compile(
    r"""^revision = ["'](\w+)["']\ndown_revision = (?:None|["'](\w+)["'])$""",
    re.MULTILINE,
)


class HealthSchema(Schema):
    """A process that answers."""

    status = fields.String(required=True, validate=validate.Equal("ok"))


class HealthySchema(Schema):
    """A process that answers, in other words."""

    status = fields.String(required=True, validate=validate.Equal("healthy"))
    service = fields.String(required=True)


class CheckSchema(Schema):
    """One thing that answers need."""

    state = fields.String(required=True, validate=validate.OneOf([UP, DOWN]))
    ms = fields.Float(required=True, metadata={"description": "what asking took, milliseconds"})
    detail = fields.String(required=True)


class ReadySchema(Schema):
    """A service that has all it needs."""

    status = fields.String(required=True, validate=validate.Equal("ready"))
    checks = fields.Dict(keys=fields.String(), values=fields.Nested(CheckSchema), required=True)


class NotReadySchema(ProblemSchema):
    """A problem that says what is down."""

    checks = fields.Dict(keys=fields.String(), values=fields.Nested(CheckSchema), required=True)


@blp.route("/healthz")
@blp.response(200, HealthSchema)
@blp.doc(security=[])
@error_responses()
def show_liveness() -> Response:
    """Say that this process answers; nothing else is asked."""
    return reply({"status": "ok"}, {})


@blp.route("/health")
@blp.response(200, HealthySchema)
@blp.doc(security=[])
@error_responses()
def show_health() -> Response:
    """Say that this process answers, in the words of the accidents original's client."""
    return reply({"status": "healthy", "service": "assay"}, {})


@blp.route("/readyz")
@blp.route("/ready", endpoint="show_ready")
@blp.response(200, ReadySchema)
@blp.alt_response(503, schema=NotReadySchema, content_type=PROBLEM, description=REASONS[503])
@blp.doc(security=[])
@error_responses()
def show_readiness() -> Response:
    """Say whether everything that answers need is there."""
    checks = dict(_checks())
    ready = all(check["state"] == UP for check in checks.values())
    if not ready:
        down = ", ".join(name for name, check in checks.items() if check["state"] == DOWN)
        return problem(Unavailable(f"Not ready: {down}.", code="not_ready"), checks=checks)
    return reply({"status": "ready", "checks": checks}, {"Cache-Control": "no-store"})


def _checks() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "database", _timed(_ask_database)
    redis = _timed(_ask_redis)
    yield "redis", redis
    # A Redis that hangs would be waited for by each of those that rest on it: minutes in all.
    of_redis = _timed if redis["state"] == UP else _not_asked
    yield "clock", of_redis(_ask_clock)
    for name, age_s in loops.ages_s().items():
        yield f"loop {name}", _timed(lambda age_s=age_s: _judge_loop(age_s))  # type: ignore[misc]
    lanes: dict[Lane, probes.LaneHealth] = {}
    for lane in Lane:
        yield f"lane {lane}", of_redis(lambda lane=lane: _ask_lane(lane, lanes))  # type: ignore[misc]
    for system in systems().values():
        yield f"model {system.name}", _timed(lambda system=system: _ask_model(system, lanes))  # type: ignore[misc]


def _not_asked(_check: Callable[[], str]) -> dict[str, Any]:
    return {"state": DOWN, "ms": 0.0, "detail": "not asked, for Redis does not answer"}


def _timed(check: Callable[[], str]) -> dict[str, Any]:
    """Run one check; return its state, its time in ms, and what there is to say."""
    begun = time.perf_counter()
    try:
        detail, state = check(), UP
    except (SQLAlchemyError, RedisError, LookupError) as error:
        has_detail = isinstance(error, LookupError)
        detail, state = str(error.args[0]) if has_detail else type(error).__name__, DOWN
    return {"state": state, "ms": round((time.perf_counter() - begun) * 1000, 1), "detail": detail}


def _ask_database() -> str:
    with db.engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    newest, *older = migrations()
    # one that is not known here is newer: a deployment migrates before it ends the processes of the last
    if version is None or version in older:
        raise LookupError(
            f"its tables are those of migration {version}, {newest} is right: `flask db upgrade`"
        )
    return "answers, migrated"


@cache
def migrations() -> list[str]:
    """Return the migrations that this code has, the newest first.

    Read here rather than by alembic, which takes longer to load than the rest of this process's check.
    """
    scripts = Path(current_app.config["MIGRATIONS"], "versions").glob("*.py")
    links = chain.from_iterable(_LINK.findall(script.read_text(encoding="utf-8")) for script in scripts)
    after = {before: revision for revision, before in links}
    ordered = [after[""]]
    while ordered[0] in after:
        ordered.insert(0, after[ordered[0]])
    return ordered


def _ask_redis() -> str:
    with make_redis(settings().redis_url, socket_timeout_s=REDIS_S) as client:
        client.ping()
    return "answers"


def _ask_clock() -> str:
    if not redis_client().get(probes.CLOCK):
        raise LookupError("no clock has been seen lately")
    return "ticks"


def _judge_loop(age_s: float) -> str:
    """Say when a loop of this process turned last; raise LookupError where that is too long ago."""
    detail = f"turned {age_s:.0f} s ago"
    if age_s > loops.STALE_S:
        raise LookupError(detail)
    return detail


def _ask_lane(lane: Lane, lanes: dict[Lane, probes.LaneHealth]) -> str:
    state = lanes[lane] = probes.health(lane)
    age = "never" if state.canary_age_s is None else f"{state.canary_age_s:.0f} s ago"
    detail = f"{len(state.workers)} live worker(s), last took work {age}"
    if not state.is_ready:
        raise LookupError(detail)
    return detail


def _ask_model(system: System, lanes: dict[Lane, probes.LaneHealth]) -> str:
    """Every lane that a system's tasks need has a live worker with its model."""
    versions = set()
    for lane in {task.lane for task in system.tasks}:
        signs = lanes[lane].workers if lane in lanes else ()
        loaded = {sign.models[system.name] for sign in signs if system.name in sign.models}
        if not loaded:
            raise LookupError(f"no live {lane} worker has loaded it")
        versions |= {version for listed in loaded for version in listed.split(", ")}
    return ", ".join(sorted(versions))
