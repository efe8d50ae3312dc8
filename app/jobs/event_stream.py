"""A job's changes as server-sent events, and waiting for a job to end.

One watcher per web process hears of changes over one Redis channel; every few
seconds it asks PostgreSQL about all watched jobs at once, so that a lost message
only delays. All who follow a job in this process share one feed of it: a change
costs one query, whether one stream is open or five hundred.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import structlog
from flask import Flask, json
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import OnePerProcess, db, make_redis, settings, this_app
from app.http.errors import TooMany
from app.jobs import loops
from app.jobs.models import Job, JobEvent
from app.jobs.transitions import CHANGED
from app.system import FINAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = structlog.get_logger()

HEARTBEAT_S = 15.0  # Heroku's router closes what is silent for 55 s
LOOK_S = 3.0  # time between two looks at PostgreSQL for changes whose message was lost
RETRY_MS = 1000
HEAR, LOOK = "changes heard", "changes looked for"


@dataclass
class Feed:
    """What is known here of one job's changes, in order, and who waits for more."""

    job_id: UUID
    events: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False
    stale: bool = True
    looks: int = 0  # begun
    wakeups: set[threading.Event] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def version(self) -> int:
        """Return the last version known here."""
        return self.events[-1]["version"] if self.events else 0

    def after(self, last: int) -> list[dict[str, Any]]:
        """Return the events that are known here and newer than a version."""
        return self.events[bisect_right(self.events, last, key=itemgetter("version")) :]

    def ring(self) -> None:
        """Say that there may be more to know."""
        self.stale = True
        for wakeup in tuple(self.wakeups):
            wakeup.set()

    def refresh(self) -> None:
        """Learn what changed; of many who ask at once, one looks.

        Whoever waited for it is content, also where more has changed since: the wakeup was set again.
        """
        before = self.looks
        with self.lock:
            if self.stale and not self.over and self.looks == before:
                self.looks += 1
                self.stale = False
                try:
                    news, self.over = events_after(self.job_id, self.version)
                except SQLAlchemyError:
                    self.stale = True
                    raise
                self.events += news


