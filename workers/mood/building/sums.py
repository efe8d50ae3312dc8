"""Steps, energy and distance by local hour: at each moment the watch, else the phone, else others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.features.windows import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.mood.reading.sources import Device

Array = npt.NDArray[Any]
Spans = npt.NDArray[np.float64]
HOUR_S, DAY_HOURS = 3600, 24
KEY = ("start", "end", "lead", "total", "value", "source")
SUMMED_KEY = ("start", "end", "lead", "total", "source")  # of two buckets the fuller is right


@dataclass
class HourlySums:
    """Sums by local hour, counted from 1970-01-01 00:00 local, and each local day's offset, minutes."""

    hours: dict[int, float] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)
    duplicates: int = 0

    def add(self, hour: Array, amount: Array) -> None:
        """Add amounts to hours."""
        numbers, place = np.unique(hour, return_inverse=True)
        sums = np.bincount(place, amount)
        for number, total in zip(numbers.tolist(), sums.tolist(), strict=True):
            self.hours[number] = self.hours.get(number, 0.0) + total

    def note_offsets(self, hour: Array, shift_s: Array) -> None:
        """Keep the offset of the first record of each day that has none yet."""
        days, first = np.unique(hour // DAY_HOURS, return_index=True)
        for day, shift in zip(days.tolist(), shift_s[first].tolist(), strict=True):
            self.offsets.setdefault(day, int(shift // 60))

    def by_day(self) -> dict[int, float]:
        """Return sums by local day, counted from 1970-01-01."""
        days: dict[int, float] = {}
        for hour, amount in self.hours.items():
            days[hour // DAY_HOURS] = days.get(hour // DAY_HOURS, 0.0) + amount
        return days


def add_up(buckets: Iterable[Array], devices: Sequence[Device], order: Sequence[int]) -> HourlySums:
    """Return the sums of all records of a kind; a record partly covered counts in proportion to time."""
    sums = HourlySums()
    for bucket in buckets:
        kept, duplicates = without_duplicates(bucket)
        sums.duplicates += duplicates
        covered: Spans = np.empty((0, 2))
        for source in _ranked(kept, devices, order):
            own = less_finer(kept[kept["source"] == source])
            _add_source(sums, own, covered)
            spans = np.column_stack([own["start"], own["end"]]).astype(np.float64)
            covered = union(np.concatenate([covered, spans]))
    return sums


def without_duplicates(kept: Array) -> tuple[Array, int]:
    """Return records without those that are there already, and how many those were; pieces count once."""
    summed = kept["summed"] == 1
    plain, twice = _first_of(kept[~summed], KEY)
    fuller, less = _first_of(kept[summed], SUMMED_KEY)
    return np.concatenate([plain, fuller]), twice + less


def _first_of(kept: Array, key: Sequence[str]) -> tuple[Array, int]:
    order = np.lexsort([-kept["value"], *(kept[name] for name in reversed(key))])
    ordered = kept[order]
    new = np.ones(len(ordered), bool)
    new[1:] = np.any([ordered[name][1:] != ordered[name][:-1] for name in key], axis=0)
    return ordered[new], int((ordered["lead"][~new] == 0).sum())


def less_finer(own: Array) -> Array:
    """Return a source's records, of which a summed bucket has only what finer ones inside it do not tell.

    A day's sum that was exported beside the sums of its hours is no second walk.
    """
    summed = np.flatnonzero(own["summed"] == 1)
    lengths = np.unique(own["total"][summed])
    if len(lengths) < 2:  # noqa: PLR2004 - all are as fine as each other
        return own
    left = own.copy()
    for length in lengths[1:]:
        finer = left[summed[left["total"][summed] < length]]
        finer = finer[np.argsort(finer["start"])]
        running = np.concatenate([[0.0], np.cumsum(finer["value"] * _share(finer))])
        coarse = summed[left["total"][summed] == length]
        first, last = (np.searchsorted(finer["start"], left[edge][coarse]) for edge in ("start", "end"))
        rest = left["value"][coarse] - (running[last] - running[first]) / _share(left[coarse])
        left["value"][coarse] = np.maximum(rest, 0.0)
    return left


def _share(kept: Array) -> Any:
    """Return which part of its whole record each piece is."""
    length = kept["end"].astype(np.float64) - kept["start"]
    return np.maximum(length, 1.0) / np.maximum(kept["total"], 1)


def _ranked(kept: Array, devices: Sequence[Device], order: Sequence[int]) -> list[int]:
    """Return the sources of records, the one that counts first first."""
    numbers, amounts = np.unique(kept["source"], return_counts=True)
    rank = {
        int(number): (
            order.index(number) if number in order else len(order),
            devices[number],
            -amount,
            number,
        )
        for number, amount in zip(numbers.tolist(), amounts.tolist(), strict=True)
    }
    return sorted(rank, key=lambda number: rank[number])


def _add_source(sums: HourlySums, own: Array, covered: Spans) -> None:
    """Add a source's records, hour by hour, where nothing better covers them."""
    start = own["start"].astype(np.float64)
    end = own["end"].astype(np.float64)
    rate = own["value"] / np.maximum(own["total"], 1)
    shift = own["offset"].astype(np.float64) * 60
    while len(start):
        hour = np.floor((start + shift) / HOUR_S)
        edge = np.minimum(end, (hour + 1) * HOUR_S - shift)
        free = (edge - start) - (_covered_until(covered, edge) - _covered_until(covered, start))
        counts = free > 0
        sums.add(hour[counts].astype(np.int64), (rate * free)[counts])
        sums.note_offsets(hour[counts].astype(np.int64), shift[counts])
        rest = edge < end
        start, end, rate, shift = edge[rest], end[rest], rate[rest], shift[rest]


def _covered_until(covered: Spans, moment: Array) -> Any:
    """Return how many seconds before each moment are covered."""
    if not len(covered):
        return np.zeros(len(moment))
    edges = np.concatenate([[0.0], np.cumsum(covered[:, 1] - covered[:, 0])])
    index = np.searchsorted(covered[:, 0], moment, side="right")
    begun = np.maximum(index - 1, 0)
    beyond = np.where(index > 0, np.maximum(covered[begun, 1] - moment, 0.0), 0.0)
    return edges[index] - beyond
