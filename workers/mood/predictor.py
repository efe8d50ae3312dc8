"""Daily records in, daily risks out: what the realtime lane asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from workers.mood.days import DURATION_ONLY, STAGES, Day, History, Night, SelfReport, ZoneJump
from workers.mood.models import Models
from workers.mood.person import JUMP_H
from workers.mood.scoring import DayRisk, Risk, score
from workers.sdk.predictor import BadInput, Card, Explanation, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_DAYS = 5500  # 15 years
DAY_MIN = 1440
LONG_H = 3.75
SOURCE = "record"


@dataclass(frozen=True, slots=True)
class DailyRecord:
    """One date of a person, None for what is not known.

    `date` is that of waking, ISO. `sleep_start` and `sleep_end` are ISO times with their distance
    from UTC; without them only `sleep_minutes` counts, and the body's clock stays unknown. `low`
    and `high` are the person's own ratings, 0..1.
    """

    date: str
    sleep_start: str | None = None
    sleep_end: str | None = None
    sleep_minutes: float | None = None
    steps: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one person, in any order, each date once."""

    records: tuple[DailyRecord, ...]
    history: str = "past"


@dataclass(frozen=True, slots=True)
class DatedRisk:
    """One date's risks with what explains them; None where the records do not reach."""

    date: str
    depression: Risk | None
    hypomanic: Risk | None
    mania: Risk | None
    confidence: float
    confidence_reasons: tuple[str, ...]
    explanation: tuple[str, ...]
    explanation_ko: tuple[str, ...]
    dlmo_h: float | None
    circadian_amplitude: float | None
    alert: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The risks of every date from the first record to the last."""

    days: tuple[DatedRisk, ...]


class MoodPredictor(Predictor[Records, Answer]):
    """Risks of people's days, by what their records say up to each."""

    def __init__(self, card: Card, models: Models) -> None:
        """Hold loaded models."""
        self.card = card
        self.models = models

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return a predictor of the models in `folder`, their files checked against the card."""
        return cls(read_checked(folder), Models.read(folder))

    def predict(self, batch: Sequence[Records]) -> list[Answer]:
        """Return one answer per person, in order."""
        return [Answer(tuple(_dated(each) for each in rows)) for rows in self._scored(batch)]

    def explain(self, batch: Sequence[Records]) -> list[Explanation]:
        """Return why each last date's depression risk is what it is, in log odds; nothing without one."""
        return [_explanation(rows) for rows in self._scored(batch)]

    def _scored(self, batch: Sequence[Records]) -> list[list[DayRisk]]:
        found = []
        for index, each in enumerate(batch):
            try:
                history = history_of(each.records)
                found.append(score(history, options={"history": each.history}, models=self.models))
            except ValueError as error:
                raise BadInput(index, str(error)) from error
        return found


def history_of(records: Sequence[DailyRecord]) -> History:
    """Return records as a history.

    Raises:
        ValueError: a record cannot be, with its date and what would be right.

    """
    by_date = {_date(each.date): each for each in records}
    if len(by_date) < len(records):
        raise ValueError("a date has two records; each date may have one")
    dates = sorted(by_date)
    if dates and (dates[-1] - dates[0]).days >= MOST_DAYS:
        raise ValueError(f"records from {dates[0]} to {dates[-1]} are more than {MOST_DAYS} days")
    nights = tuple(night for each in dates if (night := _night(each, by_date[each])) is not None)
    return History(
        nights=nights,
        days=_days(dates, by_date, {night.date: night for night in nights}),
        zone_jumps=_jumps(nights),
        self_reports=tuple(_report(each, by_date[each]) for each in dates),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"date is {text!r}, expected one such as 2026-11-26") from error


def _night(day: date, record: DailyRecord) -> Night | None:
    """Return a record's sleep if it says when it was."""
    if record.sleep_start is None or record.sleep_end is None:
        return None
    start, end = (_time(day, text) for text in (record.sleep_start, record.sleep_end))
    length = (end - start).total_seconds() / 60
    if not 0 < length <= DAY_MIN:
        raise ValueError(
            f"{day}: sleep from {start} to {end} is {length:g} min, expected over 0 to {DAY_MIN}"
        )
    asleep = min(length, _checked(day, "sleep_minutes", record.sleep_minutes, DAY_MIN) or length)
    stretch = ((start.timestamp(), start.timestamp() + asleep * 60),)
    return Night(
        date=day,
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        offset_min=_offset_min(start),
        source=SOURCE,
        basis=STAGES,
        asleep_min=asleep,
        awake_min=length - asleep,
        in_bed_min=None,
        awakenings=0,
        is_long=length >= LONG_H * 60,
        asleep=stretch,
    )


def _time(day: date, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{day}: {text!r} is no time such as 2026-11-25T23:00:00+09:00") from error
    if found.tzinfo is None:
        raise ValueError(f"{day}: {text!r} has no distance from UTC; add one such as +09:00")
    return found


def _offset_min(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)


def _checked(day: date, name: str, value: float | None, most: float) -> float | None:
    """Return a value that is within its bounds, or None."""
    if value is not None and not 0 <= value <= most:
        raise ValueError(f"{day}: {name} is {value!r}, expected 0 to {most:g}")
    return value


def _days(
    dates: Sequence[date], by_date: dict[date, DailyRecord], nights: dict[date, Night]
) -> tuple[Day, ...]:
    if not dates:
        return ()
    length = (dates[-1] - dates[0]).days + 1
    every = [dates[0] + timedelta(days=number) for number in range(length)]
    return tuple(_day(each, by_date.get(each), nights.get(each)) for each in every)


def _day(day: date, record: DailyRecord | None, night: Night | None) -> Day:
    if record is None:
        return Day(day)
    found = Day(day, steps=_checked(day, "steps", record.steps, 1e6))
    if night is not None:
        return replace(
            found, sleep_minutes=night.asleep_min, awake_minutes=night.awake_min, basis=night.basis
        )
    minutes = _checked(day, "sleep_minutes", record.sleep_minutes, DAY_MIN)
    return found if minutes is None else replace(found, sleep_minutes=minutes, basis=DURATION_ONLY)


def _report(day: date, record: DailyRecord) -> SelfReport:
    low, high = (_checked(day, name, getattr(record, name), 1) for name in ("low", "high"))
    return SelfReport(day, low=low, high=high)


def _jumps(nights: Sequence[Night]) -> tuple[ZoneJump, ...]:
    """Return the journeys: nights whose local time is hours away from that of the night before."""
    moved = [(later.date, (later.offset_min - before.offset_min) / 60) for before, later in pairwise(nights)]
    return tuple(ZoneJump(day, hours) for day, hours in moved if abs(hours) >= JUMP_H)


def _dated(row: DayRisk) -> DatedRisk:
    return DatedRisk(
        row.date.isoformat(),
        row.depression,
        row.hypomanic,
        row.mania,
        row.confidence,
        row.confidence_reasons,
        row.explanation,
        row.explanation_ko,
        row.dlmo_h,
        row.circadian_amplitude,
        row.alert,
    )


def _explanation(rows: Sequence[DayRisk]) -> Explanation:
    last = [each for each in (rows[-1].reasons if rows else ()) if each.risk == "depression"]
    base = sum(each.amount for each in last if each.name == "base")
    parts = [(each.name, each.amount) for each in last if each.name != "base"]
    return Explanation(base, tuple(sorted(parts, key=lambda part: -abs(part[1]))))
