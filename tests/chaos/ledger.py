"""What callers were told while things broke, and what has become of it."""

from __future__ import annotations

import threading
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

KINDS = "web web realtime realtime batch batch clock clock dashboard"
REFUSALS = {409, 429, 503}  # what may be answered instead: the first request with a key is on its way; later
DEAD, DIFFERENT = "dead letter", "different"
GREEN_S = 60
TRIES = 3


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
