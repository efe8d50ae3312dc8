"""`flask watch`: read what arrives in some folders."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog
from flask.cli import with_appcontext

from app.extensions import settings as app_settings

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

    from app.mood.watch.arrivals import Arrivals
    from app.mood.watch.settings import WatchSettings

log = structlog.get_logger()
DEFAULT = Path("config/watcher.yaml")
TICK_S = 0.25
LOOK_S = 30.0  # between two looks at all that is there, should an event have been lost


@click.command("watch")
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEFAULT,
    show_default=True,
    help="Which folders, as YAML.",
)
@with_appcontext
def watch(config: Path) -> None:
    """Read exports of mood that arrive in folders, each once."""
    from app.mood.watch.arrivals import Arrivals  # noqa: PLC0415 - no other process loads what watches
    from app.mood.watch.settings import read_settings  # noqa: PLC0415

    stop = _until_asked_to_stop()
    if not config.exists() and config == DEFAULT:
        log.info("watch_idle", reason=f"there is no {config}")
        stop.wait()
        return
    try:
        settings = read_settings(config)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if app_settings().auth_mode == "keys" and settings.owner == "local":
        raise click.ClickException(f"{config} must name an `owner`: the key's name whose files these are")
    arrivals = Arrivals(settings.directories, settings.debounce_s)
    observer = _observe(settings, arrivals)
    try:
        _run(settings, arrivals, stop)
    finally:
        observer.stop()
        observer.join()


def _until_asked_to_stop() -> threading.Event:
    """Return an event that is set when the process is asked to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _observe(settings: WatchSettings, arrivals: Arrivals) -> BaseObserver:
    """Start what tells of events in the folders that are there."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler  # noqa: PLC0415
    from watchdog.observers import Observer  # noqa: PLC0415

    class Handler(FileSystemEventHandler):
        """Notes every path that something happened to."""

        def on_any_event(self, event: FileSystemEvent) -> None:
            """Note where something is now: a file that is renamed arrives under its new name."""
            arrivals.add(Path(str(event.dest_path or event.src_path)))

    observer = Observer()
    for directory in settings.directories:
        if directory.path.is_dir():
            observer.schedule(Handler(), str(directory.path), recursive=directory.is_recursive)
        else:
            log.warning("watch_missing", folder=str(directory.path))
    observer.start()
    log.info("watch_ready", folders=[str(directory.path) for directory in settings.directories])
    return observer


def _run(settings: WatchSettings, arrivals: Arrivals, stop: threading.Event) -> None:
    """Take files as they are still, until asked to stop."""
    from app.mood.watch.intake import take  # noqa: PLC0415

    looked_at = -LOOK_S
    while not stop.is_set():
        if time.monotonic() - looked_at >= LOOK_S:
            arrivals.look_around()
            looked_at = time.monotonic()
        for path in arrivals.still(settings.batch_size):
            directory = arrivals.directory_of(path)
            if directory is not None and not stop.is_set():
                arrivals.finish(path, take(path, directory, settings))
        stop.wait(TICK_S)
