"""Records as arrays: what a reader yields, which of them cannot be, and where the rest is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.reading.dates import DAY_S, local
from workers.mood.reading.kinds import LASTS, SUMS, Kind, Sleep

if TYPE_CHECKING:
    from datetime import date

    from workers.mood.reading.spill import Spill

Flags = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

EARLIEST = 946_684_800  # 2000-01-01 UTC
LATEST = 2**32 - 1  # what a kept record can hold: the year 2106
FUTURE_S = DAY_S
LONGEST_SLEEP_S = DAY_S
BUCKET_S = 32 * DAY_S  # records of sums are cut here, so that each bucket stands alone

LASTING = np.array([number in LASTS for number in range(max(Kind) + 1)])

KEPT = np.dtype(
    [
        ("start", "<u4"),
        ("end", "<u4"),
        ("lead", "<u4"),  # seconds of the record before this piece of it
        ("total", "<u4"),  # seconds of the whole record
        ("value", "<f8"),
        ("source", "<i4"),
        ("offset", "<i2"),
        ("zone", "<u2"),
        ("summed", "u1"),  # a bucket that an app summed up: the fuller of two is right
    ]
)


class Fault(IntEnum):
    """Why a record is skipped, the first that fits."""

    NONE = 0
    BAD_DATE = 1
    UNKNOWN_VALUE = 2
    UNKNOWN_UNIT = 3
    BAD_NUMBER = 4
    END_BEFORE_START = 5
    ZERO_LENGTH = 6
    TOO_EARLY = 7
    IN_THE_FUTURE = 8
    TOO_LONG = 9


@dataclass(frozen=True)
class Batch:
    """Some records, each array of shape (n,); `fault` has what their texts alone tell.

    `value` is in the unit of the kind, or what a sleep record says; times are seconds since
    1970 UTC, `offset` minutes; `zone` numbers the names of time zones, 0 for none.
    """

    kind: npt.NDArray[np.uint8]
    source: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]
    fault: npt.NDArray[np.uint8]
    zone: npt.NDArray[np.uint16]
    summed: bool = False


@dataclass(frozen=True)
class SummedNight:
    """A night of which an app tells when it was and how long was slept; without an end, a date alone."""

    start: int
    end: int | None
    offset_min: int
    asleep_s: float
    basis: Sleep
    source: int


@dataclass
class Collector:
    """Counts records, drops those that cannot be, and keeps the rest; `latest` is when all was exported."""

    spill: Spill
    latest: int
    records: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    used_sources: set[int] = field(default_factory=set)
    zones: list[str] = field(default_factory=lambda: [""])
    nights: list[SummedNight] = field(default_factory=list)
    notes: dict[date, list[str]] = field(default_factory=dict)

    def zone_number(self, name: str) -> int:
        """Return the number of a time zone's name."""
        if name not in self.zones and len(self.zones) < np.iinfo(np.uint16).max:
            self.zones.append(name)
        return self.zones.index(name) if name in self.zones else 0

    def note(self, instant: int, offset_min: int, text: str) -> None:
        """Note something of a local date."""
        notes = self.notes.setdefault(local(instant, offset_min).date(), [])
        if text not in notes:
            notes.append(text)

    def add_night(self, night: SummedNight | None, fault: Fault) -> None:
        """Count a summed night and keep it if it can be."""
        self.records += 1
        if night is not None:
            end = night.start + 1 if night.end is None else night.end
            fault = Fault(int(faults_of(_as_batch(night, end), self.latest)[0]))
        if night is None or fault is not Fault.NONE:
            self.skipped[fault.name.lower()] += 1
            return
        self.nights.append(night)
        self.used_sources.add(night.source)

    def add(self, batch: Batch) -> None:
        """Count a batch and keep what of it can be."""
        self.records += len(batch.kind)
        fault = faults_of(batch, self.latest)
        for number, amount in enumerate(np.bincount(fault, minlength=len(Fault))):
            if number and amount:
                self.skipped[Fault(number).name.lower()] += int(amount)
        good = fault == Fault.NONE
        kinds = np.flatnonzero(np.bincount(batch.kind[good])).tolist()
        if len(kinds) == 1 and good.all():
            self._keep(batch, slice(None), Kind(kinds[0]))
            return
        for kind in kinds:
            self._keep(batch, good & (batch.kind == kind), Kind(kind))

    def _keep(self, batch: Batch, rows: Flags | slice, kind: Kind) -> None:
        total = batch.end[rows] - batch.start[rows]
        kept = np.zeros(len(total), KEPT)
        kept["start"], kept["total"] = batch.start[rows], np.minimum(total, LATEST)
        kept["end"] = np.minimum(batch.end[rows], LATEST if kind is Kind.SLEEP else self.latest + FUTURE_S)
        kept["end"] = np.maximum(kept["end"], kept["start"])
        kept["value"], kept["source"] = batch.value[rows], batch.source[rows]
        kept["offset"], kept["zone"], kept["summed"] = batch.offset[rows], batch.zone[rows], batch.summed
        self.used_sources.update(np.flatnonzero(np.bincount(kept["source"])).tolist())
        if kind is Kind.SLEEP:
            self.spill.add(kind, 0, kept)
            return
        for bucket, piece in cut(kept) if kind in SUMS else sort_out(kept):
            self.spill.add(kind, bucket, piece)


def _as_batch(night: SummedNight, end: int) -> Batch:
    """Return a night as a record, to be looked at like one."""

    def one(value: float, kind: Any) -> Array:
        return np.array([value], kind)

    return Batch(
        one(Kind.SLEEP, np.uint8),
        one(night.source, np.int32),
        one(night.basis, np.float64),
        one(night.start, np.int64),
        one(end, np.int64),
        one(night.offset_min, np.int64),
        one(Fault.NONE, np.uint8),
        one(0, np.uint16),
    )


def faults_of(batch: Batch, latest: int) -> npt.NDArray[np.uint8]:
    """Return why each record is skipped, Fault.NONE where it is not."""
    length = batch.end - batch.start
    sleep = batch.kind == Kind.SLEEP
    lasts = LASTING[batch.kind]
    fault = batch.fault.copy()
    for reason, holds in (
        (Fault.END_BEFORE_START, length < 0),
        (Fault.ZERO_LENGTH, (length == 0) & lasts),
        (Fault.TOO_EARLY, batch.start < EARLIEST),
        (Fault.IN_THE_FUTURE, batch.start > latest + FUTURE_S),
        (Fault.TOO_LONG, (length > LONGEST_SLEEP_S) & sleep),
    ):
        fault[(fault == Fault.NONE) & holds] = reason
    return fault


def sort_out(kept: Array) -> list[tuple[int, Array]]:
    """Return records by the bucket in which each starts."""
    bucket = kept["start"] // BUCKET_S
    if len(bucket) and bucket.min() == bucket.max():
        return [(int(bucket[0]), kept)]
    return [(int(number), kept[bucket == number]) for number in np.unique(bucket)]


def cut(kept: Array) -> list[tuple[int, Array]]:
    """Return pieces of records by the bucket in which each lies whole."""
    pieces = []
    rest = kept
    while len(rest):
        for number, piece in sort_out(rest):
            piece["end"] = np.minimum(piece["end"], (number + 1) * BUCKET_S)
            pieces.append((number, piece))
        edge = (rest["start"].astype(np.int64) // BUCKET_S + 1) * BUCKET_S
        over = rest["end"] > edge
        rest, edge = rest[over], edge[over].astype(np.uint32)
        rest["lead"] += edge - rest["start"]
        rest["start"] = edge
    return pieces
