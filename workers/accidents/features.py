"""An accident as the models see it: categories as whole numbers, what is not known as NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from app.accidents.severity import values

Matrix = npt.NDArray[np.float64]
Columns = Mapping[str, Sequence[str | int | None]]  # field of an Accident -> canonical values
Levels = Mapping[str, Sequence[str]]  # categorical feature -> its values, in the order of their codes
Codes = Mapping[str, Mapping[str, float]]  # categorical feature -> any canonical value -> code

# The fine road type and dong are NaN where only the class or gu is given. The time period is not
# among the features: it follows from the hour.
ELEVEN = (
    "weather",
    "road_surface",
    "road_type",
    "road_class",
    "accident_type",
    "gu",
    "dong",
    "day_of_week",
    "accident_hour",
    "accident_year",
    "accident_month",
    "accident_day",
)
EXTENDED = ELEVEN + values.OPTIONAL
FIELD = {
    "road_class": "road_type",
    "gu": "district",
    "dong": "district",
}  # feature -> field, where they differ
CATEGORICAL = tuple(name for name in EXTENDED if name not in values.BOUNDS)


@dataclass(frozen=True, slots=True)
class Accident:
    """One accident in canonical values (`app.accidents.severity.values`); None is not known.

    The model goes by date and hour: a weekday that contradicts the date is passed over.
    """

    weather: str
    road_surface: str
    road_type: str
    accident_type: str
    time_period: str | None
    district: str
    day_of_week: str | None
    accident_hour: int
    accident_year: int
    accident_month: int
    accident_day: int
    violation: str | None = None
    vehicle_at_fault: str | None = None
    vehicle_other: str | None = None
    accident_subtype: str | None = None


NAMES = tuple(field.name for field in fields(Accident))


def as_columns(accidents: Sequence[Accident]) -> dict[str, list[str | int | None]]:
    """Return the accidents' values by field."""
    return {name: [getattr(accident, name) for accident in accidents] for name in NAMES}


def encode(columns: Columns, codes: Codes) -> Matrix:
    """Return the features, of shape (n_rows, len(EXTENDED))."""
    days = {**columns, "day_of_week": _weekdays(columns)}
    matrix = np.empty((len(columns["accident_year"]), len(EXTENDED)))
    for index, name in enumerate(EXTENDED):
        column = days[FIELD.get(name, name)]
        matrix[:, index] = _coded(column, codes[name]) if name in CATEGORICAL else column
    return matrix


def uses_optional(matrix: Matrix) -> npt.NDArray[np.bool_]:
    """Return which rows know at least one optional field, of shape (n_rows,)."""
    unknown = np.isnan(matrix[:, len(ELEVEN) :])
    return np.asarray(~unknown.all(axis=1), dtype=np.bool_)


def level(feature: str, value: str) -> str | None:
    """Return the value that a feature has for a field's canonical value; None is not known."""
    if feature == "gu":
        return values.gu(value)
    if feature == "dong":
        return value if value.count(" ") > 1 else None
    if feature == "road_class":
        return values.coarse(value)
    if feature == "road_type":
        return value if " - " in value else None
    return _merged(value) if feature == "accident_subtype" else value


def levels() -> dict[str, tuple[str, ...]]:
    """Return every value of each categorical feature, as today's tables have them."""
    levels_of = {}
    for name in CATEGORICAL:
        given = (level(name, value) for value in values.allowed(FIELD.get(name, name)))
        levels_of[name] = tuple(dict.fromkeys(value for value in given if value is not None))
    return levels_of


def codes_of(seen: Levels) -> dict[str, dict[str, float]]:
    """Return the code of each canonical value; a value that the model has not seen is NaN."""
    return {name: _codes(name, seen[name]) for name in CATEGORICAL}


def _codes(name: str, seen: Sequence[str]) -> dict[str, float]:
    numbers = {value: float(index) for index, value in enumerate(seen)}
    canonical = values.allowed(FIELD.get(name, name))
    return {value: numbers.get(level(name, value) or "", np.nan) for value in canonical}


def _coded(column: Sequence[str | int | None], codes: Mapping[str, float]) -> list[float]:
    return [np.nan if value is None else codes.get(str(value), np.nan) for value in column]


def _merged(subtype: str) -> str:
    """Return a subtype as the labels from 2016 on tell it.

    Until 2015 side and rear collisions were split further; merged, RMSLE on 2017 falls from
    .4226 to .4220 (fitted on 2007-2016 with and without).
    """
    return " - ".join(subtype.split(" - ")[:2]).replace("측면직각", "측면")


def _weekdays(columns: Columns) -> list[str | None]:
    """Return each date's weekday; the given one where there is no such date."""
    dates = list(
        zip(columns["accident_year"], columns["accident_month"], columns["accident_day"], strict=True)
    )
    real = {date: values.weekday(*map(int, date)) for date in set(dates)}  # type: ignore[arg-type]
    given = columns["day_of_week"]
    return [real[date] or _text(own) for date, own in zip(dates, given, strict=True)]


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
