"""What a system is: its name, its tasks, and the words that its API speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from flask import current_app

if TYPE_CHECKING:
    from click import Command
    from marshmallow import Schema

    from app.jobs.models import Job


class Lane(StrEnum):
    """The two kinds of worker process."""

    REALTIME = "realtime"
    BATCH = "batch"


class Priority(StrEnum):
    """Which of the batch lane's two queues a task waits in."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class State(StrEnum):
    """The core states of a job; systems map them to the words of their APIs."""

    RECEIVED = "received"
    QUEUED = "queued"
    RETRYING = "retrying"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


WAITING = (State.RECEIVED, State.QUEUED, State.RETRYING)
CLAIMABLE = (State.RECEIVED, State.QUEUED)
ACTIVE = (State.RUNNING, State.CANCELLING)
RETRIABLE = (State.FAILED, State.CANCELLED)
FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED)


@dataclass(frozen=True)
class Task:
    """One thing a system can be asked.

    `timeout_s` bounds one attempt; the items of a `counted` task fall under the cap of waiting items.
    A `cacheable` question, asked again by the same owner, may be answered with his earlier job: each
    of the realtime lane, and those of the batch lane that their system looks up.
    """

    name: str
    lane: Lane
    timeout_s: int
    priority: Priority = Priority.INTERACTIVE
    counted: bool = False
    cacheable: bool = False


class Results(Protocol):
    """What a file job leaves behind, as `GET /api/v1/results/{job_id}` shows it.

    A row's members are the columns, and `position`, which counts the rows of the whole job
    from 0 and leaves none out, whether it is a column or not. Rows are read in blocks, each
    between two positions: let an index serve that.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the members of a row that a CSV has, in its order."""

    def summary(self, job: Job) -> Mapping[str, Any]:
        """Return the figures of the whole, of what is there while the job runs.

        Among them is `coverage`: `{"total", "done", "failed", "skipped"}`, counts of rows, pages
        or chunks; once the job has ended, the last three add up to `total`.
        """

    def rows(self, job: Job, *, first: int = 0, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield rows in order from position `first` on, without holding them all."""


class CsvForm(Protocol):
    """How the rows of one job are written as a CSV."""

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings of the columns."""

    def cells(self, row: Mapping[str, Any]) -> Sequence[Any]:
        """Return a row's cells, none of them a formula."""


@dataclass(frozen=True)
class Files:
    """What a system does with uploaded files.

    `task` is its batch task that reads them; `kinds` are the media types that it
    reads, as found in the content; those of `kinds_if_named` it reads where the caller
    names it, since other systems' files look the same. The job's input is `{"upload_ids": [...]}`.
    With `retention_days`, files sent for it are kept another time than others.
    `csv_form` says how a job's CSV is written, where the columns depend on the job.
    """

    task: str
    kinds: tuple[str, ...]
    most_bytes: int
    options: type[Schema]
    results: Results
    retention_days: int | None = None
    kinds_if_named: tuple[str, ...] = ()
    csv_form: Callable[[Job], CsvForm] | None = None

    @property
    def all_kinds(self) -> tuple[str, ...]:
        """The media types that it reads where it is named."""
        return (*self.kinds, *self.kinds_if_named)


@dataclass(frozen=True)
class System:
    """One of the analyses behind the service.

    `vocabulary` maps every core state but `expired`, which is a 410, to the word
    of the system's own routes. `worker` names the package that computes.
    With `retention_days`, its finished jobs are kept another time than others; with
    `retry_s`, there is this pause before each further try, seconds.
    The clock calls what is `upkeep` every half minute; `commands` are added to `flask`.
    `keys_in_use` says which of the storage's keys its own rows name: their files are no orphans.
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    vocabulary: Mapping[State, str]
    worker: str
    blueprints: tuple[Any, ...] = ()
    files: Files | None = None
    retention_days: int | None = None
    retry_s: float | None = None
    upkeep: tuple[Callable[[], object], ...] = ()
    commands: tuple[Command, ...] = ()
    keys_in_use: Callable[[Sequence[UUID]], set[UUID]] | None = None

    def task(self, name: str) -> Task:
        """Return a task by its name; raise KeyError when there is none."""
        return {task.name: task for task in self.tasks}[name]


def systems() -> Mapping[str, System]:
    """Return the current app's systems by name."""
    return cast("Mapping[str, System]", current_app.config["SYSTEMS"])


def readers() -> Mapping[str, Files]:
    """Return what each system that reads files does with them."""
    return {name: system.files for name, system in systems().items() if system.files is not None}


def find_task(system: str, task: str) -> Task:
    """Return a task by its two names; raise KeyError when there is none."""
    return systems()[system].task(task)
