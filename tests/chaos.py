"""Random faults under load, and a ledger of every answer: `python -m tests.chaos --seconds 300`.

Every process type is killed, told to leave and paused, and both servers are
killed and restarted, Redis also without its data, while callers ask; one fault
does not wait for another's end. Each acknowledgement is written down: a 200 with
what it said, a 202 with its id, both with what was asked. At the end everything
must be there, once, as it was said, and made of what was asked.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from stack.postgres import postgres
from stack.valkey import valkey
from tests.servers import ask, passable_folder
from tests.stacks import ACCIDENT, TLS, Stack, run_stack, wait_for

KINDS = "web web realtime realtime batch batch clock clock dashboard"
SERVED = "accidents reviews trial"
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
TRIES = 3
REFUSALS = {409, 429, 503}  # what may be answered instead: the first request with a key is on its way; later
DEAD, DIFFERENT = "dead letter", "different"
FINAL = {"succeeded", "failed", "cancelled"}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)


@dataclass(frozen=True)
class Word:
    """What was promised or said: where to look for it, what was asked, and the answer if there was one."""

    kind: str
    where: str
    asked: list
    answer: object = None


@dataclass
class Ledger:
    """What the callers were told."""

    words: dict[str, Word] = field(default_factory=dict)  # by the id of the job
    keys: dict[str, str] = field(default_factory=dict)  # Idempotency-Key -> the id that it was answered with
    told_twice: int = 0
    differently: int = 0
    refused: Counter = field(default_factory=Counter)
    faults: Counter = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)  # what went wrong in the test itself
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, job_id: str, word: Word, key: str | None = None) -> None:
        """Write an answer down; one job and one key have always the same."""
        with self.lock:
            earlier = self.words.get(job_id, word)
            other_id = self.keys.setdefault(key or job_id, job_id) != job_id
            self.told_twice += job_id in self.words or other_id
            both = earlier.answer is not None and word.answer is not None
            self.differently += (
                other_id or earlier.asked != word.asked or (both and earlier.answer != word.answer)
            )
            self.words[job_id] = word if earlier.answer is None else earlier

    @contextmanager
    def watched(self):
        """Write down what raises: the run has failed then, whatever else was counted."""
        try:
            yield
        except Exception:
            self.broken.append(traceback.format_exc())


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
    broken: list[str]

    @property
    def dead_at_most(self) -> int:
        """Return how many jobs can have lost all their tries: a fault ends one attempt, PostgreSQL's two."""
        ended = sum(
            count * (2 if "PostgreSQL" in name else 1)
            for name, count in self.faults.items()
            if "PostgreSQL" in name or "batch" in name
        )
        return ended // TRIES

    @property
    def unhurt(self) -> set[str]:
        """Return the kinds of process, and the servers, that nothing happened to."""
        hurt = {name.split()[-1] for name in self.faults}
        return {*KINDS.split(), "PostgreSQL", "Valkey"} - hurt

    def problems(self) -> list[str]:
        """Return all that must not be."""
        wrong = {int(code) for code in self.refused if code.isdigit()} - REFUSALS
        counts = {
            "lost": self.lost,
            "answered differently": self.differently,
            "more dead letters than faults explain": self.dead > self.dead_at_most,
            f"not green within {GREEN_S} s": self.green_after_s > GREEN_S,
            "refused with": wrong,
            "never hit": self.unhurt,
            "nothing was told twice": not self.told_twice,
            "broken": self.broken,
        }
        return [f"{name}: {what}" for name, what in counts.items() if what]

    def __str__(self) -> str:
        dead = f"dead letters {self.dead} (faults explain {self.dead_at_most})"
        green = f"green again {self.green_after_s:.1f} s after the last fault"
        counts = f"acknowledged {self.acknowledged}, lost {len(self.lost)}, answered differently {self.differently}"
        twice = f"asked twice with one key: {self.told_twice}"
        faults = f"faults: {sum(self.faults.values())}, {self.faults}"
        lines = (f"{counts}, {dead}, {green}", f"{twice}; {faults}; not acknowledged: {self.refused}")
        return "\n".join((*lines, *self.problems()))


def essence(body: dict) -> object:
    """Return the part of a prediction that must not change."""
    return (body["prediction_id"], body["eclo"], body["timestamp"], body["model_version"])


