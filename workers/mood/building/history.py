"""A person's history out of what some files hold: `build`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood.building import zones
from workers.mood.building.means import DailyMeans, average
from workers.mood.building.sleep import Slept, choose, fullest, with_summed, without_duplicates
from workers.mood.building.sums import HourlySums, add_up
from workers.mood.days import DURATION_ONLY, HOURS, Day, History, Night, SelfReport
from workers.mood.features.windows import Windows, find_windows
from workers.mood.reading.dates import local
from workers.mood.reading.errors import NotAnExport
from workers.mood.reading.kinds import MEANS, SUMS, Kind
from workers.mood.reading.moods import DAILY
from workers.mood.reading.records import KEPT
from workers.mood.reading.sources import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from workers.mood.reading.files import Raw

EPOCH = date(1970, 1, 1)
DAY_MIN = 1440.0
SUM_FIELDS = {
    Kind.STEPS: "steps",
    Kind.ACTIVE_ENERGY: "active_kcal",
    Kind.BASAL_ENERGY: "basal_kcal",
    Kind.DISTANCE: "distance_km",
    Kind.FLIGHTS: "flights",
    Kind.EXERCISE: "exercise_minutes",
    Kind.STAND: "stand_minutes",
}
MEAN_FIELDS = {
    Kind.HEART_RATE: "heart_rate_mean",
    Kind.RESTING_HEART_RATE: "resting_heart_rate",
    Kind.WALKING_HEART_RATE: "walking_heart_rate",
    Kind.HRV: "hrv_sdnn_ms",
    Kind.HEART_RATE_RECOVERY: "heart_rate_recovery",
}


@dataclass(frozen=True)
class Options:
    """How files are read: whose records count first, and one zone for all."""

    source_priority: tuple[str, ...] = ()
    timezone: ZoneInfo | None = None


@dataclass(frozen=True)
class Reading:
    """What became of all records: records = used + duplicates + the sum of skipped."""

    records: int
    used: int
    duplicates: int
    skipped: Mapping[str, int]
    sources: int
    truncated: bool
    ignored_metrics: tuple[str, ...]
    source_names: tuple[str, ...]


def build(raw: Raw, options: Options) -> tuple[History, Reading]:
    """Return nights and days, and what became of the records.

    Raises:
        NotAnExport: nothing in the files can be used.

    """
    devices = raw.sources.devices
    order = [raw.sources.number(name) for name in options.source_priority]
    slept, twice = _sleep(raw, options, order)
    sums = {kind: add_up(_in_zone(raw, kind, options), devices, order) for kind in SUMS}
    means = {kind: average(_in_zone(raw, kind, options)) for kind in MEANS}
    twice += sum(sum_.duplicates for sum_ in sums.values()) + sum(mean.duplicates for mean in means.values())
    reading = _reading(raw, twice)
    nights = _nights(slept, raw)
    reports = _self_reports(raw)
    days = _days(raw, nights, sums, means)
    history = complete(nights, days, reports)
    if not history.days:
        raise NotAnExport("no_usable_data", _nothing(reading))
    return history, reading


def _nothing(reading: Reading) -> str:
    skipped = ", ".join(f"{amount} {reason}" for reason, amount in reading.skipped.items())
    return f"Nothing can be used: {reading.records} records of sleep, activity, heart and mood were read" + (
        f", of which were skipped: {skipped}." if skipped else "."
    )


def _in_zone(raw: Raw, kind: Kind, options: Options) -> Iterable[Any]:
    """Yield records with their local time: their zone's, or the one that was asked for."""
    for bucket in raw.spill.buckets(kind):
        yield zones.placed(bucket, raw.collector.zones, options.timezone)


def _sleep(raw: Raw, options: Options, order: Sequence[int]) -> tuple[list[Slept], int]:
    kept = np.concatenate([np.empty(0, KEPT), *raw.spill.buckets(Kind.SLEEP)])
    kept, twice = without_duplicates(kept)
    nights, less = fullest(raw.collector.nights)
    records = zones.placed(with_summed(kept, nights), raw.collector.zones, options.timezone)
    return choose(records, raw.sources.devices, order), twice + less


def _reading(raw: Raw, duplicates: int) -> Reading:
    collector = raw.collector
    skipped = dict(sorted(collector.skipped.items()))
    return Reading(
        collector.records,
        collector.records - duplicates - sum(skipped.values()),
        duplicates,
        skipped,
        len(collector.used_sources),
        raw.is_truncated,
        tuple(raw.ignored_metrics),
        tuple(raw.sources.names[number] for number in sorted(collector.used_sources)),
    )


def _nights(slept: Sequence[Slept], raw: Raw) -> tuple[Night, ...]:
    """Return the windows of all sleep, each with the source of its night."""
    if not slept:
        return ()
    asleep = np.concatenate([night.asleep for night in slept])
    offset = np.concatenate([night.offset_min for night in slept]) * 60
    windows = find_windows(asleep, offset)
    begins = [night.asleep[0, 0] for night in slept]
    owners = np.searchsorted(begins, windows.start, side="right") - 1
    return tuple(_night(windows, row, slept[owner], raw) for row, owner in enumerate(owners.tolist()))


