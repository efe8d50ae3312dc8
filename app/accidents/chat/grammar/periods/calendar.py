"""Times as the calendar has them: what is given of one, where it begins and ends, how it is called."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import fields, replace
from datetime import date, timedelta

from app.accidents.chat.grammar.senses import TimeSense
from app.accidents.datasets.query import Part

_LENGTHS = {"day": 1, "week": 7}
_ORDER = ("year", "half", "quarter", "month", "day", "hour")
_MONTHS = "January February March April May June July August September October November December".split()
PARTS = {"year": Part.YEAR, "quarter": Part.QUARTER, "month": Part.MONTH, "day": Part.DAY, "hour": Part.HOUR}
# Seasons as Korea's weather service counts them; times of day as Korean police statistics name them.
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
HOURS = {
    "am": range(12), "pm": range(12, 24), "dawn": range(6), "morning": range(6, 12), "daytime": range(6, 18),
    "evening": range(18, 22), "night": (18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5), "midnight": (0, 1, 2, 3, 4),
    "noon": (12,),
    "rush_am": (7, 8, 9), "rush_pm": (17, 18, 19),
}  # fmt: skip
KO = {
    "spring": "봄", "summer": "여름", "autumn": "가을", "winter": "겨울", "am": "오전", "pm": "오후", "dawn": "새벽", "morning": "아침",
    "daytime": "낮", "evening": "저녁", "night": "밤", "midnight": "심야", "noon": "정오", "rush_am": "출근 시간대", "rush_pm": "퇴근 시간대",
    "weekend": "주말", "workday": "평일",
}  # fmt: skip
EN = {
    "rush_am": "morning rush",
    "rush_pm": "evening rush",
    "am": "before noon",
    "pm": "from noon",
    "workday": "weekdays (Monday to Friday)",
}


def given_parts(sense: TimeSense) -> list[str]:
    """Return the names of what is given of a time, the coarsest first."""
    return [entry.name for entry in fields(sense) if getattr(sense, entry.name) is not None]


def merged(left: TimeSense, right: TimeSense) -> TimeSense:
    """Return a time with what another gives of it."""
    return replace(left, **{name: getattr(right, name) for name in given_parts(right)})


def completed(first: TimeSense, second: TimeSense, *, up: bool = False) -> TimeSense:
    """Return the second of two ends with what only the first says: May to July 2015, 2015년 5월~7월."""
    names = [
        name
        for name in ("year", "month")
        if getattr(second, name) is None and getattr(first, name) is not None
    ]
    finest = _ORDER.index(given_parts(second)[-1])
    names = [name for name in names if _ORDER.index(name) < finest]
    return replace(second, **{name: getattr(first, name) for name in names}) if names or up else second


def begins_on(sense: TimeSense) -> date:
    """Return the first day of a time."""
    month = sense.month or ((sense.quarter or 1) - 1) * 3 + 1
    if sense.half == 2:
        month = 7
    return date(sense.year or 1, month, min(sense.day or 1, monthrange(sense.year or 1, month)[1]))


def ends_on(sense: TimeSense) -> date:
    """Return the last day of a time."""
    year = sense.year or 1
    if sense.month and sense.day:
        return begins_on(sense)
    month = sense.month or (sense.quarter * 3 if sense.quarter else 6 if sense.half == 1 else 12)
    return date(year, month, monthrange(year, month)[1])


def earlier_by(last: date, count: int, length: str) -> date:
    """Return the first day of the last so many days, weeks, months or years up to a day."""
    if length in _LENGTHS:
        return last - timedelta(days=count * _LENGTHS[length] - 1)
    months = count * {"month": 1, "quarter": 3, "year": 12}[length]
    index = last.year * 12 + last.month - 1 - months
    year, month = divmod(index, 12)
    day = min(last.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def relative_span(name: str, last: date) -> tuple[date, date]:
    """Return the first and the last day of a time that is named from the last day of the data."""
    if name in {"r_today", "r_yesterday"}:
        day = last - timedelta(days=name == "r_yesterday")
        return day, day
    if name.endswith("week"):
        monday = last - timedelta(days=last.weekday() + 7 * (name == "r_last_week"))
        return monday, monday + timedelta(days=6)
    if name in {"r_last_year", "r_this_year", "r_year_before"}:
        year = last.year - {"r_last_year": 1, "r_this_year": 0, "r_year_before": 2}[name]
        return date(year, 1, 1), date(year, 12, 31)
    step = 3 if "quarter" in name else 1
    index = (last.year * 12 + last.month - 1) // step - name.startswith("r_last")
    year, month = divmod(index * step, 12)
    end_year, end_month = divmod(index * step + step - 1, 12)
    return date(year, month + 1, 1), date(end_year, end_month + 1, monthrange(end_year, end_month + 1)[1])


def sense_ko(sense: TimeSense) -> str:
    """Return a moment in Korean."""
    units = {"year": "년", "quarter": "분기", "month": "월", "day": "일", "hour": "시"}
    halves = {1: "상반기", 2: "하반기"}
    return " ".join(
        halves[sense.half or 1] if name == "half" else f"{getattr(sense, name)}{units[name]}"
        for name in given_parts(sense)
    )


def sense_en(sense: TimeSense) -> str:
    """Return a moment in English."""
    words = [str(sense.day)] if sense.day else []
    words += [_MONTHS[sense.month - 1]] if sense.month else []
    words += [f"Q{sense.quarter}"] if sense.quarter else []
    words += [{1: "first half of", 2: "second half of"}[sense.half]] if sense.half else []
    words += [str(sense.year)] if sense.year else []
    words += [f"{sense.hour:02d}:00"] if sense.hour is not None else []
    return " ".join(words)
