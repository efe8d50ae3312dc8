"""From files to rows: what the command and the task have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workers.mood.boosters.paper import paper_risks, read_boosters
from workers.mood.building.history import Options, build, source_order
from workers.mood.reading.files import read_files
from workers.mood.rows import rows_of
from workers.mood.scoring import score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workers.mood.building.history import Reading
    from workers.mood.days import History
    from workers.mood.models import Models

SCORING = ("history", "alerts_a_month")
BOOSTERS = "boosters"  # a folder with the paper's own models
NAMES = (BOOSTERS, "source_priority", "sources", "timezone", "date_from", "date_to", *SCORING)


@dataclass(frozen=True)
class Analysis:
    """A person's history, its rows, and what became of the records."""

    history: History
    rows: Sequence[Mapping[str, Any]]
    reading: Reading


def read_options(texts: Mapping[str, str]) -> Mapping[str, Any]:
    """Return options by name, out of their texts.

    Raises:
        ValueError: it names the option, its value and what would be right.

    """
    for name in texts:
        if name not in NAMES:
            raise ValueError(f"mood has no option {name!r}; it has: {', '.join(NAMES)}")
    return {
        "source_priority": source_order(texts.get("source_priority") or texts.get("sources", "")),
        "timezone": _zone(texts["timezone"]) if texts.get("timezone") else None,
        "date_from": _date(texts, "date_from"),
        "date_to": _date(texts, "date_to"),
        BOOSTERS: read_boosters(Path(texts[BOOSTERS])) if texts.get(BOOSTERS) else None,
        **{name: texts.get(name) for name in SCORING},
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"timezone is {name!r}; it must be one such as Europe/Berlin") from None


def _date(texts: Mapping[str, str], name: str) -> date | None:
    if not texts.get(name):
        return None
    try:
        return date.fromisoformat(texts[name])
    except ValueError:
        raise ValueError(f"{name} is {texts[name]!r}; it must be a date such as 2026-01-31") from None


def analyse(
    paths: Sequence[Path],
    options: Mapping[str, Any],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Analysis:
    """Return what files say of a person, date by date.

    Raises:
        ExportError: a file cannot be read, or holds nothing that can be used.

    """
    how = Options(options["source_priority"], options["timezone"])
    history, reading = read_history(paths, how, progress=progress)
    first, last = options["date_from"] or date.min, options["date_to"] or date.max
    rows = within(_with_boosters(scored(history, options), history, options), first, last)
    return Analysis(history, rows, reading)


def _with_boosters(
    rows: list[dict[str, Any]], history: History, options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Add to each row what the paper's own models say of its date, where the user brought them."""
    if options.get(BOOSTERS) is None:
        return rows
    risks = paper_risks(history, options[BOOSTERS], retrospective=options["history"] == "whole")
    boosters = [
        {risk: None if math.isnan(each[row]) else round(float(each[row]), 6) for risk, each in risks.items()}
        for row in range(len(rows))
    ]
    return [row | {BOOSTERS: each} for row, each in zip(rows, boosters, strict=True)]


def read_history(
    paths: Sequence[Path], options: Options, *, progress: Callable[[int, int], None] | None = None
) -> tuple[History, Reading]:
    """Return the nights and days of files, and what became of their records.

    Raises:
        ExportError: a file cannot be read, or holds nothing that can be used.

    """
    with read_files(paths, progress=progress) as raw:
        return build(raw, options)


def scored(
    history: History, options: Mapping[str, Any], *, models: Models | None = None
) -> list[dict[str, Any]]:
    """Return one row per date, scored by the newest models where none are given."""
    how = {name: options[name] for name in SCORING if options.get(name) is not None}
    rows = rows_of(history, score(history, options=how, models=models))
    return [{"date": day.date.isoformat(), **row} for day, row in zip(history.days, rows, strict=True)]


def within(rows: Sequence[Mapping[str, Any]], first: date, last: date) -> list[Mapping[str, Any]]:
    """Return the rows of dates from a first to a last."""
    return [row for row in rows if first.isoformat() <= row["date"] <= last.isoformat()]