def _night(windows: Windows, row: int, night: Slept, raw: Raw) -> Night:
    start, end = float(windows.start[row]), float(windows.end[row])
    inside = night.asleep[(night.asleep[:, 0] < end) & (night.asleep[:, 1] > start)]
    return Night(
        date=EPOCH + timedelta(days=int(windows.day[row])),
        start=zones.instant(start),
        end=zones.instant(end),
        offset_min=int(windows.offset[row] // 60),
        source=raw.sources.names[night.source],
        sources=tuple(raw.sources.names[source] for source in night.sources),
        basis=night.basis,
        asleep_min=float(windows.asleep[row]) / 60,
        awake_min=float(windows.awake[row]) / 60,
        in_bed_min=None if night.in_bed_s is None else night.in_bed_s / 60,
        awakenings=len(inside) - 1,
        is_long=bool(windows.long[row]),
        asleep=tuple((float(begin), float(until)) for begin, until in inside),
        zone=raw.collector.zones[night.zone] or None,
    )


def _self_reports(raw: Raw) -> tuple[SelfReport, ...]:
    reports: dict[date, SelfReport] = {}
    moments: dict[date, list[float]] = defaultdict(list)
    for mood in dict.fromkeys(raw.moods):
        report = reports.setdefault(mood.date, SelfReport(mood.date))
        if mood.kind == DAILY:
            reports[mood.date] = replace(report, daily_valence=mood.valence)
        else:
            moments[mood.date].append(mood.valence)
            mean = sum(moments[mood.date]) / len(moments[mood.date])
            reports[mood.date] = replace(report, momentary_mean=mean)
    for rating in raw.ratings:
        report = reports.get(rating.date, SelfReport(rating.date))
        reports[rating.date] = replace(report, low=rating.low, high=rating.high)
    return tuple(reports[day] for day in sorted(reports))


def _days(
    raw: Raw,
    nights: Sequence[Night],
    sums: Mapping[Kind, HourlySums],
    means: Mapping[Kind, DailyMeans],
) -> dict[date, Day]:
    """Return the measures of each date that has any."""
    fields: dict[date, dict[str, Any]] = defaultdict(dict)
    _add_sums(fields, sums)
    _add_means(fields, means)
    for day, measures in sleep_of_days(nights).items():
        fields[day] |= measures
    _add_durations(fields, raw)
    for day, notes in raw.collector.notes.items():
        fields[day]["notes"] = (*fields[day].get("notes", ()), *notes)
    return {day: _day(day, measures) for day, measures in fields.items()}


def _add_sums(fields: dict[date, dict[str, Any]], sums: Mapping[Kind, HourlySums]) -> None:
    for kind, name in SUM_FIELDS.items():
        for number, amount in sums[kind].by_day().items():
            fields[EPOCH + timedelta(days=number)][name] = amount
    for hour, amount in sums[Kind.STEPS].hours.items():
        day = fields[EPOCH + timedelta(days=hour // HOURS)]
        day.setdefault("steps_by_hour", [None] * HOURS)[hour % HOURS] = amount
        day["steps_offset_min"] = sums[Kind.STEPS].offsets[hour // HOURS]


def _add_means(fields: dict[date, dict[str, Any]], means: Mapping[Kind, DailyMeans]) -> None:
    for kind, name in MEAN_FIELDS.items():
        for number in means[kind].numbers:
            fields[EPOCH + timedelta(days=number)][name] = means[kind].mean(number)
    for number, amount in means[Kind.HEART_RATE].numbers.items():
        fields[EPOCH + timedelta(days=number)]["heart_rate_n"] = amount


def _day(day: date, measures: Mapping[str, Any]) -> Day:
    hours = tuple(measures.get("steps_by_hour", (None,) * HOURS))
    return Day(day, **{**measures, "steps_by_hour": hours})


def sleep_of_days(nights: Iterable[Night]) -> dict[date, dict[str, Any]]:
    """Return the fields of a day that tell of its sleep, for each date with a night."""
    by_date: dict[date, list[Night]] = defaultdict(list)
    for night in nights:
        by_date[night.date].append(night)
    return {day: _slept_day(windows) for day, windows in by_date.items()}


def _slept_day(windows: Sequence[Night]) -> dict[str, Any]:
    """Return the sleep of a date; its source and basis are those of its longest window."""
    longest = max(windows, key=lambda night: night.asleep_min)
    asleep = sum(night.asleep_min for night in windows)
    notes = ("more than 24 h of sleep fall on this date; 24 h are counted",) if asleep > DAY_MIN else ()
    return {
        "sleep_minutes": min(asleep, DAY_MIN),
        "awake_minutes": sum(night.awake_min for night in windows),
        "basis": longest.basis,
        "source": longest.source,
        "sources": tuple(dict.fromkeys(name for night in windows for name in night.sources)),
        "notes": notes,
    }


def _add_durations(fields: dict[date, dict[str, Any]], raw: Raw) -> None:
    """Add nights of which only a length is told, where there is no better."""
    nights, _ = fullest([night for night in raw.collector.nights if night.end is None])
    for night in nights:
        day = fields[local(night.start, night.offset_min).date()]
        if day.get("sleep_minutes") is None or (
            day["basis"] == DURATION_ONLY and day["sleep_minutes"] < night.asleep_s / 60
        ):
            name = raw.sources.names[night.source]
            day |= {
                "sleep_minutes": min(night.asleep_s / 60, DAY_MIN),
                "basis": DURATION_ONLY,
                "source": name,
                "sources": (name,),
                "notes": ("only the duration of this sleep is told, not when it was",),
            }


def complete(nights: Sequence[Night], days: Mapping[date, Day], reports: Sequence[SelfReport]) -> History:
    """Return the history with a day for every date from the first to the last with data."""
    dates = sorted({*days, *(report.date for report in reports)})
    span = (dates[-1] - dates[0]).days + 1 if dates else 0
    every = [dates[0] + timedelta(days=number) for number in range(span)]
    return History(
        tuple(nights),
        tuple(days.get(day) or Day(day) for day in every),
        zones.jumps(nights),
        tuple(reports),
    )


def source_order(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(name for name in text.split(",") if canonical(name))
