"""Wait until all is green and done, and hold each answer against the ledger."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.chaos.ledger import DEAD, DIFFERENT, GREEN_S, KINDS, Ledger, essence, marks
from tests.servers import ask
from tests.stacks import ACCIDENT, Stack, wait_for

PATIENCE_S = 120  # for all that was promised to end, once the faults are over
FINAL = {"succeeded", "failed", "cancelled"}


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


def keep_up(stack: Stack, ledger: Ledger, stop: threading.Event) -> None:
    """Start what died, as whatever runs the stack would."""
    with ledger.watched():
        while not stop.wait(0.2):
            stack.have(KINDS)
