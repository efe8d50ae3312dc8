"""What a system is: its name, its tasks, and the words that its plan speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from flask import current_app


class Lane(StrEnum):
    """The two kinds of worker process."""

    REALTIME = "realtime"
    BATCH = "batch"


class Priority(StrEnum):
    """Which of the batch lane's two queues a task waits in."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class State(StrEnum):
    """The core states of a job; systems map them to their plans' words."""

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
ACTIVE = (State.RUNNING, State.CANCELLING)
FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED)


@dataclass(frozen=True)
class Task:
    """One thing a system can be asked.

    `timeout_s` bounds one attempt; the items of a `counted` task fall under the cap of waiting items.
    """

    name: str
    lane: Lane
    timeout_s: int
    priority: Priority = Priority.INTERACTIVE
    counted: bool = False


@dataclass(frozen=True)
class System:
    """One of the analyses behind the service.

    `vocabulary` maps every core state but `expired`, which is a 410, to the word
    of the system's own doors. `worker` names the package that computes.
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    vocabulary: Mapping[State, str]
    worker: str
    blueprints: tuple[Any, ...] = ()

    def task(self, name: str) -> Task:
        """Return a task by its name; raise KeyError when there is none."""
        return {task.name: task for task in self.tasks}[name]


def systems() -> Mapping[str, System]:
    """Return the current app's systems by name."""
    return cast("Mapping[str, System]", current_app.config["SYSTEMS"])


def find_task(system: str, task: str) -> Task:
    """Return a task by its two names; raise KeyError when there is none."""
    return systems()[system].task(task)
