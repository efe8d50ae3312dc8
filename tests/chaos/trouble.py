"""Random faults: processes that are killed, stopped or ended, and a wiped Redis."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress

from tests.chaos.ledger import KINDS, Ledger
from tests.stacks import Stack

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)


class Trouble:
    """Breaks one thing after another; in the main thread, because a server ends with the thread that started it."""

    def __init__(self, stack: Stack, servers, ledger: Ledger, seed: int) -> None:
        self.stack, self.servers, self.ledger = stack, servers, ledger
        self.dice = random.Random(seed)
        self.deck: list[tuple] = []
        self.endings: list[tuple] = []  # when, and what ends a fault that goes on

    def run(self, seconds: float) -> None:
        """Break things for some seconds, then end the faults that go on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.wait(self.dice.uniform(0.5, 2.5))
            act, *what = self.draw()
            act(*what)
        while self.endings:
            self.wait(0.1)

    def draw(self) -> tuple:
        """Return the next fault: each comes once, in any order, before one comes again."""
        if not self.deck:
            processes = [
                (self.hit, kind, number) for kind in sorted(set(KINDS.split())) for number in SIGNALS
            ]
            restarts = [(self.restart, server, how) for server in self.servers for how in ("stop", "kill")]
            self.deck = [*processes, *restarts, (self.wipe_redis,)]
            self.dice.shuffle(self.deck)
        return self.deck.pop()

    def wait(self, seconds: float) -> None:
        """Let time pass, and end the faults whose time is over."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            for ending in [each for each in self.endings if each[0] <= now]:
                self.endings.remove(ending)
                ending[1]()
            time.sleep(0.05)

    def end_after(self, seconds: float, ending) -> None:
        self.endings.append((time.monotonic() + seconds, ending))

    def hit(self, kind: str, number: signal.Signals) -> None:
        """Send a signal to a process of a kind, or to one of its children; a pause ends later."""
        living = self.stack.of(kind)
        if not living:
            self.deck.insert(0, (self.hit, kind, number))
            return
        process = self.dice.choice(living)
        pid = self.dice.choice([process.pid, *children(process.pid)])
        if signalled(pid, number):
            self.ledger.faults[f"{number.name} {kind}"] += 1
            if number == signal.SIGSTOP:
                self.end_after(self.dice.uniform(1, 12), lambda: signalled(pid, signal.SIGCONT))

    def restart(self, server, how: str) -> None:
        """Take a server away for a while."""
        if not server.alive():
            self.deck.insert(0, (self.restart, server, how))
            return
        self.ledger.faults[f"{how} {server.name}"] += 1
        getattr(server, how)()
        self.end_after(self.dice.uniform(0, 2), server.start)

    def wipe_redis(self) -> None:
        broker = self.servers[1]
        if not broker.alive():
            self.deck.insert(0, (self.wipe_redis,))
            return
        self.ledger.faults["wipe Valkey"] += 1
        broker.kill()
        broker.wipe()
        broker.start()


def signalled(pid: int, number: signal.Signals) -> bool:
    """Send a signal; say whether there was anybody to get it."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]