class Watcher:
    """Keeps the feeds of one web process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.feeds: dict[UUID, Feed] = {}
        self.streams: Counter[str] = Counter()
        self.closed = False
        for name, work in ((HEAR, self._hear_forever), (LOOK, self._look_forever)):
            threading.Thread(target=loops.keep_running, args=(name, work), daemon=True, name=name).start()

    def follow(self, job_id: UUID) -> tuple[Feed, threading.Event]:
        """Return a job's feed, and a wakeup event of the caller's own."""
        feed = self.feeds.setdefault(job_id, Feed(job_id))
        wakeup = threading.Event()
        feed.wakeups.add(wakeup)
        return feed, wakeup

    def leave(self, feed: Feed, wakeup: threading.Event) -> None:
        """Stop following a feed; the last to leave removes it."""
        feed.wakeups.discard(wakeup)
        if not feed.wakeups:
            self.feeds.pop(feed.job_id, None)

    def close(self) -> None:
        """End the streams: this process leaves, and their readers come back to another."""
        self.closed = True
        for feed in tuple(self.feeds.values()):
            feed.ring()

    def _hear_forever(self) -> None:
        """Listen to the channel of changes; while Redis is away the look alone serves."""
        with self.app.app_context():
            config = settings()
        while True:
            try:
                client = cast(
                    "Any", make_redis(config.redis_url, socket_timeout_s=HEARTBEAT_S, config=config)
                )
                channel = client.pubsub(ignore_subscribe_messages=True)
                channel.subscribe(CHANGED)
                while True:
                    loops.turn(HEAR)
                    self._hear(channel.get_message(timeout=5.0))
            except (RedisError, ValueError) as error:
                loops.turn(HEAR)
                log.warning("changes_unheard", error=type(error).__name__)
                time.sleep(1.0)

    def _hear(self, message: dict[str, Any] | None) -> None:
        """Ring the feed that a message is about, if anybody here follows it."""
        if message is not None:
            feed = self.feeds.get(UUID(cast("bytes", message["data"]).decode()))
            if feed is not None:
                feed.ring()

    def _look_forever(self) -> None:
        """Compare the versions of all watched jobs now and then."""
        while True:
            loops.turn(LOOK)
            time.sleep(LOOK_S)
            try:
                self._look()
            except SQLAlchemyError as error:
                log.warning("changes_unseen", error=type(error).__name__)

    def _look(self) -> None:
        """Ring the feeds that are behind, and those whose job is gone."""
        feeds = dict(self.feeds)
        if not feeds:
            return
        with self.app.app_context(), db.engine.connect() as connection:
            rows = connection.execute(select(Job.id, Job.version).where(Job.id.in_(feeds)))
            versions = {job_id: version for job_id, version in rows}  # noqa: C416 - rows are no tuples
        for job_id, feed in feeds.items():
            if versions.get(job_id) != feed.version:
                feed.ring()


watcher = OnePerProcess(Watcher)


def wait_until_final(job_id: UUID, wait_s: float) -> None:
    """Return when a job has ended, or when the wait has run out."""
    db.session.rollback()  # so that no connection is held while waiting
    feed, wakeup = watcher().follow(job_id)
    until = time.monotonic() + wait_s
    try:
        while (left := until - time.monotonic()) > 0:
            wakeup.clear()
            feed.refresh()
            if feed.over:
                return
            wakeup.wait(left)
    finally:
        watcher().leave(feed, wakeup)


def open_stream(
    job_id: UUID, *, who: str, last_event_id: int, may_go_on: Callable[[], bool]
) -> Iterator[str]:
    """Return a job's events after the given one, as they happen, until it ends.

    Raises:
        TooMany: as many streams are open as may be.

    """
    open_ones, config = watcher().streams, settings()
    if open_ones.total() >= config.streams or open_ones[who] >= config.streams_per_owner:
        raise TooMany("Too many event streams are open; close some, or ask for the job's state instead.")
    return _stream(this_app(), watcher(), job_id, who, last_event_id, may_go_on)


def _stream(  # noqa: PLR0917 - what a stream goes on with when its request is over
    app: Flask, watcher: Watcher, job_id: UUID, who: str, last: int, may_go_on: Callable[[], bool]
) -> Iterator[str]:
    """Yield events; no stream holds a connection to the database while it waits.

    It ends at the heartbeat after its key was revoked.
    """
    with app.app_context():
        until = time.monotonic() + settings().stream_life_s
    feed, wakeup = watcher.follow(job_id)
    watcher.streams[who] += 1
    try:
        yield f"retry: {RETRY_MS}\n\n"
        while time.monotonic() < until and not watcher.closed:
            wakeup.clear()
            with app.app_context():
                feed.refresh()
            for event in feed.after(last):
                last = event["version"]
                yield f"id: {last}\nevent: {event['state']}\ndata: {json.dumps(event)}\n\n"
            if feed.over:
                return
            if not wakeup.wait(HEARTBEAT_S):
                with app.app_context():
                    if not may_go_on():
                        return
                yield ": alive\n\n"
    except SQLAlchemyError as error:  # the stream ends, and its reader comes back with Last-Event-ID
        log.warning("stream_broken", error=type(error).__name__)
    finally:
        watcher.leave(feed, wakeup)
        watcher.streams[who] -= 1


def events_after(job_id: UUID, last: int) -> tuple[list[dict[str, Any]], bool]:
    """Return the changes after one, and whether the job has ended.

    The realtime lane writes a job with its result and no event: there the job's
    present state stands for it.
    """
    with db.engine.connect() as connection:
        job = connection.execute(
            select(Job.version, Job.state, Job.progress, Job.stage).where(Job.id == job_id)
        ).one_or_none()
        if job is None:
            return [], True
        query = select(JobEvent.version, JobEvent.state, JobEvent.progress, JobEvent.stage)
        after = query.where(
            JobEvent.job_id == job_id, JobEvent.version > last, JobEvent.version <= job.version
        )
        rows = list(connection.execute(after.order_by(JobEvent.version)))
    if job.version > max(last, rows[-1].version if rows else 0):
        rows.append(job)
    events = [
        {
            "job_id": str(job_id),
            "version": row.version,
            "state": row.state,
            "progress": row.progress,
            "stage": row.stage,
        }
        for row in rows
    ]
    return events, job.state in FINAL
