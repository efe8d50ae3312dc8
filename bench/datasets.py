"""How fast a large data set is read, and how fast its charts are: python -m bench.datasets CSV.

It repeats the rows of a table until there are 500,000, and starts a stack of its own. Times are by the
clock, of this process, which shares the machine with the stack.
"""

from __future__ import annotations

import argparse
import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import httpx
import psutil

from app.accidents.severity.schemas import EXAMPLE
from bench.stacks import served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS, MEGABYTES = 500_000, 50
ROUNDS, IN_FLIGHT = 40, 20
LIMITS = {"dataset_bytes": 100_000_000, "cache_ttl_s": 0}
say = partial(print, flush=True)
CHARTS = (
    "hour_weekday",
    "monthly_trend",
    "severity_composition",
    "weather_surface",
    "district_ranking",
    "eclo_distribution",
)


def table(source: Path, *, rows: int = 0, size: int = 0) -> bytes:
    """Return a table with the rows of another, again and again, up to so many rows or bytes."""
    head, *lines = source.read_bytes().splitlines(keepends=True)
    parts, length = [head], len(head)
    for line in cycle(lines):
        if (rows and len(parts) > rows) or (size and length + len(line) > size):
            return b"".join(parts)
        parts.append(line)
        length += len(line)
    return head


def upload(client: httpx.Client, content: bytes) -> tuple[str, float]:
    """Return a data set's id, and after how many seconds it was ready."""
    begun = time.perf_counter()
    answer = client.post("/api/datasets/upload", files={"file": ("rows.csv", content)}, timeout=300)
    answer.raise_for_status()
    url = answer.headers["Location"]
    while client.get(url).json()["status"] != "success":
        time.sleep(0.1)
    return str(answer.json()["id"]), time.perf_counter() - begun


class Memory(threading.Thread):
    """Watch the most memory that any process of the stack has, MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.stopped = 0.0, threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.stopped.wait(0.1):
            for process in psutil.Process().children(recursive=True):
                try:
                    self.most = max(self.most, process.memory_info().rss / 1e6)
                except psutil.Error:
                    continue


def spans(act: Callable[[], httpx.Response], rounds: int = ROUNDS) -> list[float]:
    """Return how long an act took each time, milliseconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act().raise_for_status()
        times.append(1000 * (time.perf_counter() - begun))
    return times


def share(times: Sequence[float], part: float) -> float:
    """Return the time that this part of all lie below."""
    return sorted(times)[min(int(len(times) * part), len(times) - 1)]


def draw(url: str, dataset_id: str, rounds: int, number: int) -> list[float]:
    """Return the times of one caller's charts, who begins with another one than his neighbours."""
    names = cycle(CHARTS[number % len(CHARTS) :] + CHARTS[: number % len(CHARTS)])
    with httpx.Client(base_url=url, timeout=60) as client:
        return spans(lambda: client.get(f"/api/charts/{next(names)}", params={"dataset": dataset_id}), rounds)


class Callers:
    """Processes that draw charts at once: threads of this one would wait for each other, and be measured."""

    def __init__(self, amount: int) -> None:
        self.amount = amount
        self.pool = ProcessPoolExecutor(amount, mp_context=multiprocessing.get_context("spawn"))
        list(self.pool.map(time.sleep, [2.0] * amount))  # each has begun

    def draw(self, url: str, dataset_id: str, rounds: int) -> list[float]:
        """Return the times of all charts."""
        each = partial(draw, url, dataset_id, rounds)
        return [span for spans_ in self.pool.map(each, range(self.amount)) for span in spans_]


def predict(client: httpx.Client) -> httpx.Response:
    """Ask for one prediction."""
    return client.post("/api/predict/eclo", json=EXAMPLE)


class Watch(threading.Thread):
    """How long /healthz and single predictions take until told to stop, milliseconds."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.stopped = url, threading.Event()
        self.health: list[float] = []
        self.predictions: list[float] = []

    def run(self) -> None:
        """Ask for both, one after the other."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self.stopped.wait(0.02):
                self.health += spans(lambda: client.get("/healthz"), 1)
                self.predictions += spans(lambda: predict(client), 1)


def measure_reading(client: httpx.Client, source: Path) -> str:
    """Print how long tables take from upload to ready, and return the id of the larger one."""
    memory = Memory()
    memory.start()
    _, seconds = upload(client, table(source, size=MEGABYTES * 1_000_000))
    say(f"{MEGABYTES} MB, upload to ready: {seconds:.1f} s (target 12)")
    dataset_id, seconds = upload(client, table(source, rows=ROWS))
    memory.stopped.set()
    say(f"{ROWS:,} rows, upload to ready: {seconds:.1f} s")
    say(f"the most memory of a process: {memory.most:.0f} MB (target 700)")
    return dataset_id


def measure_charts(client: httpx.Client, url: str, dataset_id: str) -> None:
    """Print how long charts take alone and many at once, and what else takes meanwhile."""
    alone = draw(url, dataset_id, ROUNDS, 0)
    say(f"a chart alone: median {median(alone):.0f} ms, p95 {share(alone, 0.95):.0f} (target 250)")
    callers = Callers(IN_FLIGHT)
    quiet = median(spans(lambda: predict(client), 100))
    watch = Watch(url)
    watch.start()
    many = callers.draw(url, dataset_id, ROUNDS)
    watch.stopped.set()
    watch.join()
    callers.pool.shutdown()
    say(f"{IN_FLIGHT} in flight: median {median(many):.0f} ms, p95 {share(many, 0.95):.0f} (target 800)")
    say(f"/healthz meanwhile: p99 {share(watch.health, 0.99):.0f} ms (target 100)")
    say(f"a prediction: median {quiet:.1f} ms alone, {median(watch.predictions):.1f} meanwhile")


def main() -> None:
    """Run a stack, measure and take it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="a table of accidents, CSV")
    source = parser.parse_args().source
    with (
        served("web realtime batch", systems="accidents", **LIMITS) as stack,
        httpx.Client(base_url=stack.url, timeout=60) as client,
    ):
        measure_charts(client, stack.url, measure_reading(client, source))


if __name__ == "__main__":
    main()
