"""What the report draws: places in its pictures, out of the rows of a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.extensions import db
from app.mood.models import MoodPrediction
from app.mood.results import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

LAST_DAYS, ACTOGRAM_DAYS, CHANGED_DAYS, RATED_DAYS = 366, 90, 7, 30
MOST_MONTHS = 600
WIDTH, HEIGHT, ROW = 720.0, 120.0, 4.0
NOON_H, TWO_DAYS_H = 12.0, 48.0
JUMP_H = 3.0
RISKS = ("depression", "hypomanic", "mania")
BASE = "base"  # the part of a risk that is the same on every date
LEAST_PART, MOST_PARTS = 0.05, 3  # in log odds: smaller parts move a risk by less than a twentieth
LABELLED_DAYS, MOST_LABELS = 7, 12


@dataclass(frozen=True)
class Bar:
    """A rectangle of a picture, in its units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """A risk over the dates: lines, the outlines of their intervals, and the value at the top.

    Each run of dates with the risk has a line of its own: nothing is drawn where nothing was measured.
    """

    name: str
    lines: list[str]
    bands: list[str]
    top: float


@dataclass(frozen=True)
class Label:
    """A word at a place of a picture's axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Change:
    """What raised or lowered one risk of a date most."""

    name: str
    risk: float
    usual: float | None
    raised_by: list[str]
    lowered_by: list[str]


def last_rows(job_id: UUID) -> list[dict[str, Any]]:
    """Return the last rows of a job, at most a year of them, in order."""
    wanted = select(MoodPrediction).where(MoodPrediction.job_id == job_id)
    rows = db.session.scalars(wanted.order_by(MoodPrediction.position.desc()).limit(LAST_DAYS)).all()
    return [shown(row) for row in reversed(rows)]


def first_date(job_id: UUID) -> date | None:
    """Return the first date of a job's rows."""
    first: date | None = db.session.scalar(
        select(func.min(MoodPrediction.date)).where(MoodPrediction.job_id == job_id)
    )
    return first


def picture(
    rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], *, locale: str = "en"
) -> dict[str, Any]:
    """Return all that the page shows of a result, its reasons in `locale`."""
    recent = rows[-ACTOGRAM_DAYS:]
    return {
        "actogram": actogram(recent),
        "actogram_hours": [Label(h * WIDTH / TWO_DAYS_H, f"{(h + 12) % 24:02d}:00") for h in range(0, 48, 6)],
        "actogram_dates": [
            Label((n + 1) * ROW, row["date"]) for n, row in enumerate(recent) if n % LABELLED_DAYS == 0
        ],
        "dlmo": _phases(recent),
        "actogram_height": max(len(recent), 1) * ROW,
        "curves": [curve for name in RISKS if (curve := _curve(rows, name)) is not None],
        "curve_months": _month_starts(rows),
        "months": (months := _months(summary.get("months", [])[-MOST_MONTHS:])),
        "month_labels": _month_labels(months),
        "travel": [row for row in rows if abs(row.get("travel_hours") or 0.0) >= JUMP_H],
        "changes": [(row, changes(row, locale)) for row in rows[-CHANGED_DAYS:] if row.get("reasons")],
        "ratings": [row for row in rows if row.get("self_report")][-RATED_DAYS:],
        "width": WIDTH,
        "height": HEIGHT,
    }


