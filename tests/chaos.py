"""Random faults under load, and a ledger of every answer: `python -m tests.chaos --seconds 300`.

Every process type is killed, told to leave and paused, and both servers are
killed and restarted, Redis also without its data, while callers ask. Each
acknowledgement is written down: a 200 with what it said, a 202 with its id. At
the end everything must be there, once, and as it was said.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from stack.postgres import postgres
from stack.valkey import valkey
from tests.house import ACCIDENT, House, wait_for
from tests.house import house as run_house

KINDS = "web web realtime realtime batch batch clock clock dashboard"
QUICK = {
    "web_concurrency": 1,
    "stale_s": 6,
    "backoff_s": 0.5,
    "heartbeat_s": 0.5,
    "realtime_stale_s": 2,
    "canary_s": 2,
    "waiting_items": 100_000,
    "waiting_jobs": 40,  # so that what is promised can be done: beyond it callers are told to wait
    "drain_s": 5,
}
GREEN_S = 60
PATIENCE_S = 120  # for all that was promised to end, once the faults are over
DEAD, DIFFERENT = "dead letter", "different"
FINAL = {"succeeded", "failed", "cancelled"}


@dataclass
class Ledger:
    """What the callers were told."""

    said: dict[str, tuple[str, object]] = field(default_factory=dict)  # id -> (where to look, what was said)
    promised: dict[str, str] = field(default_factory=dict)  # id -> where to look
    told_twice: int = 0
    differently: int = 0
    refused: Counter = field(default_factory=Counter)
    faults: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, key: str, where: str, what: object) -> None:
        """Write down an answer; the same id must always have the same one."""
        with self.lock:
            if key in self.said:
                self.told_twice += 1
                self.differently += self.said[key] != (where, what)
            self.said[key] = (where, what)

    def promise(self, key: str, where: str) -> None:
        """Write down a 202."""
        with self.lock:
            self.promised[key] = where


@dataclass(frozen=True)
class Report:
    """The counts at the end."""

    acknowledged: int
    lost: list[str]
    differently: int
    dead: int
    green_after_s: float
    told_twice: int
    faults: dict
    refused: dict

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged}, lost {len(self.lost)}, answered twice differently {self.differently}, "
            f"dead letters {self.dead}, green again after {self.green_after_s:.1f} s\n"
            f"asked twice with one key: {self.told_twice}; faults: {self.faults}; not acknowledged: {self.refused}"
            + "".join(f"\nlost: {each}" for each in self.lost)
        )


def essence(body: dict) -> object:
    """Return the part of a prediction that must not change."""
    return (body["prediction_id"], body["eclo"], body["timestamp"], body["model_version"])


class Caller(threading.Thread):
    """Asks one thing after another and writes down what it is told."""

    def __init__(self, found: House, ledger: Ledger, stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self.house, self.ledger, self.halt, self.dice = found, ledger, stop, random.Random(seed)
        self.number = seed * 1_000_000

    def run(self) -> None:
        with httpx.Client(timeout=15) as client:
            while not self.halt.is_set():
                self.number += 1
                ask = self.dice.choices(
                    [self.single, self.twice, self.later, self.batch, self.work], [8, 2, 2, 1, 2]
                )[0]
                try:
                    ask(client, self.dice.choice(self.house.ports))
                except (httpx.HTTPError, IndexError) as error:
                    self.ledger.refused[type(error).__name__] += 1
                    time.sleep(0.1)

    def post(self, client, port, path, body, **headers):
        """Post and return the answer, None where nothing was acknowledged."""
        answer = client.post(f"http://127.0.0.1:{port}{path}", json=body, headers=headers)
        if answer.status_code not in {200, 202}:
            self.ledger.refused[answer.status_code] += 1
            return None
        return answer

    def accident(self):
        return {**ACCIDENT, "accident_hour": self.number % 24, "accident_day": 1 + self.number % 28}

    def keep(self, answer) -> None:
        """Write a single prediction's answer down."""
        body = answer.json()
        where = f"/api/predict/eclo/{body['prediction_id']}"
        if answer.status_code == 200:
            self.ledger.say(body["prediction_id"], where, essence(body))
        else:
            self.ledger.promise(body["prediction_id"], where)

    def single(self, client, port):
        answer = self.post(client, port, "/api/predict/eclo", self.accident())
        if answer:
            self.keep(answer)

    def twice(self, client, port):
        """Ask the same twice with one key, as a client that heard nothing would."""
        key = {"Idempotency-Key": f"chaos-{self.number}"}
        for _ in range(2):
            answer = self.post(client, port, "/api/predict/eclo", self.accident(), **key)
            if answer:
                self.keep(answer)

    def later(self, client, port):
        answer = self.post(client, port, "/api/predict/eclo", self.accident(), Prefer="respond-async")
        if answer:
            self.keep(answer)

    def batch(self, client, port):
        items = [self.accident() for _ in range(5)]
        answer = self.post(client, port, "/api/predict/eclo/batch", {"items": items})
        if answer:
            self.ledger.promise(answer.json()["batch_id"], answer.json()["results_url"])

    def work(self, client, port):
        body = {"n": self.number, "steps": 3, "seconds": 0.1}
        answer = self.post(client, port, "/trial/work", body)
        if answer:
            job_id = answer.json()["id"]
            self.ledger.promise(job_id, f"/trial/results/{job_id}")


