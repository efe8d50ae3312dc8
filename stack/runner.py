"""Keep processes running with circus: whatever dies is started again, and all end together."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from circus import get_arbiter
from circus.exc import ConflictError
from tornado.httpclient import AsyncHTTPClient, HTTPError
from tornado.ioloop import IOLoop, PeriodicCallback

from stack.leash import leashed
from stack.servers import Server, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from circus.arbiter import Arbiter

ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
CHECK_S = 1.0  # time after which a death is noticed, at most
SHORT_S = 20.0  # a life below this is a failure to start
LONGEST_S = 30.0  # between two such
END_S = 26.0  # time to end politely: gunicorn's graceful_timeout is 15 s, a worker's DRAIN_S 20
SLOW_S = 60  # time after which the terminal is told what is not ready yet


def say(name: str, line: str, width: int = 10) -> None:
    """Write one line of a process to the terminal, after its name."""
    with suppress(OSError):  # nobody reads any more: `make run | head`
        print(f"{name:<{width}}| {line}", flush=True)  # noqa: T201 - the terminal is what this is for


class Lines:
    """What circus calls with a process's output, in pieces; says it line by line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest = b""

    def __call__(self, piece: dict[str, Any]) -> None:
        """Say the lines that a piece completes."""
        *lines, self._rest = (self._rest + piece["data"]).split(b"\n")
        for line in lines:
            say(self._name, line.decode(errors="replace"))


def run(
    commands: dict[str, str],
    servers: Sequence[Server],
    environment: dict[str, str],
    *,
    ready_url: str,
    on_ready: Callable[[], None],
) -> None:
    """Run shell commands by name until this process is told to end, and start again what dies."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # circus takes the current one
    outlives_terminal = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # nohup
    # inproc, because circus' control socket can start any command: nothing outside may reach it.
    arbiter = get_arbiter(
        [_watcher(name, command, environment) for name, command in commands.items()],
        controller="inproc://control", pubsub_endpoint="inproc://events", check_delay=CHECK_S,
    )  # fmt: skip
    for signum in ENDING:
        loop.add_signal_handler(signum, lambda: loop.create_task(_end(arbiter)))
    if outlives_terminal:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    guard = PeriodicCallback(lambda: _revive(servers), CHECK_S * 1000)
    guard.start()
    announcement = loop.create_task(_announce(ready_url, on_ready))
    arbiter.start()
    guard.stop()
    announcement.cancel()


async def _end(arbiter: Arbiter) -> None:
    """End all processes, once: a second signal while they end changes nothing."""
    for signum in ENDING:
        signal.signal(signum, signal.SIG_IGN)
    arbiter.ctrl.caller.stop()
    while True:
        try:
            await arbiter.stop()
        except ConflictError:  # it is starting something this moment
            await asyncio.sleep(0.05)
        else:
            return


def _watcher(name: str, command: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return circus' description of one process: a shell command in a session of its own, on our leash."""
    program, *arguments = _delayed(command, 0)
    lines = {"stream": Lines(name)}
    return {
        "name": name, "cmd": program, "args": arguments, "env": environment, "graceful_timeout": END_S,
        "stdout_stream": lines, "stderr_stream": lines, "hooks": {"after_reap": (Restarts(command), True)},
    }  # fmt: skip


def _delayed(command: str, delay_s: float) -> list[str]:
    return leashed("sh", "-c", f"exec {command}", delay_s=delay_s)


class Restarts:
    """What circus calls when a process has ended: says so, and has one that ends at once wait longer."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._delay_s = 0.0
        self._ended = 0.0

    def __call__(self, *, watcher: Any, exit_code: int | None, **_: Any) -> bool:
        """Choose the delay of the next start."""
        if watcher.is_stopping():
            return True
        now = time.monotonic()
        lived_s = now - self._ended - self._delay_s
        self._delay_s = min(max(1.0, 2 * self._delay_s), LONGEST_S) if lived_s < SHORT_S else 0.0
        self._ended = now
        watcher.args = _delayed(self._command, self._delay_s)[1:]
        say(watcher.name, f"ended with {exit_code}; it is started again in {CHECK_S + self._delay_s:.0f} s")
        return True


def _revive(servers: Sequence[Server]) -> None:
    """Start again the servers that died; it blocks for a second, in which nothing could be done anyway."""
    for server in servers:
        if server.alive():
            continue
        say("stack", f"{server.name} ended; it is started again")
        try:
            server.start()
        except ServerError as error:
            print(error, file=sys.stderr)  # noqa: T201


async def _announce(url: str, on_ready: Callable[[], None]) -> None:
    """Ask until the service is ready, then call back once; say what is missing when that takes long."""
    loop = IOLoop.current()
    begun = logged = loop.time()
    while True:
        ready, detail = await _ask(url)
        if ready:
            on_ready()
            return
        if loop.time() - logged > SLOW_S:
            logged = loop.time()
            say("stack", f"not ready after {logged - begun:.0f} s: {detail}")
        await asyncio.sleep(0.25)


async def _ask(url: str) -> tuple[bool, str]:
    """Return whether a URL answers 200, and what it says."""
    try:
        answer = await AsyncHTTPClient().fetch(url, raise_error=False, request_timeout=5)
    except (OSError, HTTPError) as error:  # HTTPError: it took longer than 5 s
        return False, str(error)
    return answer.code == HTTPStatus.OK, answer.body.decode(errors="replace")
