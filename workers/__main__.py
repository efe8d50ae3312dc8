"""`python -m workers LANE [SYSTEM...]`: load the models once, then serve the lane."""

from __future__ import annotations

import os

# Before any model is loaded: a child forked from a parent with OpenMP threads hangs for ever.
os.environ["OMP_NUM_THREADS"] = "1"

import time

import click
import structlog
from redis.exceptions import RedisError

from app import create_app
from app.config import Settings
from app.extensions import redis_client
from app.jobs.queue import rq
from app.model_versions import selection
from app.server.collector import freeze_heap, gc_paused
from app.system import Lane, System
from app.telemetry import logs
from workers.run import WORKER
from workers.runtime.worker_loop import Served
from workers.sdk.task import warm

log = structlog.get_logger()


@click.command()
@click.argument("lane", type=click.Choice([str(lane) for lane in Lane]))
@click.argument("systems", nargs=-1)
def main(lane: str, systems: tuple[str, ...]) -> None:
    """Serve a lane's queue for some systems, or for all."""
    settings = Settings.read()
    settings.check_serving()
    app = create_app(settings)
    logs.configure(settings.log_level, lane)
    chosen = choose(app.config["SYSTEMS"], systems, Lane(lane))
    with app.app_context():
        wait_for_redis()
        served = {name: tuple(share.version for share in selection.live(name)) for name in chosen}
        with gc_paused():
            for name, live in served.items():
                warm(chosen[name], live)
        freeze_heap()
        serve(Lane(lane), served)


def wait_for_redis() -> None:
    """Return once Redis answers: a worker that starts beside it need not die of being first."""
    while True:
        try:
            redis_client().ping()
        except RedisError as error:
            log.warning("worker_waits", error=type(error).__name__)
            time.sleep(1.0)
        else:
            return


def choose(registered: dict[str, System], names: tuple[str, ...], lane: Lane) -> dict[str, System]:
    """Return the systems to serve: those named, or all that have a task in the lane."""
    unknown = sorted(set(names) - set(registered))
    if unknown:
        raise click.ClickException(f"no system {unknown[0]!r}; there are: {', '.join(sorted(registered))}")
    in_lane = {name for name, system in registered.items() if any(task.lane == lane for task in system.tasks)}
    return {name: registered[name] for name in sorted(in_lane) if not names or name in names}


def serve(lane: Lane, served: Served) -> None:
    """Run the lane's worker in this process until it is told to stop."""
    if lane == Lane.REALTIME:
        from workers.runtime.realtime import RealtimeWorker  # noqa: PLC0415

        RealtimeWorker([rq.REALTIME_QUEUE], served).serve()
        return
    from workers.runtime.batch import BatchWorker  # noqa: PLC0415

    worker = BatchWorker(rq.batch_queue_names(), served)
    os.environ[WORKER] = worker.name
    worker.serve()


if __name__ == "__main__":
    main()