def marks(accident: dict) -> tuple:
    """Return what tells one accident of a caller from another; words may be stored in another form."""
    return tuple(accident[f"accident_{unit}"] for unit in ("hour", "day", "month"))


class Caller(threading.Thread):
    """Asks one thing after another and writes down what it is told."""

    def __init__(self, stack: Stack, ledger: Ledger, stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self.stack, self.ledger, self.halt, self.dice = stack, ledger, stop, random.Random(seed)
        self.number = seed * 1_000_000

    def run(self) -> None:
        with self.ledger.watched(), httpx.Client(timeout=15, verify=TLS) as client:
            while not self.halt.is_set():
                self.number += 1
                ask_for = self.dice.choices(
                    [self.single, self.twice, self.later, self.batch, self.work, self.file],
                    [8, 2, 2, 1, 2, 1],
                )[0]
                ask_for(client)

    def post(self, client, path, headers=None, **body):
        """Post to any web process and return the answer, None where nothing was acknowledged."""
        try:
            url = f"http://127.0.0.1:{self.dice.choice(self.stack.ports)}{path}"
            answer = client.post(url, headers=headers, **body)
        except httpx.HTTPError as error:
            self.ledger.refused[type(error).__name__] += 1
            time.sleep(0.1)
            return None
        if answer.status_code not in {200, 202}:
            self.ledger.refused[answer.status_code] += 1
            return None
        return answer

    def accident(self, number=0):
        """Return an accident that tells which one it is."""
        mark = self.number * 5 + number
        return {
            **ACCIDENT,
            "accident_hour": mark % 24,
            "accident_day": 1 + mark // 24 % 28,
            "accident_month": 1 + mark // 24 // 28 % 12,
        }

    def predict(self, client, key=None, **headers):
        """Ask for one prediction and write its answer down."""
        asked = self.accident()
        headers |= {"Idempotency-Key": key} if key else {}
        answer = self.post(client, "/api/predict/eclo", headers, json=asked)
        if answer:
            body = answer.json()
            where = f"/api/predict/eclo/{body['prediction_id']}"
            content = essence(body) if answer.status_code == 200 else None
            word = Word("accidents", where, [marks(asked)], content)
            self.ledger.write(body["prediction_id"], word, key)

    def single(self, client):
        self.predict(client)

    def twice(self, client):
        """Ask the same twice with one key, as a client that heard nothing would."""
        for _ in range(2):
            self.predict(client, key=f"chaos-{self.number}")

    def later(self, client):
        self.predict(client, Prefer="respond-async")

    def batch(self, client):
        items = [self.accident(number) for number in range(5)]
        answer = self.post(client, "/api/predict/eclo/batch", json={"items": items})
        if answer:
            body = answer.json()
            self.ledger.write(body["batch_id"], Word("accidents", body["results_url"], [*map(marks, items)]))

    def work(self, client):
        body = {"n": self.number, "steps": 3, "seconds": 0.1}
        answer = self.post(client, "/trial/work", json=body)
        if answer:
            job_id = answer.json()["id"]
            self.ledger.write(job_id, Word("work", f"/trial/results/{job_id}", [self.number]))

    def file(self, client):
        texts = [f"I love number {self.number} of {row}, it is wonderful" for row in range(50)]
        file = ("reviews.csv", "\n".join(["text", *(f'"{text}"' for text in texts)]).encode())
        answer = self.post(client, "/api/v1/reviews/tasks/batch", files={"file": file})
        if answer:
            self.ledger.write(
                answer.json()["task_id"], Word("file", answer.headers["Location"] + "?limit=500", texts)
            )


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


def keep_up(stack: Stack, ledger: Ledger, stop: threading.Event) -> None:
    """Start what died, as whatever runs the stack would."""
    with ledger.watched():
        while not stop.wait(0.2):
            stack.have(KINDS)


def green(stack: Stack) -> bool:
    """Say whether every web process is ready, and really answers."""
    for port in tuple(stack.ports):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=15) as client:
            if not stack.is_ready(client):
                return False
            try:
                if client.post("/api/predict/eclo", json=ACCIDENT).status_code != 200:
                    return False
            except httpx.HTTPError:
                return False
    return True


def green_after_s(stack: Stack, since: float) -> float:
    """Return the seconds from a moment until all is well, or infinity."""
    try:
        wait_for(lambda: green(stack), timeout_s=GREEN_S)
    except AssertionError:
        return float("inf")
    return time.monotonic() - since


