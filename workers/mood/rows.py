"""The rows of a result: one per date, with risks, measures, and what is to be known of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.mood.columns import MEASURES, RISKS
from workers.mood.days import DURATION_ONLY, IN_BED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from workers.mood.days import Day, History, Night, SelfReport

JUMP_H = 3.0  # hours between zones from which a body clock is out of step with local time
DIGITS = 6


def rows_of(history: History, risks: Sequence[Any]) -> list[dict[str, Any]]:
    """Return one row per date, in order; `risks` has one entry per date, or none at all."""
    nights = history.nights_of()
    reports = {report.date: report for report in history.self_reports}
    travel = travel_hours(history)
    scored = {risk.date: risk for risk in risks}
    rows = []
    for day in history.days:
        risk = scored.get(day.date)
        row = _row(day, nights.get(day.date, ()), reports.get(day.date), travel.get(day.date))
        row |= _risks(risk, reasons(day, travel, has_night=day.date in nights))
        row["notes"] += list(risk.notes) if risk else []
        rows.append(row)
    return rows


def travel_hours(history: History) -> dict[date, float]:
    """Return by how many hours local time moved since the night before, of each date with a night."""
    moved = {night.date: 0.0 for night in history.nights[1:]}
    for jump in history.zone_jumps:
        moved[jump.date] = moved.get(jump.date, 0.0) + jump.hours
    return moved


def reasons(day: Day, travel: Mapping[date, float], *, has_night: bool) -> list[str]:
    """Return what of a date's data makes its risks less certain."""
    reasons_given = []
    if day.sleep_minutes is None:
        reasons_given.append("no sleep is recorded for this date")
    elif day.basis == IN_BED:
        reasons_given.append("only time in bed is recorded, not sleep")
    elif day.basis == DURATION_ONLY or not has_night:
        reasons_given.append("only a duration of sleep is told, not its times")
    for back in range(3):
        hours = travel.get(day.date - timedelta(days=back), 0.0)
        if abs(hours) >= JUMP_H:
            when = "on this date" if not back else "the day before" if back == 1 else f"{back} days before"
            reasons_given.append(
                f"travel over {abs(hours):g} h of time zones {when}: local time and body clock differ"
            )
    return reasons_given


def _row(
    day: Day, nights: Sequence[Night], report: SelfReport | None, travel: float | None
) -> dict[str, Any]:
    return {
        "sleep_minutes": rounded(day.sleep_minutes),
        "awake_minutes": rounded(day.awake_minutes),
        "basis": day.basis,
        "source": day.source,
        "sources": list(day.sources),
        **_windows(nights),
        "travel_hours": travel,
        "sleep": [_night(night) for night in nights],
        **{name: rounded(getattr(day, name)) for name in MEASURES},
        "steps_by_hour": [rounded(steps) for steps in day.steps_by_hour],
        "self_report": _report(report),
        "notes": list(day.notes),
    }


def _windows(nights: Sequence[Night]) -> dict[str, Any]:
    if not nights:
        names = ("long_windows", "short_windows", "window_hours_long", "window_hours_short", "local_bedtime")
        return dict.fromkeys(names)
    lengths = {
        is_long: [_hours(night) for night in nights if night.is_long is is_long] for is_long in (True, False)
    }
    main = max(nights, key=_hours)
    return {
        "long_windows": len(lengths[True]),
        "short_windows": len(lengths[False]),
        "window_hours_long": rounded(sum(lengths[True])),
        "window_hours_short": rounded(sum(lengths[False])),
        "local_bedtime": f"{main.start + timedelta(minutes=main.offset_min):%H:%M}",
    }


def _hours(night: Night) -> float:
    return (night.end - night.start).total_seconds() / 3600


def _night(night: Night) -> dict[str, Any]:
    shift = timedelta(minutes=night.offset_min)
    sign, minutes = "-" if night.offset_min < 0 else "+", abs(night.offset_min)
    offset = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return {
        "start": f"{night.start + shift:%Y-%m-%dT%H:%M:%S}{offset}",
        "end": f"{night.end + shift:%Y-%m-%dT%H:%M:%S}{offset}",
        "source": night.source,
        "basis": night.basis,
        "sleep_minutes": rounded(night.asleep_min),
        "awake_minutes": rounded(night.awake_min),
    }


def _report(report: SelfReport | None) -> dict[str, float | None] | None:
    if report is None:
        return None
    return {name: rounded(value) for name, value in asdict(report).items() if name != "date"}


def _risks(risk: Any, reasons_given: Sequence[str]) -> dict[str, Any]:
    """Return the risks of a date, all null where nothing can be said."""
    if risk is None:
        return {
            **dict.fromkeys(RISKS),
            "confidence": 0.0,
            "confidence_reasons": list(reasons_given),
            "explanation": [],
            "explanation_ko": [],
            "dlmo_h": None,
            "circadian_amplitude": None,
            "risks": None,
            "reasons": [],
            "rating_weight": {},
            "alert": [],
        }
    parts = {name: getattr(risk, field) for name, field in RISKS.items()}
    return {
        **{name: rounded(part.risk) if part else None for name, part in parts.items()},
        "confidence": rounded(risk.confidence),
        "confidence_reasons": list(dict.fromkeys([*reasons_given, *risk.confidence_reasons])),
        "explanation": list(risk.explanation),
        "explanation_ko": list(risk.explanation_ko),
        "dlmo_h": rounded(risk.dlmo_h),
        "circadian_amplitude": rounded(risk.circadian_amplitude),
        "risks": {RISKS[name]: _interval(part) for name, part in parts.items()},
        "reasons": [{**asdict(reason), "amount": rounded(reason.amount)} for reason in risk.reasons],
        "rating_weight": {name: rounded(weight) for name, weight in risk.rating_weight.items()},
        "alert": list(risk.alert),
    }


def _interval(part: Any) -> dict[str, float | None] | None:
    if part is None:
        return None
    return {name: rounded(getattr(part, name)) for name in ("risk", "low", "high", "usual")}


def rounded(value: float | None) -> float | None:
    """Return a number with as many digits as are told, a whole one as it is."""
    return value if value is None or isinstance(value, int) else round(float(value), DIGITS)
