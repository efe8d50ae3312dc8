"""What does not fit together in an accident, or lies outside what the model has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.accidents.severity.values import coarse, time_period, weekday

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRAINED_YEARS = (2007, 2017)  # measured: the first and last year of the training rows

# A coarse word for the time of day and the hours it can mean in Daegu over a year:
# sunrise is between 5 and 8, sunset between 17 and 20, so that the edges belong to both.
_COARSE_HOURS = {"낮": range(5, 20), "밤": (*range(17, 24), *range(8))}


@dataclass(frozen=True)
class Contradiction:
    """Two given values that cannot both hold, or one outside what the model has seen.

    `code` is one of weekday, time_period, no_such_date, year_untrained, subtype.
    `used` is what the model goes by.
    """

    code: str
    field: str
    given: str
    used: str


def contradictions(values: Mapping[str, object]) -> tuple[Contradiction, ...]:
    """Return what does not fit together in one accident's canonical values; never raise for it."""
    return tuple(_date_faults(values)) + tuple(_period_faults(values)) + tuple(_subtype_faults(values))


def _date_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    year, month, day = _date(values)
    given = str(values.get("day_of_week") or "")
    real = weekday(year, month, day)
    first, last = TRAINED_YEARS
    if real is None:
        yield Contradiction("no_such_date", "accident_day", f"{year}-{month:02}-{day:02}", given)
    elif given and given != real:
        yield Contradiction("weekday", "day_of_week", given, real)
    if not first <= year <= last:
        yield Contradiction("year_untrained", "accident_year", str(year), str(min(max(year, first), last)))


def _period_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    hour, given = _int(values, "accident_hour"), str(values.get("time_period") or "")
    real = time_period(hour)
    if not given or given == real or hour in _COARSE_HOURS.get(given, ()):
        return
    yield Contradiction("time_period", "time_period", given, f"{hour} ({real})")


def _subtype_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    kind, subtype = str(values.get("accident_type") or ""), str(values.get("accident_subtype") or "")
    if kind and subtype and coarse(subtype) != kind:
        yield Contradiction("subtype", "accident_subtype", subtype, kind)


def _int(values: Mapping[str, object], field: str) -> int:
    return int(str(values[field]))


def _date(values: Mapping[str, object]) -> tuple[int, int, int]:
    return _int(values, "accident_year"), _int(values, "accident_month"), _int(values, "accident_day")
