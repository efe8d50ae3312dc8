"""A history out of daily records that were sent without a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood.building import zones
from workers.mood.building.history import EPOCH, complete, sleep_of_days
from workers.mood.days import ASLEEP, Day, History, Night, SelfReport
from workers.mood.features.windows import find_windows, union

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEASURES = (
    "steps",
    "active_kcal",
    "distance_km",
    "exercise_minutes",
    "heart_rate_mean",
    "resting_heart_rate",
    "hrv_sdnn_ms",
)
REPORTED = ("low", "high", "daily_valence")


def history_of_records(records: Sequence[Mapping[str, Any]]) -> History:
    """Return the history of some days; which date a sleep belongs to is told by its middle."""
    nights = _nights([sleep for record in records for sleep in record.get("sleep", ())])
    slept = sleep_of_days(nights)
    days: dict[date, Day] = {}
    for record in records:
        day = date.fromisoformat(record["date"])
        measures: dict[str, Any] = {name: record.get(name) for name in MEASURES}
        days[day] = Day(day, **measures)
    for day, sleep in slept.items():
        days[day] = replace(days.get(day, Day(day)), **sleep)
    reports = [
        SelfReport(date.fromisoformat(record["date"]), **{name: record.get(name) for name in REPORTED})
        for record in records
        if any(record.get(name) is not None for name in REPORTED)
    ]
    return complete(nights, days, sorted(reports, key=lambda report: report.date))


def _nights(sleeps: Sequence[Mapping[str, str]]) -> tuple[Night, ...]:
    if not sleeps:
        return ()
    spans, offsets = [], []
    for sleep in sleeps:
        start, end = datetime.fromisoformat(sleep["start"]), datetime.fromisoformat(sleep["end"])
        spans.append((start.timestamp(), end.timestamp()))
        offsets.append((start.utcoffset() or timedelta(0)).total_seconds())
    asleep = np.array(spans)
    windows = find_windows(asleep, np.array(offsets))
    merged = union(asleep)
    return tuple(
        _night(merged, float(start), float(end), (float(offset), int(day), bool(long)))
        for start, end, offset, day, long in zip(
            windows.start, windows.end, windows.offset, windows.day, windows.long, strict=True
        )
    )


def _night(asleep: Any, start: float, end: float, place: tuple[float, int, bool]) -> Night:
    offset, day, is_long = place
    inside = asleep[(asleep[:, 0] < end) & (asleep[:, 1] > start)]
    slept = float((inside[:, 1] - inside[:, 0]).sum()) / 60
    return Night(
        date=EPOCH + timedelta(days=day),
        start=zones.instant(start),
        end=zones.instant(end),
        offset_min=int(offset // 60),
        source="",
        basis=ASLEEP,
        asleep_min=slept,
        awake_min=(end - start) / 60 - slept,
        in_bed_min=None,
        awakenings=len(inside) - 1,
        is_long=is_long,
        asleep=tuple((float(begin), float(until)) for begin, until in inside),
    )
