"""The sleep of Health Auto Export: single segments, summed nights, and nights told by their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood.reading import dates
from workers.mood.reading.kinds import Kind, Sleep
from workers.mood.reading.moods import scale_of
from workers.mood.reading.records import Batch, Fault, SummedNight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.mood.reading.records import Collector
    from workers.mood.reading.sources import Sources

SEGMENTS = {
    "inbed": Sleep.IN_BED,
    "awake": Sleep.AWAKE,
    "asleep": Sleep.UNSPECIFIED,
    "unspecified": Sleep.UNSPECIFIED,
    "core": Sleep.CORE,
    "deep": Sleep.DEEP,
    "rem": Sleep.REM,
    "light": Sleep.CORE,
}
PREFIX = "hkcategoryvaluesleepanalysis"
STAGES = ("core", "deep", "rem")
AGREES_S = 60.0  # between an entry's hours and its times


def read_sleep(
    block: Sequence[Mapping[str, Any]], unit_min: float, sources: Sources, collector: Collector
) -> None:
    """Hand entries of sleep on; a time told in the metric's unit is `unit_min` minutes."""
    segments = [entry for entry in block if _is_segment(entry)]
    rows = [_segment(entry, unit_min, sources, collector) for entry in segments]
    if rows:
        start, end, offset, value, source, fault = zip(*rows, strict=True)
        amount = len(rows)
        collector.add(
            Batch(
                np.full(amount, Kind.SLEEP, np.uint8),
                np.array(source, np.int32),
                np.array(value, np.float64),
                np.array(start, np.int64),
                np.array(end, np.int64),
                np.array(offset, np.int64),
                np.array(fault, np.uint8),
                np.zeros(amount, np.uint16),
            )
        )
    for entry in block:
        if not _is_segment(entry):
            collector.add_night(*_night(entry, unit_min * dates.MINUTE_S, sources))


def _is_segment(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("value"), str) and ("startDate" in entry or "start" in entry)


def _segment(
    entry: Mapping[str, Any], unit_min: float, sources: Sources, collector: Collector
) -> tuple[Any, ...]:
    start = _moment(entry, "startDate", "start")
    end = _moment(entry, "endDate", "end")
    plain = "".join(entry["value"].split()).casefold().removeprefix(PREFIX)
    value = SEGMENTS.get(plain, SEGMENTS.get(plain.removeprefix("asleep").strip("()"), -1))
    fault = Fault.BAD_DATE if not (start and end) else Fault.UNKNOWN_VALUE if value < 0 else Fault.NONE
    instant, offset = start or (0, 0)
    until = end.instant if end else 0
    quantity = scale_of(entry.get("qty"))
    if fault is Fault.NONE and quantity is not None:
        apart = abs(quantity * unit_min * dates.MINUTE_S - (until - instant))
        if apart > AGREES_S:
            collector.note(until, offset, "a segment's hours and its times disagree; the times count")
    return instant, until, offset, value, sources.number(str(entry.get("source") or "")), fault


def _moment(entry: Mapping[str, Any], *names: str) -> dates.Moment | None:
    text = next((entry[name] for name in names if entry.get(name)), None)
    return dates.read_one(text) if isinstance(text, str) else None


def _night(entry: Mapping[str, Any], unit_s: float, sources: Sources) -> tuple[SummedNight | None, Fault]:
    """Return what an entry says of a night, and what is wrong with it."""
    lengths = {
        name: scale_of(entry.get(name)) for name in (*STAGES, "totalSleep", "asleep", "awake", "inBed")
    }
    if any(value is not None and value < 0 for value in lengths.values()):
        return None, Fault.BAD_NUMBER
    seconds = {name: (value or 0.0) * unit_s for name, value in lengths.items()}
    stages = sum(seconds[name] for name in STAGES)
    asleep = seconds["totalSleep"] or max(seconds["asleep"], stages)
    basis = Sleep.CORE if stages else Sleep.UNSPECIFIED
    names = ("sleepStart", "sleepEnd")
    if not asleep and seconds["inBed"]:
        asleep, basis, names = seconds["inBed"], Sleep.IN_BED, ("inBedStart", "inBedEnd")
    source = str(
        entry.get("source") or entry.get("inBedSource" if basis is Sleep.IN_BED else "sleepSource") or ""
    )
    return _timed(entry, names, (asleep, seconds["awake"]), (basis, sources.number(source)))


def _timed(
    entry: Mapping[str, Any], names: tuple[str, str], lengths: tuple[float, float], what: tuple[Sleep, int]
) -> tuple[SummedNight | None, Fault]:
    start, end = _moment(entry, names[0]), _moment(entry, names[1])
    day = _moment(entry, "date", "startDate", "start")
    asleep, awake = lengths
    values = [entry.get(name) for name in names]
    if any(values) and not (start and end) and not (day and asleep):
        return None, Fault.BAD_DATE
    if start and end:
        length = float(end.instant - start.instant)
        asleep = min(asleep or length - awake, max(length, 0.0))
        return SummedNight(start.instant, end.instant, start.offset_min, asleep, *what), Fault.NONE
    if day is None:
        return None, Fault.BAD_DATE
    if not asleep:
        return None, Fault.BAD_NUMBER
    return SummedNight(day.instant, None, day.offset_min, asleep, *what), Fault.NONE
