"""Health Auto Export's JSON, streamed: hourly and daily buckets, nights of all its versions, moods.

A metric's name and unit may stand behind its data, so the file is read twice: first what each
metric is, then its entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import ijson
import numpy as np
from ijson.common import ObjectBuilder

from workers.mood.reading import dates
from workers.mood.reading.auto_export_sleep import read_sleep
from workers.mood.reading.kinds import MEASURES, MINUTES, Kind
from workers.mood.reading.moods import mood_of, scale_of
from workers.mood.reading.records import Batch, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from workers.mood.reading.moods import Mood
    from workers.mood.reading.records import Collector
    from workers.mood.reading.sources import Sources

METRIC, ENTRY = "data.metrics.item", "data.metrics.item.data.item"
MOOD = "data.stateOfMind.item"
BLOCK = 2000  # entries between two batches
STARTS, ENDS = ("startDate", "start", "date"), ("endDate", "end")
AVERAGES = ("qty", "Avg", "avg", "value")
OTHER_NAMES = {
    "heart_rate_variability_sdnn": Kind.HRV,
    "distance_walking_running": Kind.DISTANCE,
    "active_energy_burned": Kind.ACTIVE_ENERGY,
    "heart_rate_recovery_one_minute": Kind.HEART_RATE_RECOVERY,
}
KINDS = {measure.auto_export: kind for kind, measure in MEASURES.items()} | OTHER_NAMES
BY_APPLE = {measure.apple: kind for kind, measure in MEASURES.items()}


@dataclass
class Metric:
    """One metric of a file, and the step in which its entries come, seconds."""

    name: str = ""
    units: str = ""
    step_s: int = dates.DAY_S
    entries: int = 0

    @property
    def kind(self) -> Kind | None:
        """The kind that it measures, None where it is not read."""
        plain = self.name.strip().lower().replace(" ", "_").replace("&", "and")
        return KINDS.get(plain) or BY_APPLE.get(self.name)


@dataclass
class Overview:
    """What a file says of itself before its entries are read."""

    metrics: list[Metric] = field(default_factory=list)
    is_export: bool = False
    is_whole: bool = True


def overview(stream: IO[bytes]) -> Overview:
    """Return what a file's metrics are; a file that breaks off is told as far as it goes."""
    seen = Overview()
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True):
            _see(seen, prefix, event, value)
    except ijson.IncompleteJSONError:
        seen.is_whole = False
    return seen


def _see(seen: Overview, prefix: str, event: str, value: Any) -> None:
    if prefix == "data" and event == "start_map":
        seen.is_export = True
    elif prefix == METRIC and event == "start_map":
        seen.metrics.append(Metric())
    elif not prefix.startswith(METRIC):
        return
    elif prefix == METRIC + ".name":
        seen.metrics[-1].name = str(value)
    elif prefix == METRIC + ".units":
        seen.metrics[-1].units = str(value)
    elif prefix == ENTRY + ".date" and isinstance(value, str):
        _see_step(seen.metrics[-1], value)


def _see_step(metric: Metric, text: str) -> None:
    """Take the finest step that a metric's times show."""
    if metric.step_s == dates.MINUTE_S:
        return
    moment = dates.read_one(text)
    if moment is None:
        return
    local = moment.instant + moment.offset_min * dates.MINUTE_S
    step = next(step for step in (dates.DAY_S, dates.HOUR_S, dates.MINUTE_S, 1) if local % step == 0)
    metric.step_s = min(metric.step_s, max(step, dates.MINUTE_S))


def entries(stream: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each metric's entries with its number, and moods with the number -1; a cut one is left out."""
    number, builder, closing = -1, None, ""
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True):
            if builder is None:
                if prefix == METRIC and event == "start_map":
                    number += 1
                elif event == "start_map" and prefix in (ENTRY, MOOD):
                    builder, closing = ObjectBuilder(), prefix
                    builder.event(event, value)
                continue
            builder.event(event, value)
            if event == "end_map" and prefix == closing:
                yield (number if closing == ENTRY else -1), builder.value
                builder = None
    except ijson.IncompleteJSONError:
        return


class AutoExportReader:
    """Hands a file's entries on as records."""

    def __init__(
        self, collector: Collector, sources: Sources, wanted: Collection[Kind], moods: list[Mood]
    ) -> None:
        self._collector = collector
        self._sources = sources
        self._wanted = wanted
        self._moods = moods
        self._block: dict[int, list[dict[str, Any]]] = {}

    def read(
        self, seen: Overview, stream: IO[bytes], progress: Callable[[int], None] | None = None
    ) -> list[str]:
        """Read all entries of a file and return the names of the metrics that are not read."""
        for number, entry in entries(stream):
            if number < 0:
                mood = mood_of(entry)
                self._moods += [mood] if mood else []
                continue
            block = self._block.setdefault(number, [])
            block.append(entry)
            if len(block) >= BLOCK:
                self._hand_on(seen.metrics[number], self._block.pop(number))
                if progress is not None:
                    progress(stream.tell())
        for number, block in self._block.items():
            self._hand_on(seen.metrics[number], block)
        self._block.clear()
        ignored = [metric.name for metric in seen.metrics if metric.kind is None]
        return list(dict.fromkeys(ignored))

    def _hand_on(self, metric: Metric, block: list[dict[str, Any]]) -> None:
        kind = metric.kind
        if kind is None or kind not in self._wanted:
            return
        if kind is Kind.SLEEP:
            read_sleep(block, MINUTES.get(metric.units, 60.0), self._sources, self._collector)
            return
        rows = [self._row(entry, metric, kind) for entry in block]
        instants, ends, offsets, values, sources, faults = zip(*rows, strict=True)
        amount = len(rows)
        self._collector.add(
            Batch(
                np.full(amount, kind, np.uint8),
                np.array(sources, np.int32),
                np.array(values, np.float64),
                np.array(instants, np.int64),
                np.array(ends, np.int64),
                np.array(offsets, np.int64),
                np.array(faults, np.uint8),
                np.zeros(amount, np.uint16),
                summed=True,
            )
        )

    def _row(self, entry: Mapping[str, Any], metric: Metric, kind: Kind) -> tuple[Any, ...]:
        start, end = moment_of(entry, STARTS), moment_of(entry, ENDS)
        has_end = any(entry.get(name) for name in ENDS)
        factor = MEASURES[kind].units.get(str(entry.get("units") or metric.units), None)
        value = next((number_of(entry[name]) for name in AVERAGES if entry.get(name) is not None), None)
        fault = Fault.NONE
        if start is None or (has_end and end is None):
            fault = Fault.BAD_DATE
        elif factor is None:
            fault = Fault.UNKNOWN_UNIT
        elif value is None or value < 0:
            fault = Fault.BAD_NUMBER
        instant, offset = start or (0, 0)
        until = end.instant if end else instant + metric.step_s
        source = self._sources.number(str(entry.get("source") or ""))
        return instant, until, offset, (value or 0.0) * (factor or 0.0), source, fault


def moment_of(entry: Mapping[str, Any], names: tuple[str, ...]) -> dates.Moment | None:
    """Return the moment of the first of some fields that is there, None where it is no date."""
    text = next((entry[name] for name in names if entry.get(name)), None)
    return dates.read_one(text) if isinstance(text, str) else None


def number_of(value: Any) -> float | None:
    """Return a finite number, also of a text with one decimal point or comma."""
    number = scale_of(float(value) if isinstance(value, Decimal) else value)
    return number if number is not None and np.isfinite(number) else None
