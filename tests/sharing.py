"""What all test processes of a run share: the first that asks starts it, and ends it when no other runs."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


def process_number() -> int:
    """Return the number of this test process, from 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


class Sharing:
    """What this process has started for all, and the folder where processes tell each other.

    Each process holds a lock until it ends, which the kernel frees should it be killed; at its end it
    waits until it alone holds it, where it has started something.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = ExitStack()
        self.users = (folder / "users").open("a")
        fcntl.flock(self.users, fcntl.LOCK_SH)
        self.published: list[Path] = []

    def get(self, name: str, start: Callable[[], AbstractContextManager[Any]]) -> Any:
        """Return what `start` gives, which JSON can hold, in whichever process it was called."""
        facts = self.folder / f"{name}.json"
        with (self.folder / f"{name}.lock").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if not facts.exists():
                facts.write_text(json.dumps(self.started.enter_context(start())))
                self.published.append(facts)
            return json.loads(facts.read_text())

    def close(self) -> None:
        """End what this process has started, once no other process may use it."""
        fcntl.flock(
            self.users, fcntl.LOCK_UN
        )  # first, so that of two that have started something none waits for ever
        if self.published:
            fcntl.flock(self.users, fcntl.LOCK_EX)
            for facts in self.published:
                facts.unlink()
        self.started.close()
        self.users.close()