def settle(stack: Stack, database, ledger: Ledger) -> list[str | None]:
    """Wait for what was promised, look everything up, and return what became of each."""
    until = time.monotonic() + PATIENCE_S
    with httpx.Client(base_url=stack.url, timeout=30) as client, ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda pair: end_of(client, *pair, until), ledger.words.items()))
        inputs = accidents_asked(database)
        looked = pool.map(
            lambda pair: pair[1] or became(client, *pair[0], inputs),
            zip(ledger.words.items(), ended, strict=True),
        )
        return list(looked)


def accidents_asked(database) -> dict[str, list]:
    """Return what each stored prediction was made of, by job, in order."""
    by_id = defaultdict(list)
    for job_id, asked in ask(
        database, "SELECT job_id::text, input FROM accident_predictions ORDER BY job_id, position"
    ):
        by_id[job_id].append(marks(asked))
    return by_id


def end_of(client, job_id, word, until) -> str | None:
    """Wait for a job's end; return None when it has succeeded, DEAD, or what is lost."""
    try:
        left = max(until - time.monotonic(), 1)
        shown = wait_for(lambda: final_job(client, job_id), timeout_s=left, what=job_id)
    except AssertionError:
        return f"{job_id} is {client.get(f'/api/v1/jobs/{job_id}').text[:400]}"
    if shown["dead"] and word.answer is None:
        return DEAD
    return None if shown["state"] == "succeeded" else f"{job_id} is {shown['state']}: {shown['error']}"


def became(client, job_id, word, inputs) -> str | None:
    """Return what became of a word: None when it stands and is made of what was asked, else what is wrong."""
    answer = client.get(word.where)
    if answer.status_code != 200:
        return f"{word.where} is {answer.status_code}: {answer.text[:400]}"
    body = answer.json()
    if word.answer is not None and essence(body) != word.answer:
        return DIFFERENT
    stored = {
        "accidents": lambda: inputs[job_id],
        "work": lambda: [row["n"] for row in body["results"]],
        "file": lambda: [row["text"] for row in body["rows"] if row["label"]],
    }[word.kind]()
    shown = len(body.get("results", body.get("rows", [body])))
    if stored != word.asked or shown != len(word.asked):
        return f"{word.where} is made of {str(stored)[:200]} and was asked {str(word.asked)[:200]}"
    return None


def final_job(client, key):
    """Return a job once it has ended."""
    answer = client.get(f"/api/v1/jobs/{key}")
    return answer.json() if answer.status_code == 200 and answer.json()["state"] in FINAL else None


def chaos(stack: Stack, servers, *, seconds: float, seed: int, callers: int = 6) -> Report:
    """Load a stack and break it for some seconds, then count."""
    ledger, stop, calm = Ledger(), threading.Event(), threading.Event()
    stack.have(KINDS)
    stack.ready()
    keeper = threading.Thread(target=keep_up, args=(stack, ledger, stop), daemon=True)
    asking = [Caller(stack, ledger, calm, number + 1) for number in range(callers)]
    for thread in (keeper, *asking):
        thread.start()
    Trouble(stack, servers, ledger, seed).run(seconds)
    waited_s = green_after_s(stack, time.monotonic())
    calm.set()
    for thread in asking:
        thread.join(60)
    fates = settle(stack, servers[0], ledger)
    stop.set()
    keeper.join()
    return Report(
        acknowledged=len(ledger.words),
        lost=[each for each in fates if each not in {None, DEAD, DIFFERENT}],
        differently=ledger.differently + fates.count(DIFFERENT),
        dead=fates.count(DEAD),
        green_after_s=waited_s,
        told_twice=ledger.told_twice,
        faults=dict(ledger.faults),
        refused={str(key): count for key, count in ledger.refused.items()},
        broken=[*ledger.broken, *(f"{thread.name} hangs" for thread in asking if thread.is_alive())],
    )


def main() -> int:
    """Run chaos on servers and processes of its own, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:.0f} s of faults", flush=True)
    folder = passable_folder(None)
    with (
        postgres(folder / "postgres", fsync=False) as database,
        valkey(folder / "valkey") as broker,
        run_stack(folder, database.url, broker.url, "", served=SERVED, **QUICK) as stack,
    ):
        stack.migrate()
        report = chaos(stack, (database, broker), seconds=options.seconds, seed=options.seed)
    print(report)
    return 1 if report.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