class Trouble:
    """Breaks one thing after another; in the main thread, because a server ends with the thread that started it."""

    def __init__(self, found: House, servers, ledger: Ledger, stop: threading.Event, seed: int) -> None:
        self.house, self.servers, self.ledger, self.halt = found, servers, ledger, stop
        self.dice = random.Random(seed)

    def run(self, seconds: float) -> None:
        """Break things for some seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.halt.wait(self.dice.uniform(0.5, 2.5))
            act = self.dice.choices([self.hit_process, self.restart_server, self.wipe_redis], [10, 2, 1])[0]
            act()

    def hit_process(self) -> None:
        kind = self.dice.choice(["web", "realtime", "batch", "clock", "dashboard"])
        living = self.house.of(kind)
        if not living:
            return
        process = self.dice.choice(living)
        number = self.dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
        self.ledger.faults[f"{number.name} {kind}"] += 1
        pid = self.dice.choice([process.pid, *children(process.pid)])
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            if number == signal.SIGSTOP:
                self.halt.wait(self.dice.uniform(1, 12))
                os.kill(pid, signal.SIGCONT)

    def restart_server(self) -> None:
        server = self.dice.choice(self.servers)
        how = self.dice.choice(["stop", "kill"])
        self.ledger.faults[f"{how} {server.name}"] += 1
        getattr(server, how)()
        self.halt.wait(self.dice.uniform(0, 2))
        server.start()

    def wipe_redis(self) -> None:
        broker = self.servers[1]
        self.ledger.faults["wipe Valkey"] += 1
        broker.kill()
        broker.wipe()
        broker.start()


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


def keep_up(found: House, stop: threading.Event) -> None:
    """Start what died, as whatever runs the house would."""
    while not stop.wait(0.2):
        found.have(KINDS)


def settle(found: House, ledger: Ledger) -> tuple[list[str], int]:
    """Wait for what was promised, look everything up, and return what is lost, and how many are dead."""
    until = time.monotonic() + PATIENCE_S
    with httpx.Client(base_url=found.url, timeout=30) as client, ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda pair: promise_of(client, *pair, until), ledger.promised.items()))
        found_again = list(pool.map(lambda pair: word_of(client, *pair), ledger.said.values()))
    ledger.differently += found_again.count(DIFFERENT)
    lost = [each for each in (*kept, *found_again) if each not in {None, DEAD, DIFFERENT}]
    return lost, kept.count(DEAD)


def promise_of(client, key, where, until) -> str | None:
    """Return what became of a promise: None when it was kept, DEAD, or what is lost."""
    try:
        left = max(until - time.monotonic(), 1)
        shown = wait_for(lambda: final_job(client, key), timeout_s=left, what=key)
    except AssertionError:
        return f"{key} is {client.get(f'/api/v1/jobs/{key}').text[:400]}"
    if shown["dead"]:
        return DEAD
    kept = shown["state"] == "succeeded" and stored(client, where)
    return None if kept else f"{key} is {shown['state']}: {shown['error']}"


def word_of(client, where, what) -> str | None:
    """Return what became of an answer: None when it stands as it was said, DIFFERENT, or what is lost."""
    answer = client.get(where)
    if answer.status_code != 200:
        return f"{where} is {answer.text[:400]}"
    return None if essence(answer.json()) == what else DIFFERENT


def final_job(client, key):
    """Return a job once it has ended."""
    answer = client.get(f"/api/v1/jobs/{key}")
    return answer.json() if answer.status_code == 200 and answer.json()["state"] in FINAL else None


def stored(client, where) -> bool:
    """Say whether a promised result is there, once."""
    body = client.get(where).json()
    rows = body.get("results", [body])
    return len(rows) == body.get("total", 1)


def chaos(found: House, servers, *, seconds: float, seed: int, callers: int = 6) -> Report:
    """Load a house and break it for some seconds, then count."""
    ledger, stop, calm = Ledger(), threading.Event(), threading.Event()
    found.have(KINDS)
    found.ready()
    keeper = threading.Thread(target=keep_up, args=(found, stop), daemon=True)
    asking = [Caller(found, ledger, calm, number + 1) for number in range(callers)]
    for thread in (keeper, *asking):
        thread.start()
    Trouble(found, servers, ledger, calm, seed).run(seconds)
    calm.set()
    for thread in asking:
        thread.join(60)
    begun = time.monotonic()
    found.ready(GREEN_S)
    green_after_s = time.monotonic() - begun
    lost, dead = settle(found, ledger)
    stop.set()
    keeper.join()
    return Report(
        acknowledged=len(ledger.said.keys() | ledger.promised.keys()),
        lost=lost,
        differently=ledger.differently,
        dead=dead,
        green_after_s=green_after_s,
        told_twice=ledger.told_twice,
        faults=dict(ledger.faults),
        refused={str(key): count for key, count in ledger.refused.items()},
    )


def main() -> int:
    """Run chaos on servers and processes of its own, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:.0f} s of faults", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="assay-chaos-"))
    folder.chmod(0o711)
    with (
        postgres(folder / "postgres", fsync=False) as database,
        valkey(folder / "valkey") as broker,
        run_house(folder, database.url, broker.url, "", **QUICK) as found,
    ):
        report = chaos(found, (database, broker), seconds=options.seconds, seed=options.seed)
    print(report)
    return 0 if not (report.lost or report.differently) else 1


if __name__ == "__main__":
    sys.exit(main())
