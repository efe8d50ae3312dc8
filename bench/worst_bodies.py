"""How long /healthz takes while ten callers send the three worst bodies: python -m bench.worst_bodies."""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from itertools import cycle
from typing import TYPE_CHECKING

import httpx

from bench.stacks import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier, Event

CALLERS = 10
PAUSE_S = 0.02
ROUTE = "/api/predict/eclo/batch"
MEGABYTE = 1_000_000
EMPTY_ITEMS = '{"items":[' + "{}," * (MEGABYTE // 3 - 10) + "{}]}"
KEYS_TWICE = "{" + ",".join(f'"k{n}":1' for n in [*range(35_000), *range(35_000)]) + "}"
TABLE = b"a,b\n1" + b" " * 60_000 + b"x,b"  # which took seconds to sniff


def bodies() -> Iterator[dict[str, object]]:
    """Yield requests: a batch of empty items, an object with a key many times, and a cell of blanks."""
    sent = {"content-type": "application/json"}
    yield {"url": ROUTE, "content": EMPTY_ITEMS.encode(), "headers": sent}
    yield {"url": ROUTE, "content": KEYS_TWICE.encode(), "headers": sent}
    yield {"url": "/api/v1/upload/file", "files": {"file": ("a.csv", TABLE)}}


def send_until(stop: Event, begun: Barrier, url: str, sent: Queue[int]) -> None:
    """Send the bodies one after the other until told to stop, and tell how many were answered."""
    answered = 0
    begun.wait()
    with httpx.Client(base_url=url, timeout=60) as client:
        for request in cycle(bodies()):
            if stop.is_set():
                break
            client.post(**request)  # type: ignore[arg-type]
            answered += 1
    sent.put(answered)


def measure(url: str, seconds: float, callers: int) -> tuple[list[float], int]:
    """Return how long each look at /healthz took, in seconds, and how many bodies were answered meanwhile."""
    # processes of their own: threads of this one would wait for each other, and be measured
    context = multiprocessing.get_context("spawn")
    stop, begun, sent = context.Event(), context.Barrier(callers + 1), context.Queue()
    processes = [context.Process(target=send_until, args=(stop, begun, url, sent)) for _ in range(callers)]
    for process in processes:
        process.start()
    begun.wait()
    spans = []
    until = time.monotonic() + seconds
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < until:
            asked = time.perf_counter()
            client.get("/healthz").raise_for_status()
            spans.append(time.perf_counter() - asked)
            time.sleep(PAUSE_S)
    stop.set()
    answered = sum(sent.get() for _ in processes)
    for process in processes:
        process.join()
    return spans, answered


def show(what: str, spans: list[float], sent: int) -> None:
    """Print the median and the 99th percentile."""
    worst = sorted(spans)[int(len(spans) * 0.99)]
    text = f"{what}: /healthz median {statistics.median(spans) * 1000:.1f} ms, p99 {worst * 1000:.1f} ms"
    print(f"{text}, {len(spans)} looks, {sent} bodies", flush=True)  # noqa: T201


def main() -> None:
    """Run a stack, measure without and with the callers, and take it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    with served("web") as stack:
        show("alone", *measure(stack.url, seconds / 2, 0))
        show("ten callers", *measure(stack.url, seconds, CALLERS))


if __name__ == "__main__":
    main()
