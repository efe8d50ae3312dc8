"""Dates as they stand in exports: many at once where they are regular, one by one where not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

WIDTH = 25  # of 2024-05-10 22:50:00 +0200
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
TEN = np.uint8(10)
SIXTY, MONTHS, HALF_DAY, DAY_HOURS = 60, 12, 12, 24
DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 21, 22, 23, 24)
PLACES = (4, 7, 10, 13, 16, 19)
MARKS = np.frombuffer(b"-- :: ", np.uint8)
ZERO, PLUS, MINUS = np.frombuffer(b"0+-", np.uint8)
MOST_OFFSET_MIN = 18 * 60  # what zoneinfo and ISO 8601 know ends well before

ONE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})",
    re.IGNORECASE | re.ASCII,
)
SPACES = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u2009": " "})  # ICU 72 puts the first before am


class Moment(NamedTuple):
    """An instant in seconds since 1970 UTC, and the local time's distance from UTC in minutes."""

    instant: int
    offset_min: int


@cache
def _month_starts() -> Ints:
    """Return the day on which each month of the years 0 to 9999 begins, and the one after."""
    months = np.arange(np.datetime64("0000-01"), np.datetime64("9999-12") + 2)
    return months.astype("datetime64[D]").astype(np.int64)


def read_many(cells: Bytes) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Return instants, offsets in minutes, and which are dates, of cells of shape (n, WIDTH)."""
    digits = cells[:, DIGITS] - ZERO  # what is no digit wraps to 10 or more
    good = (digits < TEN).all(axis=1)
    good &= (cells[:, PLACES] == MARKS).all(axis=1)
    sign = cells[:, 20]
    good &= (sign == PLUS) | (sign == MINUS)
    pairs = digits[:, 0::2] * TEN + digits[:, 1::2]  # (n, 9): two digits of the year, then one each
    century, year, month, day, hour, minute, second, offset_h, offset_min = pairs.T.astype(np.int32)
    year += century * 100
    offset = offset_h * SIXTY + offset_min
    good &= (month >= 1) & (month <= MONTHS) & (year > 0) & (offset <= MOST_OFFSET_MIN)
    good &= (hour < DAY_HOURS) & (minute < SIXTY) & (second < SIXTY) & (offset_min < SIXTY)
    index = np.where(good, year * MONTHS + month - 1, 0)
    starts = _month_starts()
    first = starts[index]
    good &= (day >= 1) & (day <= starts[index + 1] - first)
    offset = np.where(sign == MINUS, -offset, offset)
    of_day = hour * HOUR_S + (minute - offset) * MINUTE_S + second
    return (first + day - 1) * DAY_S + of_day, offset.astype(np.int64), good


def read_one(text: str) -> Moment | None:
    """Return the moment that a text names, of whatever clock, None where it is none."""
    match = ONE.fullmatch(text.translate(SPACES).strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    half, zone = match[7], match[8]
    if half is not None:
        if not 1 <= hour <= HALF_DAY:
            return None
        hour = hour % HALF_DAY + (HALF_DAY if half[0] in "pP" else 0)
    offset = _offset_of(zone)
    if offset is None:
        return None
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return Moment(int(local.timestamp()) - offset * MINUTE_S, offset)


def _offset_of(zone: str) -> int | None:
    """Return the minutes of a zone such as +0530."""
    if zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    offset = hours * 60 + minutes
    if minutes >= SIXTY or offset > MOST_OFFSET_MIN:
        return None
    return -offset if zone[0] == "-" else offset


def local(instant: float, offset_min: int) -> datetime:
    """Return an instant as an aware time with its own offset."""
    return datetime.fromtimestamp(instant, timezone(timedelta(minutes=offset_min)))
