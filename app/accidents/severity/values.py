"""The fields of an accident, their bounds, and the canonical value that a word stands for.

A canonical value is either *fine* ("교차로 - 교차로안", "대구광역시 중구 교동") or *coarse*
("교차로", "대구광역시 중구", "낮"): both are accepted and the model knows both.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from app.accidents.severity import districts
from app.accidents.severity.names import NAMES, VEHICLES, VICTIMS
from app.text.plain import plain_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REQUIRED = (
    "weather",
    "road_surface",
    "road_type",
    "accident_type",
    "time_period",
    "district",
    "day_of_week",
    "accident_hour",
    "accident_year",
    "accident_month",
    "accident_day",
)
OPTIONAL = ("violation", "vehicle_at_fault", "vehicle_other", "accident_subtype")

# Whole numbers, both ends included. The year's bounds only keep typing errors out.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "accident_hour": (0, 23),
    "accident_year": (1990, 2100),
    "accident_month": (1, 12),
    "accident_day": (1, 31),
}

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

# The public original's rule, which its data of 2019-2021 were labelled with.
_PERIODS = {"심야": (22, 23, *range(6)), "출근시간대": range(7, 10), "퇴근시간대": range(17, 20)}


def canonical(field: str, text: str) -> str | None:
    """Return the canonical value that `text` names in `field`, or None.

    Raises:
        KeyError: `field` is not one of `fields()`.

    """
    if text in _names(field):
        return text  # as it is, before what its characters and separators might be is looked at
    return _lookup(field).get(_key(text))


def ambiguous(field: str, text: str) -> tuple[str, ...]:
    """Return the canonical values between which `text` does not choose: of a name that districts share."""
    return _shared().get(_key(text), ()) if field == "district" else ()


@cache
def allowed(field: str) -> tuple[str, ...]:
    """Return a field's canonical values, fine ones first."""
    return tuple(_names(field))


def fields() -> tuple[str, ...]:
    """Return the names of all fields that hold a category."""
    return tuple(name for name in REQUIRED + OPTIONAL if name not in BOUNDS)


def time_period(hour: int) -> str:
    """Return the period of an hour: 22-5 심야, 7-9 출근시간대, 17-19 퇴근시간대, else 일반시간대."""
    return next((period for period, hours in _PERIODS.items() if hour in hours), "일반시간대")


def weekday(year: int, month: int, day: int) -> str | None:
    """Return a date's Korean weekday, or None where there is no such date."""
    try:
        return WEEKDAYS[date(year, month, day).weekday()]
    except ValueError:
        return None


def coarse(value: str) -> str:
    """Return the class of a road type or accident subtype: what stands before the dash."""
    return value.split(" - ", maxsplit=1)[0]


def gu(district: str) -> str:
    """Return the gu or gun of a canonical district."""
    return district.split(" ")[1]


_SEPARATORS = str.maketrans("", "", " \t\r\n-_\u2013\u2014',")  # also pasted spaces and dashes


def _key(text: str) -> str:
    return plain_word(text).translate(_SEPARATORS).casefold()


@cache
def _lookup(field: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for value, others in _names(field).items():
        table[_key(value)] = value
        for other in others:
            table.setdefault(_key(other), value)
    return table


@cache
def _shared() -> dict[str, tuple[str, ...]]:
    return {_key(name): values for name, values in districts.shared_names().items()}


@cache
def _names(field: str) -> dict[str, tuple[str, ...]]:
    """Return each canonical value of a field with its other names."""
    if field == "district":
        return districts.names()
    if field == "accident_type":
        return {kind: (*names, *_subtype_names(kind)) for kind, names in NAMES[field].items()}
    vehicles = {"vehicle_at_fault": VEHICLES, "vehicle_other": VICTIMS}
    return dict(vehicles.get(field) or NAMES[field])


def _subtype_names(kind: str) -> Iterator[str]:
    """Yield the names of a type's subtypes: TAAS writes both into one column."""
    for value, others in NAMES["accident_subtype"].items():
        if coarse(value) == kind:
            yield from (value, *others)
