"""Loops that a process runs beside its work, for as long as it lives: none ends silently."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = structlog.get_logger()

PAUSE_S = 1.0  # before a loop that failed is started again
STALE_S = 30.0  # since its last turn, a loop is taken for dead; each turns at least every 5 s
FAILURES = Counter("assay_loop_failures", "Unexpected ends of background loops, which go on.", ["loop"])

_turned: dict[str, float] = {}  # loops of this process, and when they turned last


def turn(name: str) -> None:
    """Say that a loop goes on."""
    _turned[name] = time.monotonic()


def ages_s() -> Mapping[str, float]:
    """Return the loops of this process with the seconds since each one's last turn."""
    now = time.monotonic()
    return {name: now - turned for name, turned in sorted(_turned.items())}


def keep_running(name: str, work: Callable[[], None]) -> None:
    """Run a loop for ever; what nobody foresaw is logged by its class and counted, and it begins anew."""
    while True:
        turn(name)
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody else would run this loop
            log.error("loop_failed", loop=name, error=type(error).__name__)  # noqa: TRY400 - no content in logs
            FAILURES.labels(name).inc()
        time.sleep(PAUSE_S)
