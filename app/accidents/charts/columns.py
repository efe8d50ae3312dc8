"""The columns of a table of accidents, found by their names."""

from __future__ import annotations

from dataclasses import dataclass

from app.accidents.charts.drawing import Wish
from app.accidents.datasets.operands import BadQuery
from app.accidents.datasets.profile import Column, Profile

# What exports of TAAS and others call the columns; the first that a table has is taken.
NAMES = {
    "deaths": ("사망자수", "사망", "deaths", "fatal", "killed"),
    "serious": ("중상자수", "중상", "serious"),
    "minor": ("경상자수", "경상", "minor", "slight"),
    "reported": ("부상신고자수", "부상신고", "reported"),
    "eclo": ("ECLO", "eclo"),
    "weather": ("기상상태", "날씨", "weather"),
    "surface": ("노면상태", "road_surface", "surface"),
    "road": ("도로형태", "road_type"),
    "kind": ("사고유형", "accident_type"),
}
DISTRICT = " district"


@dataclass(frozen=True)
class Columns:
    """The columns of accidents that a table has."""

    profile: Profile
    chart: str

    def find(self, role: str) -> Column | None:
        """Return the column of a role, None where the table has none."""
        names = {column.name.casefold(): column for column in self.profile.columns}
        return next((names[each.casefold()] for each in NAMES[role] if each.casefold() in names), None)

    def need(self, role: str) -> Column:
        """Return the column of a role; raise BadQuery where the table has none."""
        column = self.find(role)
        if column is None:
            raise BadQuery(
                f"{self.chart!r} needs a column for {role}; it may be called {', '.join(NAMES[role])}."
            )
        return column

    def moment(self) -> Column:
        """Return the first column of times; raise BadQuery where the table has none."""
        column = next((each for each in self.profile.columns if each.type.is_temporal), None)
        if column is None:
            raise BadQuery(f"{self.chart!r} needs a column of dates; this data set has none.")
        return column


def columns_of(wish: Wish) -> Columns:
    """Return the columns of the table that a request is about."""
    return Columns(wish.table.profile, wish.name)


def columns_of_profile(profile: Profile, asking: str) -> Columns:
    """Return the columns of accidents of a profile; `asking` is what needs them."""
    return Columns(profile, asking)
