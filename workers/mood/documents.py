"""Nights and days as JSON: what is kept of a date, and the fuller of two."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workers.mood.building import zones
from workers.mood.building.history import sleep_of_days
from workers.mood.days import ASLEEP, DURATION_ONLY, HOURS, IN_BED, STAGES, Day, History, Night, SelfReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Document = dict[str, Any]
SLEEP = ("sleep_minutes", "awake_minutes", "basis", "source", "sources")
SUMS = (
    "steps",
    "active_kcal",
    "basal_kcal",
    "distance_km",
    "flights",
    "exercise_minutes",
    "stand_minutes",
)
WORTH = {STAGES: 3, ASLEEP: 2, IN_BED: 1, DURATION_ONLY: 0}  # a measured night before a guessed one
UNMEASURED = -1
NOT_MEASURES = ("notes", "sources", "steps_by_hour", "steps_offset_min")


def documents_of(history: History) -> dict[date, Document]:
    """Return what is to be kept of each date that has anything."""
    nights = history.nights_of()
    reports = {report.date: report for report in history.self_reports}
    documents = {}
    for day in history.days:
        measures = {name: value for name, value in asdict(day).items() if name != "date"}
        report = reports.get(day.date)
        documents[day.date] = {
            "day": measures,
            "nights": [_night_document(night) for night in nights.get(day.date, ())],
            "report": {name: value for name, value in asdict(report).items() if name != "date"}
            if report
            else None,
        }
    return {day: document for day, document in documents.items() if _has_anything(document)}


def _has_anything(document: Document) -> bool:
    measured = any(value is not None for name, value in document["day"].items() if name not in NOT_MEASURES)
    return measured or bool(document["nights"]) or document["report"] is not None


def _night_document(night: Night) -> Document:
    document = {name: value for name, value in asdict(night).items() if name != "date"}
    return {**document, "start": night.start.timestamp(), "end": night.end.timestamp()}


def merged(kept: Document | None, new: Document) -> Document:
    """Return what to keep of a date that two uploads speak of: of each measure the fuller."""
    if kept is None:
        return new
    sleep, nights = _better_sleep(kept, new)
    old_day, new_day = kept["day"], new["day"]
    day = {**old_day, **{name: value for name, value in new_day.items() if value is not None}}
    day |= {name: _larger(old_day.get(name), new_day.get(name)) for name in SUMS}
    if (old_day.get("heart_rate_n") or 0) > (new_day.get("heart_rate_n") or 0):
        day |= {name: old_day[name] for name in ("heart_rate_n", "heart_rate_mean")}
    day |= _steps(old_day, new_day, day["steps"])
    notes = list(dict.fromkeys([*old_day["notes"], *new_day["notes"]]))
    report = {**(kept["report"] or {}), **{k: v for k, v in (new["report"] or {}).items() if v is not None}}
    return {
        "day": {**day, **sleep, "notes": notes},
        "nights": nights,
        "report": report or None,
    }


def _steps(old: Document, new: Document, steps: float | None) -> Document:
    """Return the steps by hour, and of the day: each hour's fuller, where both count hours alike.

    Where a time zone was asked for that the other upload did not have, one hour's steps lie in two
    hours: the fuller of the two days is taken whole.
    """
    hours = max((old["steps_by_hour"], new["steps_by_hour"]), key=_total)
    offset = (new if hours is new["steps_by_hour"] else old).get("steps_offset_min")
    if old.get("steps_offset_min") == new.get("steps_offset_min"):
        hours = [_larger(*both) for both in zip(old["steps_by_hour"], new["steps_by_hour"], strict=True)]
    if any(hour is not None for hour in hours):
        steps = max(_total(hours), steps or 0.0)
    return {"steps": steps, "steps_by_hour": hours, "steps_offset_min": offset}


def _total(hours: Iterable[float | None]) -> float:
    return sum(hour for hour in hours if hour is not None)


def apart(
    kept: Mapping[date, Document], new: Mapping[date, Document]
) -> tuple[dict[date, Document], dict[date, Document]]:
    """Return both without sleep that the other has on another date: of the two, the longer stays.

    A time zone that was asked for moves the middle of a night to the date before or after.
    """
    kept, new = dict(kept), dict(new)
    for day in list(new):
        for other in (day - timedelta(days=1), day + timedelta(days=1)):
            if other in kept:
                kept[other], new[day] = _without_shared(kept[other], new[day])
    return kept, new


def _without_shared(kept: Document, new: Document) -> tuple[Document, Document]:
    shared = [
        (old, late)
        for old in kept["nights"]
        for late in new["nights"]
        if old["start"] < late["end"] and late["start"] < old["end"]
    ]
    lost = [old if late["asleep_min"] >= old["asleep_min"] else late for old, late in shared]
    return _without(kept, lost), _without(new, lost)


def _without(document: Document, lost: Sequence[Document]) -> Document:
    """Return a document without some of its nights, its sleep added up again."""
    nights = [night for night in document["nights"] if not any(night is each for each in lost)]
    if len(nights) == len(document["nights"]):
        return document
    measures: dict[date, Document] = sleep_of_days(_night(date.min, night) for night in nights)
    slept = measures.get(date.min, {})
    sleep = {name: slept.get(name) for name in SLEEP}
    return {**document, "day": {**document["day"], **sleep}, "nights": nights}


def _better_sleep(kept: Document, new: Document) -> tuple[Document, list[Document]]:
    """Return the sleep that is measured better, of equals the longer, of these the new one."""

    def worth(document: Document) -> tuple[int, float]:
        day = document["day"]
        return WORTH.get(day.get("basis") or "", UNMEASURED), day.get("sleep_minutes") or 0.0

    better = new if worth(new) >= worth(kept) else kept
    return {name: better["day"].get(name) for name in SLEEP}, better["nights"]


def _larger(one: float | None, other: float | None) -> float | None:
    given = [value for value in (one, other) if value is not None]
    return max(given) if given else None


def history_of(documents: Mapping[date, Document]) -> History:
    """Return the history that is kept, with a day for every date from the first to the last."""
    if not documents:
        return History((), ())
    nights = tuple(_night(day, night) for day in sorted(documents) for night in documents[day]["nights"])
    first, last = min(documents), max(documents)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return History(
        nights,
        tuple(_day(day, documents[day]["day"]) if day in documents else Day(day) for day in every),
        zones.jumps(nights),
        tuple(
            SelfReport(day, **documents[day]["report"])
            for day in sorted(documents)
            if documents[day]["report"]
        ),
    )


def _day(day: date, measures: Mapping[str, Any]) -> Day:
    names = {field.name for field in fields(Day)}
    plain = {name: value for name, value in measures.items() if name in names}
    hours = tuple(measures.get("steps_by_hour") or (None,) * HOURS)
    return Day(
        day,
        **{
            **plain,
            "steps_by_hour": hours,
            "notes": tuple(measures.get("notes") or ()),
            "sources": tuple(measures.get("sources") or ()),
        },
    )


def _night(day: date, document: Mapping[str, Any]) -> Night:
    return Night(
        **{
            **document,
            "date": day,
            "start": datetime.fromtimestamp(document["start"], UTC),
            "end": datetime.fromtimestamp(document["end"], UTC),
            "asleep": tuple((float(start), float(end)) for start, end in document["asleep"]),
            "sources": tuple(document["sources"]),
        }
    )


def months(rows: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Return the means of each month: risks, sleep and steps, each with how many days it rests on."""
    by_month: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_month[row["date"][:7]].append(row)
    names = ("depression_risk", "hypomanic_risk", "manic_risk", "sleep_minutes", "steps")
    return [
        {"month": month, "days": len(days), **{name: _mean_of(days, name) for name in names}}
        for month, days in by_month.items()
    ]


def _mean_of(days: Iterable[Mapping[str, Any]], name: str) -> Document:
    values = [day[name] for day in days if day[name] is not None]
    return {"mean": round(sum(values) / len(values), 6) if values else None, "n": len(values)}
