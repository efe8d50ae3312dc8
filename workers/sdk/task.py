"""The two kinds of task that a system registers in its `TASKS`, and what a batch task is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.extensions import db
from app.files.uploads import service as uploads
from app.jobs import transitions
from app.jobs.models import Job
from app.jobs.transitions import Fence
from app.system import System, find_task, systems

Document = Mapping[str, Any]

REPORT_S = 0.5  # progress is written at most this often


@dataclass(frozen=True)
class Stored:
    """One answered question, as its system stores it."""

    job_id: UUID
    input: Any
    result: Document


@dataclass(frozen=True)
class Answer:
    """A task of the realtime lane.

    `answer` takes inputs of equal options, and the version of the model that is to
    answer them, and returns one result each, in order;
    `store` writes results as rows; `fetch` returns the results stored for jobs.
    """

    answer: Callable[[Sequence[Any], Document, str], list[Document]]
    store: Callable[[Session, Sequence[Stored]], None]
    fetch: Callable[[Session, Sequence[UUID]], dict[UUID, Document]]


@dataclass(frozen=True)
class InputFile:
    """One of a job's files, which lies on this machine while it is read.

    Attributes:
        number: its place among the job's files, from 0.
        name: what its owner calls it.
        path: where it lies.
        size: its bytes.
        before: bytes of the files that are read before it.
        total: bytes of all files of the job.

    """

    number: int
    name: str
    path: Path
    size: int
    before: int
    total: int


@dataclass
class Run:
    """One attempt at one batch job, as its task sees it.

    The task adds its rows to `session` and returns; they are committed together
    with the job's success, or not at all. A transaction of it that is idle for a
    minute is ended by PostgreSQL: who reads through it and then computes for long
    commits in between. `model_version` is the version that is to answer, chosen by
    the job's id; empty for a system without weights.
    """

    job: Job
    fence: Fence
    session: Session
    model_version: str
    _reported: float = field(default=0.0, repr=False)

    @contextmanager
    def files(self) -> Iterator[list[InputFile]]:
        """Give the job's files, in its order. No transaction stands open while they are read.

        This is what fetches them from a bucket: a task that enters it once reads each object once.

        Raises:
            TaskError: one of them is not there any more.

        """
        sent = uploads.of_job(self.session, self.job)
        self.session.commit()
        with ExitStack() as opened:
            paths = [opened.enter_context(uploads.opened(upload)) for upload in sent]
            sizes = [path.stat().st_size for path in paths]
            yield [
                InputFile(number, upload.name, path, size, before=sum(sizes[:number]), total=sum(sizes))
                for number, (upload, path, size) in enumerate(zip(sent, paths, sizes, strict=True))
            ]

    def progress(self, processed: int, total: int | None = None, *, stage: str | None = None) -> None:
        """Tell how far the task is.

        Raises:
            Superseded: the job was taken away; nothing that this attempt writes would count.

        """
        if time.monotonic() - self._reported < REPORT_S:
            return
        self._reported = time.monotonic()
        with Session(db.engine) as session:  # not the task's: progress must not commit its rows
            still = transitions.advance(
                session, self.fence, processed=processed, total=total or self.job.total, stage=stage
            )
            session.commit()
        if not still:
            raise Superseded(str(self.job.id))
        transitions.announce(self.job.id)


class Superseded(Exception):
    """Raised in an attempt whose job has been given to another, or is being cancelled."""


@dataclass(frozen=True)
class Work:
    """A task of the batch lane: one job in a child process of its own."""

    run: Callable[[Run], None]


def load_tasks(system: System) -> Mapping[str, Answer | Work]:
    """Import a system's tasks, which loads its models once per process."""
    return cast("Mapping[str, Answer | Work]", import_module(f"{system.worker}.tasks").TASKS)


def warm(system: System, live: Sequence[str]) -> None:
    """Load live versions of a system's model, so that no job waits for it."""
    tasks = import_module(f"{system.worker}.tasks")
    for version in live:
        tasks.warm(version)


def answer_of(system: str, task: str) -> Answer:
    """Return a realtime task; raise KeyError when there is none of that name."""
    registered = load_tasks(systems()[system])[task]
    if not isinstance(registered, Answer):
        raise KeyError(task)
    return registered


def work_of(system: str, task: str) -> Work:
    """Return a batch task; raise KeyError when there is none of that name."""
    find_task(system, task)
    registered = load_tasks(systems()[system])[task]
    if not isinstance(registered, Work):
        raise KeyError(task)
    return registered
