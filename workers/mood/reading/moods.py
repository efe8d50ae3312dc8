"""What people say of their mood: Apple's State of Mind, as XML and as JSON, and tables of their own."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workers.mood.reading import dates
from workers.mood.reading.errors import BrokenExport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DAILY, MOMENTARY = "daily", "momentary"
KINDS = {"1": MOMENTARY, "2": DAILY}  # HKStateOfMindKind
STARTS = ("start", "startDate", "date")
SCALE = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)


@dataclass(frozen=True)
class Mood:
    """One entry of a mood log: a local date, whether it is of the whole day, and a valence of -1..1."""

    date: date
    kind: str
    valence: float


@dataclass(frozen=True)
class Rating:
    """One row of a table: how low and how high a day was."""

    date: date
    low: float | None
    high: float | None


def mood_of(values: Mapping[str, Any]) -> Mood | None:
    """Return an entry, None where its time, kind or valence is missing; its label counts for nothing."""
    moment = next((dates.read_one(str(values[name])) for name in STARTS if values.get(name)), None)
    valence = scale_of(values.get("valence"))
    kind = _kind_of(str(values.get("kind", "")))
    if moment is None or valence is None or kind is None or not -1 <= valence <= 1:
        return None
    return Mood(dates.local(*moment).date(), kind, valence)


def _kind_of(text: str) -> str | None:
    """Return whether an entry is of the day or of a moment."""
    plain = text.lower()
    if plain in KINDS:
        return KINDS[plain]
    return DAILY if "daily" in plain else MOMENTARY if "moment" in plain else None


def scale_of(value: Any) -> float | None:
    """Return a number that may be a text with a decimal comma."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip()
    return float(text.replace(",", ".")) if SCALE.fullmatch(text) else None


def read_ratings(path: Path) -> Iterator[Rating]:
    """Yield the rows of a table with the columns date, low and high.

    Raises:
        BrokenExport: a row has no date or a number that is none; the message names the line.

    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        sample = stream.readline()
        stream.seek(0)
        reader = csv.DictReader(stream, delimiter=";" if ";" in sample else ",")
        reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or ()]
        for row in reader:
            yield _rating_of(row, f"{path.name}, line {reader.line_num}")


def _rating_of(row: Mapping[str, Any], place: str) -> Rating:
    try:
        day = date.fromisoformat(str(row.get("date", "")).strip()[:10])
    except ValueError:
        raise BrokenExport(
            "bad_self_report", f"{place}: {row.get('date')!r} is no date; write it as 2026-01-31."
        ) from None
    numbers = []
    for name in ("low", "high"):
        text = str(row.get(name) or "").strip()
        number = scale_of(text) if text else None
        if text and (number is None or number < 0):
            raise BrokenExport("bad_self_report", f"{place}: {name} is {text!r}; it must be a number from 0.")
        numbers.append(number)
    return Rating(day, *numbers)


def is_table(head: bytes) -> bool:
    """Say whether a file begins with the headings date and low or high."""
    first = head.decode("utf-8-sig", "replace").splitlines()[:1]
    names = {name.strip().casefold() for name in re.split("[;,]", first[0])} if first else set()
    return "date" in names and bool(names & {"low", "high"})
