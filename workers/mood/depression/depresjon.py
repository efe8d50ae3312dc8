"""Read a folder in Depresjon's layout: `scores.csv`, and `activity/<number>.csv.gz` by the minute.

PSYKOSE has the same layout with other names in it: its people are read as a third group.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workers.mood.depression.activity import HOURS, MINUTES
from workers.mood.features.daily import Matrix
from workers.mood.features.windows import Seconds

SCORES, ACTIVITY = "scores.csv", "activity"
FINGERPRINT_MINUTES = 3 * MINUTES
GROUPS = {"condition": 1, "control": 0, "patient": 2, "schizophrenia": 2}
MONTHS_OF_SUMMER = frozenset(range(4, 10))


class FolderError(ValueError):
    """Raised when a folder is not in the layout, with the file that is wrong."""


@dataclass(frozen=True)
class Subject:
    """One wearer's valid days.

    `minutes` (n_days, 1440) are counts from `start_minute` of the day on; `hours` (n_days, 24) their
    means in the hours of the clock. `group` is 1 for a depressed patient, 0 for a control, 2 for
    others. `summer` says when it was recorded, for measuring how season confounds, never for a model.
    `fingerprint` is of the counts alone.
    """

    number: str
    group: int
    minutes: Matrix
    hours: Matrix
    summer: bool
    fingerprint: str


def is_folder(data: Path) -> bool:
    """Return whether a folder has this layout."""
    return (data / SCORES).is_file() and (data / ACTIVITY).is_dir()


def read(data: Path) -> list[Subject]:
    """Return the subjects of `scores.csv` whose activity is there.

    Raises:
        FolderError: a row names no known group, or a file is not minute activity.

    """
    with (data / SCORES).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    files = [(row, _activity_file(data, row["number"])) for row in rows]
    return [_subject(row["number"], int(row["days"]), path) for row, path in files if path is not None]


def _activity_file(data: Path, number: str) -> Path | None:
    """Return where a subject's activity lies; PSYKOSE calls `patient_1` there `schizophrenia_1`."""
    for name in (number, number.replace("patient", "schizophrenia")):
        for ending in (".csv.gz", ".csv"):
            path = data / ACTIVITY / f"{name}{ending}"
            if path.is_file():
                return path
    return None


def _subject(number: str, days: int, path: Path) -> Subject:
    kind = number.rsplit("_", 1)[0]
    if kind not in GROUPS:
        raise FolderError(f"{SCORES}: {number!r} begins with none of {', '.join(GROUPS)}")
    first, counts = _counts(path)
    n_days = min(days, len(counts) // MINUTES)
    minutes = counts[: n_days * MINUTES].reshape(n_days, MINUTES)
    start = int(first[11:13]) * 60 + int(first[14:16])
    hours = np.roll(minutes, start, axis=1).reshape(n_days, HOURS, 60).mean(axis=2)
    summer = int(first[5:7]) in MONTHS_OF_SUMMER
    return Subject(number, GROUPS[kind], minutes, hours, summer, _fingerprint(counts))


def _counts(path: Path) -> tuple[str, Seconds]:
    """Return the first time stamp and the counts by the minute."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        columns = next(reader, [])
        if {"timestamp", "activity"} - set(columns):
            raise FolderError(f"{path.name}: its columns are {columns}, not timestamp and activity")
        time, count = columns.index("timestamp"), columns.index("activity")
        rows = [(row[time], float(row[count])) for row in reader]
    if not rows:
        raise FolderError(f"{path.name}: no rows")
    return rows[0][0], np.array([value for _, value in rows])


def _fingerprint(counts: Seconds) -> str:
    """Return a sum of the first three days' counts, the same whatever the date or the name."""
    return hashlib.sha256(counts[:FINGERPRINT_MINUTES].astype("<i8").tobytes()).hexdigest()[:16]
