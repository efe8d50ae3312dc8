"""How gunicorn serves the web process; it reads this file by its name."""

from __future__ import annotations

import mmap
import os
import resource
import shutil
from pathlib import Path
from typing import Any

from app.server.gunicorn_logging import JsonLogger, checked_settings

METRICS = "PROMETHEUS_MULTIPROC_DIR"
# The web processes' shares of the connections; shared, as it is made before they fork.
SEATS = memoryview(mmap.mmap(-1, 4 * 256)).cast("I")


def on_starting(_server: Any) -> None:
    """Begin with no metrics of processes that are gone."""
    folder = Path(os.environ[METRICS])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def post_fork(_server: Any, _worker: Any) -> None:
    """Let a request that waits for PostgreSQL wait alone."""
    from psycogreen.gevent import patch_psycopg  # noqa: PLC0415 - gevent has no place in the main process

    patch_psycopg()


def post_worker_init(worker: Any) -> None:
    """Share new connections out between the web processes, and have this one leave in time."""
    from app.server.accept_balancing import listen  # noqa: PLC0415 - as above
    from app.server.collector import freeze_heap  # noqa: PLC0415 - of the web processes alone, as the next
    from app.server.graceful_shutdown import shut_down_gracefully  # noqa: PLC0415 - gevent has no place in the main process

    shut_down_gracefully(worker)
    listen(SEATS, worker.age % len(SEATS))
    freeze_heap()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - reads METRICS at import

    mark_process_dead(worker.pid)
    SEATS[worker.age % len(SEATS)] = 0


# Heroku sends requests from outside to the dyno's own address. The application must know it too: it refuses
# to serve everyone without keys.
if "DYNO" in os.environ:
    os.environ["HOST"] = os.environ.get("HOST") or "0.0.0.0"  # noqa: S104
settings = checked_settings()
# Each connection is a file; the usual soft limit of 1,024 would refuse the rest.
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))

bind = f"{settings.host}:{settings.port}"
workers = settings.web_concurrency
worker_class = "gevent"
worker_connections = 4000  # mostly waiting: for a prediction, or on an event stream
backlog = 2048
timeout = 60  # seconds without a sign of life of a worker, not of a request
graceful_timeout = 15  # seconds; longer than an answer is held back, and Heroku sends SIGKILL after 30
keepalive = 75  # seconds; longer than the usual proxy's 60, so that it never writes to a closed connection
forwarder_headers = ""  # SCRIPT_NAME is ours to say, whoever sends it as a header
control_socket_disable = True  # its path is one for all gunicorns of a user
logger_class = JsonLogger  # no access log: the application logs each request, with its id
os.environ.setdefault(METRICS, str(Path("var/run/metrics").absolute()))
