"""A person's nights and days: what reading leaves, and what features and scores are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

STAGES, ASLEEP, IN_BED, DURATION_ONLY = "stages", "asleep", "in_bed", "duration_only"
HOURS = 24


@dataclass(frozen=True, slots=True)
class Night:
    """One sleep window, long or short, of one date; a nap is one too.

    Runs of sleep and wake under 10 min are flipped and sleeps less than 1 h apart merged (Lim et al.
    2024, doi 10.1038/s41746-024-01333-z). `asleep` are the raw stretches of sleep inside it, in order
    and apart, as seconds since 1970 UTC; `asleep_min` is their sum. `offset_min` is local time minus
    UTC in the middle of the window. `basis` is `stages`, `asleep` or `in_bed`.
    """

    date: date
    start: datetime
    end: datetime
    offset_min: int
    source: str
    basis: str
    asleep_min: float
    awake_min: float
    in_bed_min: float | None
    awakenings: int
    is_long: bool
    asleep: tuple[tuple[float, float], ...]
    zone: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfReport:
    """What a person said of one date: valences of -1..1 (State of Mind), or 0..1 for low and high."""

    date: date
    daily_valence: float | None = None
    momentary_mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The measures of one local date; None is missing, never 0.

    `sleep_minutes` and `awake_minutes` are sums over the nights of the date; with the basis
    `duration_only` there is a duration and no night. `steps_by_hour` has 24 numbers, None for an
    hour of which nothing is recorded; `steps_offset_min` is local time minus UTC of the first of them.
    """

    date: date
    sleep_minutes: float | None = None
    awake_minutes: float | None = None
    basis: str | None = None
    source: str | None = None
    sources: tuple[str, ...] = ()
    steps: float | None = None
    steps_by_hour: tuple[float | None, ...] = (None,) * HOURS
    steps_offset_min: int | None = None
    active_kcal: float | None = None
    basal_kcal: float | None = None
    distance_km: float | None = None
    flights: float | None = None
    exercise_minutes: float | None = None
    stand_minutes: float | None = None
    heart_rate_mean: float | None = None
    heart_rate_n: int | None = None
    resting_heart_rate: float | None = None
    walking_heart_rate: float | None = None
    hrv_sdnn_ms: float | None = None
    heart_rate_recovery: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneJump:
    """A change of the local offset between two nights, in hours; east is positive."""

    date: date
    hours: float


@dataclass(frozen=True, slots=True)
class History:
    """All of a person up to now, in order of time; `days` has every date from the first to the last."""

    nights: tuple[Night, ...]
    days: tuple[Day, ...]
    zone_jumps: tuple[ZoneJump, ...] = ()
    self_reports: tuple[SelfReport, ...] = ()

    def nights_of(self) -> Mapping[date, tuple[Night, ...]]:
        """Return the nights by date."""
        by_date: dict[date, tuple[Night, ...]] = {}
        for night in self.nights:
            by_date[night.date] = (*by_date.get(night.date, ()), night)
        return by_date