def actogram(rows: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Return the bars of sleep; a row shows its date and the next, so that each sleep is there twice."""
    bars = []
    for number, row in enumerate(rows):
        noon = datetime.combine(date.fromisoformat(row["date"]) - timedelta(days=1), datetime.min.time())
        for sleep in row.get("sleep") or ():
            start, end = (_hours_after(noon, sleep[name]) for name in ("start", "end"))
            for place, shift in ((number, 0.0), (number - 1, 24.0)):
                bar = _bar(start + shift, end + shift, place)
                bars += [bar] if bar is not None else []
    return bars


def _hours_after(midnight: datetime, text: str) -> float:
    """Return local hours after the noon that follows a midnight."""
    local = datetime.fromisoformat(text).replace(tzinfo=None)
    return (local - midnight).total_seconds() / 3600 - NOON_H


def _bar(start: float, end: float, row: int) -> Bar | None:
    first, last = max(start, 0.0), min(end, TWO_DAYS_H)
    if row < 0 or last <= first:
        return None
    scale = WIDTH / TWO_DAYS_H
    return Bar(round(first * scale, 2), row * ROW + 0.5, round((last - first) * scale, 2), ROW - 1)


def _phases(rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Return where the onset of melatonin lies in each row of the actogram."""
    scale = WIDTH / TWO_DAYS_H
    return [
        (round((row["dlmo_h"] - NOON_H) % 24 * scale, 2), number * ROW + ROW / 2)
        for number, row in enumerate(rows)
        if row.get("dlmo_h") is not None
    ]


def _curve(rows: Sequence[Mapping[str, Any]], name: str) -> Curve | None:
    """Return a risk's lines and bands, None where no date has it."""
    step = WIDTH / max(len(rows) - 1, 1)
    risks = ((row.get("risks") or {}).get(name) for row in rows)
    scored: list[tuple[float, Any]] = [(number * step, risk) for number, risk in enumerate(risks)]
    runs = [list(run) for measured, run in groupby(scored, lambda each: each[1] is not None) if measured]
    if not runs:
        return None
    top = max(risk["high"] for run in runs for _, risk in run) or 1.0
    lines = [_points((x, risk["risk"] / top) for x, risk in run) for run in runs]
    return Curve(name, lines, [_band(run, top) for run in runs], top)


def _band(run: Sequence[tuple[float, Mapping[str, float]]], top: float) -> str:
    """Return the outline of an interval: along its upper end and back along its lower one."""
    upper = [(x, risk["high"] / top) for x, risk in run]
    lower = [(x, risk["low"] / top) for x, risk in reversed(run)]
    return _points([*upper, *lower])


def changes(row: Mapping[str, Any], locale: str) -> list[Change]:
    """Return what moved each risk of a date, the strongest parts first, without what all dates share."""
    moved = []
    for name in RISKS:
        risk = (row.get("risks") or {}).get(name)
        parts = [part for part in row["reasons"] if part["risk"] == name and part["name"] != BASE]
        if risk is None or not parts:
            continue
        raised, lowered = (
            [part[locale] for part in parts if sign * part["amount"] >= LEAST_PART][:MOST_PARTS]
            for sign in (1, -1)
        )
        moved.append(Change(name, risk["risk"], risk.get("usual"), raised, lowered))
    return moved


def _month_starts(rows: Sequence[Mapping[str, Any]]) -> list[Label]:
    """Return where the months of the curves begin, at most twelve of them named."""
    step = WIDTH / max(len(rows) - 1, 1)
    starts = [Label(n * step, row["date"][:7]) for n, row in enumerate(rows) if row["date"].endswith("-01")]
    return _thinned(starts)


def _month_labels(months: Sequence[Mapping[str, Any]]) -> list[Label]:
    """Return the names below the months: each year's first, or, of up to a year, each month's."""
    if len(months) <= MOST_LABELS:
        return [Label(month["x"], month["month"]) for month in months]
    return _thinned([Label(month["x"], month["month"][:4]) for month in months if month["month"][5:] == "01"])


def _thinned(labels: list[Label]) -> list[Label]:
    return labels[:: -(-len(labels) // MOST_LABELS) or 1]


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{HEIGHT * (1 - share):.1f}" for x, share in places)


def _months(months: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return two bars for each month: hours of sleep of twelve, and the risk as a share."""
    width = WIDTH / max(len(months), 12)
    drawn = []
    for number, month in enumerate(months):
        sleep, risk = month["sleep_minutes"]["mean"], month["depression_risk"]["mean"]
        drawn.append(
            {
                "month": month["month"],
                "x": round(number * width, 2),
                "width": round(width * 0.8, 2),
                "sleep_h": None if sleep is None else round(sleep / 60, 2),
                "sleep_height": 0 if sleep is None else round(min(sleep / 720, 1) * HEIGHT, 1),
                "risk": risk,
                "risk_y": None if risk is None else round(HEIGHT * (1 - min(risk, 1)), 1),
            }
        )
    return drawn
