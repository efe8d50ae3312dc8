"""Callers who ask for all kinds of work and note what they are told."""

from __future__ import annotations

import random
import threading
import time

import httpx

from tests.chaos.ledger import Ledger, Word, essence, marks
from tests.stacks import ACCIDENT, TLS, Stack


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
