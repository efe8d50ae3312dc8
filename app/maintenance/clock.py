"""`flask clock`: sweep, and send a canary down each lane."""

from __future__ import annotations

import signal
import time
from threading import Event
from typing import TYPE_CHECKING

import click
import structlog
from flask.cli import with_appcontext
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import end_session, redis_client, settings
from app.files.uploads import cleanup
from app.jobs.queue import probes
from app.maintenance import reaper
from app.system import systems
from app.telemetry import logs

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger()

HOUR_S = 3600.0
UPKEEP_S = 30.0


@click.command("clock")
@with_appcontext
def clock() -> None:
    """Sweep and send canaries until told to stop."""
    settings().check_serving()
    logs.configure(settings().log_level, "clock")
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    due: dict[Callable[[], object], tuple[float, float]] = {
        beat: (settings().canary_s, 0.0),
        probes.send: (settings().canary_s, 0.0),
        reaper.sweep: (settings().sweep_s, 0.0),
        reaper.forget_old: (HOUR_S, 0.0),
        cleanup.clean: (settings().upload_cleanup_s, 0.0),
        cleanup.remove_orphans: (HOUR_S, 0.0),
        **{work: (UPKEEP_S, 0.0) for system in systems().values() for work in system.upkeep},
    }
    log.info("clock_started")
    while not stop.is_set():
        for work, (every, last) in due.items():
            if time.monotonic() - last >= every:
                due[work] = (every, time.monotonic())
                run_safely(work)
        stop.wait(0.2)
    log.info("clock_stopped")


def run_safely(work: Callable[[], object]) -> None:
    """Do one piece of work; what is away now is there in the next round."""
    try:
        work()
    except (SQLAlchemyError, RedisError) as error:
        log.warning("clock_skipped", work=work.__name__, error=type(error).__name__)
    finally:
        end_session()


def beat() -> None:
    """Say that a clock lives."""
    redis_client().set(probes.CLOCK, int(time.time()), ex=int(settings().canary_stale_s))
