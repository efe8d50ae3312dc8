"""The sleep of each night from one source, another filling only what lies outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.building.summed_nights import spread
from workers.mood.days import ASLEEP, IN_BED, STAGES
from workers.mood.features.windows import union
from workers.mood.reading.kinds import Sleep
from workers.mood.reading.records import KEPT
from workers.mood.reading.sources import Device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.mood.reading.records import SummedNight

Array = npt.NDArray[Any]
Spans = npt.NDArray[np.float64]
GAP_S = 3600  # of all sources' records: under it they are one night
FILL_S = 3600  # a stretch outside the chosen source counts from here
LEAST_STAGE = int(Sleep.CORE)


@dataclass(frozen=True)
class Slept:
    """The sleep of one night: stretches asleep (n, 2) in UTC seconds, their offsets, and whose they are."""

    asleep: Spans
    offset_min: Spans
    zone: int
    source: int
    sources: tuple[int, ...]
    basis: str
    in_bed_s: float | None


@dataclass(frozen=True)
class _Side:
    """What one source has of one night."""

    source: int
    asleep: Spans
    first: float
    last: float
    has_stages: bool
    rank: tuple[Any, ...]


def without_duplicates(kept: Array) -> tuple[Array, int]:
    """Return records without those that are there already, in order of time, and how many those were."""
    same = ["start", "end", "value", "source"]
    order = np.lexsort([kept[name] for name in reversed(same)])
    ordered = kept[order]
    new = np.ones(len(ordered), bool)
    new[1:] = np.any([ordered[name][1:] != ordered[name][:-1] for name in same], axis=0)
    return ordered[new], int(len(ordered) - new.sum())


def fullest(nights: Sequence[SummedNight]) -> tuple[list[SummedNight], int]:
    """Return summed nights, of two of one time and source the fuller, and how many went."""
    best: dict[tuple[int, int | None, int], SummedNight] = {}
    for night in nights:
        key = (night.start, night.end, night.source)
        if key not in best or (night.basis >= LEAST_STAGE, night.asleep_s) > (
            best[key].basis >= LEAST_STAGE,
            best[key].asleep_s,
        ):
            best[key] = night
    return list(best.values()), len(nights) - len(best)


def with_summed(kept: Array, nights: Sequence[SummedNight]) -> Array:
    """Return records and those that summed nights stand for."""
    rows = [row for night in nights if night.end is not None for row in spread(night)]
    more = np.zeros(len(rows), KEPT)
    for name, column in zip(
        ("start", "end", "value", "source", "offset"), zip(*rows, strict=True), strict=False
    ):
        more[name] = column
    both = np.concatenate([kept, more])
    return both[np.argsort(both["start"], kind="stable")]


def choose(records: Array, devices: Sequence[Device], order: Sequence[int]) -> list[Slept]:
    """Return the sleep of each night; `order` are the sources that the user puts first."""
    if not len(records):
        return []
    reach = np.maximum.accumulate(records["end"].astype(np.int64))
    starts = np.flatnonzero(records["start"][1:].astype(np.int64) - reach[:-1] >= GAP_S) + 1
    nights = [_choose_one(cluster, devices, order) for cluster in np.split(records, starts)]
    return [night for night in nights if night is not None]


def _choose_one(cluster: Array, devices: Sequence[Device], order: Sequence[int]) -> Slept | None:
    sides = [
        _side(cluster[cluster["source"] == number], int(number), devices, order)
        for number in np.unique(cluster["source"])
    ]
    able = sorted((side for side in sides if len(side.asleep)), key=lambda side: side.rank)
    if not able:
        return _in_bed(cluster, order)
    chosen = able[0]
    asleep, sources, covered = chosen.asleep, [chosen.source], np.array([[chosen.first, chosen.last]])
    for side in able[1:]:
        more = _outside(side, covered)
        if len(more):
            asleep = np.concatenate([asleep, more])
            sources.append(side.source)
            covered = union(np.concatenate([covered, [[side.first, side.last]]]))
    in_bed = _spans(cluster[cluster["value"] == Sleep.IN_BED])
    slept = union(asleep)
    return Slept(
        slept,
        *_place(slept, cluster[np.isin(cluster["source"], sources)]),
        chosen.source,
        tuple(sources),
        STAGES if chosen.has_stages else ASLEEP,
        _length(union(in_bed)) if len(in_bed) else None,
    )


def _place(asleep: Spans, own: Array) -> tuple[Spans, int]:
    """Return the offset of each stretch, minutes, and the time zone in the middle."""
    index = np.maximum(np.searchsorted(own["start"], asleep[:, 0], side="right") - 1, 0)
    return own["offset"][index].astype(np.float64), int(own["zone"][index[len(index) // 2]])


def _side(own: Array, source: int, devices: Sequence[Device], order: Sequence[int]) -> _Side:
    value = own["value"]
    asleep = minus(union(_spans(own[value >= Sleep.UNSPECIFIED])), union(_spans(own[value == Sleep.AWAKE])))
    has_stages = bool((value >= LEAST_STAGE).any())
    wished = order.index(source) if source in order else len(order)
    kind = 0 if has_stages and devices[source] is Device.WATCH else 1 if has_stages else 2
    rank = (wished, kind, devices[source], -_length(asleep), source)
    return _Side(source, asleep, float(own["start"].min()), float(own["end"].max()), has_stages, rank)


def _in_bed(cluster: Array, order: Sequence[int]) -> Slept | None:
    """Return the time in bed of one source as a stand-in, None where there is none."""
    best: tuple[tuple[Any, ...], Spans, Array] | None = None
    for number in np.unique(cluster["source"]):
        own = cluster[cluster["source"] == number]
        lying = _spans(own[own["value"] == Sleep.IN_BED])
        spans = minus(union(lying), union(_spans(own[own["value"] == Sleep.AWAKE])))
        wished = order.index(number) if number in order else len(order)
        rank = (wished, -_length(spans), int(number))
        if len(spans) and (best is None or rank < best[0]):
            best = rank, spans, own
    if best is None:
        return None
    _, spans, own = best
    source = int(own["source"][0])
    return Slept(spans, *_place(spans, own), source, (source,), IN_BED, _length(spans))


def _outside(side: _Side, covered: Spans) -> Spans:
    """Return a source's sleep in the stretches of an hour and more that lie outside what is covered."""
    free = minus(np.array([[side.first, side.last]]), covered)
    free = free[free[:, 1] - free[:, 0] >= FILL_S]
    return minus(side.asleep, minus(np.array([[side.first - 1, side.last + 1]]), free))


def minus(spans: Spans, holes: Spans) -> Spans:
    """Return sorted disjoint intervals less others."""
    if not len(spans) or not len(holes):
        return spans
    edges = np.unique(np.concatenate([spans.ravel(), holes.ravel()]))
    pieces = np.column_stack([edges[:-1], edges[1:]])
    middle = pieces.mean(axis=1)
    return union(pieces[_within(middle, spans) & ~_within(middle, holes)])


def _within(moments: Spans, spans: Spans) -> npt.NDArray[np.bool_]:
    index = np.searchsorted(spans[:, 0], moments, side="right") - 1
    inside: npt.NDArray[np.bool_] = (index >= 0) & (moments < spans[np.maximum(index, 0), 1])
    return inside


def _spans(records: Array) -> Spans:
    return np.column_stack([records["start"], records["end"]]).astype(np.float64).reshape(-1, 2)


def _length(spans: Spans) -> float:
    return float((spans[:, 1] - spans[:, 0]).sum())
