"""Read dates and times by the one order of year, month and day that fits every value of a column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

FIRST_YEAR, LAST_YEAR = 1800, 2200
USUAL_YEARS = (1900, 2100)  # of digits alone, which may be something else
TWO_DIGIT_PIVOT = 69  # POSIX: 69 is 1969, 68 is 2068
MOST_WRONG = 0.2  # share of values that may not fit for a column to be called one of dates with faults

_DAY_NAME = r"(?:\s*,?\s*[(\[]?(?:[월화수목금토일](?:요일)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?)[)\]]?)?"
_TIME = (
    r"(?:(?:\s*T\s*|\s+|(?<=[일.)])\s*)(?:(?P<half>오전|오후|[AaPp]\.?[Mm]\.?)\s*)?"
    r"(?P<hour>\d{1,2})(?:\s*시|(?=\s*:)|(?=\s*$)|(?=\s*[AaPp]\.?[Mm]))"
    r"(?:\s*:?\s*(?P<minute>\d{1,2})\s*분?(?:\s*:?\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*초?)?)?"
    r"(?:\s*(?P<after>[AaPp]\.?[Mm]\.?))?"
    r"(?:\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_Y, _M, _D = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAMED = r"(?P<named>[A-Za-z]{3,9})\.?"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{text}{_DAY_NAME}{_TIME}\s*", re.ASCII)


PATTERNS = {
    "YYYY-MM-DD": _pattern(rf"{_Y}\s*(?:년|[-./])\s*{_M}\s*(?:월|[-./])\s*{_D}\s*[일.]?"),
    "DD/MM/YYYY": _pattern(rf"{_D}\s*[-./]\s*{_M}\s*[-./]\s*{_Y}\.?"),
    "MM/DD/YYYY": _pattern(rf"{_M}\s*[-./]\s*{_D}\s*[-./]\s*{_Y}\.?"),
    "DD Mon YYYY": _pattern(rf"{_D}(?:st|nd|rd|th)?[\s-]+{_NAMED}[\s,-]+{_Y}"),
    "Mon DD, YYYY": _pattern(rf"{_NAMED}\s+{_D}(?:st|nd|rd|th)?\s*,?\s+{_Y}"),
    "YYYYMMDD": re.compile(
        r"\s*(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:[ T]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?\s*",
        re.ASCII,
    ),
}
SHORT = {
    "YY.MM.DD": _pattern(
        r"'?(?P<year>\d{2})\s*(?:년|[-./])\s*(?P<month>\d{1,2})\s*(?:월|[-./])\s*(?P<day>\d{1,2})\s*[일.]?"
    ),
}
_NAME_OF_DATES = re.compile(
    r"날짜|일자|일시|년월일|연월일|생년|시각|등록일|발생일|신고일|접수일|작성일|수정일|생성일|가입일|주문일|거래일|기준일|"
    r"date|time|timestamp|(?<![a-z])(ymd|dt|day|when|at)(?![a-z])|_at$|일$",
    re.IGNORECASE,
)
_LOOKS = re.compile(r"\s*'?\d{1,4}\s*(년|[-./])\s*\d{1,2}\s*(월|[-./])\s*\d{1,4}.*", re.DOTALL)


@dataclass(frozen=True)
class Moments:
    """A column's texts as times; `dates` where none of them has a time of day."""

    values: Mapping[str, date | datetime]
    dates: bool
    order: str
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NotMoments:
    """Why a column that looks like dates is none: `ambiguous`, or the texts that do not fit."""

    ambiguous: bool
    wrong: tuple[str, ...]
    order: str


def looks_like_moment(text: str) -> bool:
    """Say whether a text has the shape of a date."""
    return _LOOKS.fullmatch(text) is not None


def read_moments(
    texts: Collection[str], name: str, *, order: str | None = None
) -> Moments | NotMoments | None:
    """Return the times of texts; None where they are none, and why not where most of them are.

    Args:
        texts: the different cells of a column, without missing ones.
        name: the column's name; two digits are a year only under one that speaks of dates.
        order: the order that the owner says.

    """
    if not texts or not any(character.isdigit() for character in next(iter(texts))):
        return None
    patterns = dict(PATTERNS)
    if _NAME_OF_DATES.search(name) or order in SHORT:
        patterns |= SHORT
    if order is not None:
        patterns = {each: pattern for each, pattern in patterns.items() if each == order}
    fits = [fit for each, pattern in patterns.items() if (fit := _read_all(texts, pattern, each)) is not None]
    fits = [fit for fit in fits if _is_plain_enough(fit, texts)]
    if (
        len(fits) > 1
        and {fits[0].order, fits[1].order} == {"DD/MM/YYYY", "MM/DD/YYYY"}
        and not _same(*fits[:2])
    ):
        return NotMoments(ambiguous=True, wrong=(), order=fits[0].order)
    if fits:
        return fits[0]
    return _nearly(texts, patterns) if _seem_moments(texts) else None


def _seem_moments(texts: Collection[str]) -> bool:
    """Say whether half of the first texts have the shape of dates, so that all are worth a look."""
    first = list(islice(texts, 50))
    return 2 * sum(map(looks_like_moment, first)) >= len(first)


def _same(one: Moments, other: Moments) -> bool:
    return one.values == other.values


def _is_plain_enough(fit: Moments, texts: Collection[str]) -> bool:
    """Say whether digits alone are dates: all of them in years that tables have."""
    if fit.order != "YYYYMMDD":
        return True
    return (
        all(USUAL_YEARS[0] <= value.year <= USUAL_YEARS[1] for value in fit.values.values())
        and len({len(t.strip()) for t in texts}) == 1
    )


def _read_all(texts: Collection[str], pattern: re.Pattern[str], order: str) -> Moments | None:
    """Return all texts as times by one pattern, None where one does not fit."""
    values: dict[str, date | datetime] = {}
    zones: set[str] = set()
    dates = True
    for text in texts:
        match = pattern.fullmatch(text)
        moment = _moment(match) if match else None
        if match is None or moment is None:
            return None
        dates = dates and match["hour"] is None
        zone = match.groupdict().get("zone")
        zones.add("Z" if zone == "UTC" else zone or "")
        values[text] = moment
    if len(zones) > 1:
        return None
    if dates:
        values = {
            text: value.date() if isinstance(value, datetime) else value for text, value in values.items()
        }
    return Moments(values, dates, order, frozenset(zones))


def _moment(match: re.Match[str]) -> datetime | None:
    """Return the time that a match says, None for the 30th of February."""
    groups: Mapping[str, str | None] = match.groupdict()
    year, day = int(groups["year"] or 0), int(groups["day"] or 0)
    if len(groups["year"] or "") == len("70"):
        year += 1900 if year >= TWO_DIGIT_PIVOT else 2000
    month = int(groups["month"] or 0) if groups.get("month") else _month(groups.get("named") or "")
    hour = _hour(groups)
    minute, second = int(groups.get("minute") or 0), int(groups.get("second") or 0)
    if hour is None or not FIRST_YEAR <= year <= LAST_YEAR or (hour == 24 and (minute or second)):  # noqa: PLR2004
        return None
    try:
        moment = datetime(year, month, day, hour % 24, minute, second)  # noqa: DTZ001 - as the table says it
    except ValueError:
        return None
    return moment + timedelta(days=hour // 24)


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _hour(groups: Mapping[str, str | None]) -> int | None:
    """Return the hour of the day, 0 to 24; None where there is no such hour."""
    if not groups.get("hour"):
        return 0
    hour = int(groups["hour"] or 0)
    half = (groups.get("half") or groups.get("after") or "").replace(".", "").lower()
    if half in {"오후", "pm"} and hour < 12:  # noqa: PLR2004
        hour += 12
    elif half in {"오전", "am"} and hour == 12:  # noqa: PLR2004
        hour = 0
    return hour if hour <= 24 else None  # noqa: PLR2004


def _nearly(texts: Collection[str], patterns: Mapping[str, re.Pattern[str]]) -> NotMoments | None:
    """Return which texts keep a column from being one of dates, None where too many do."""
    best: tuple[str, ...] | None = None
    order = ""
    for each, pattern in patterns.items():
        if each == "YYYYMMDD":
            continue
        wrong = tuple(
            text for text in texts if not (match := pattern.fullmatch(text)) or _moment(match) is None
        )
        if best is None or len(wrong) < len(best):
            best, order = wrong, each
    shaped = all(map(looks_like_moment, best or ()))
    if best is None or len(best) == len(texts) or (len(best) > MOST_WRONG * len(texts) and not shaped):
        return None
    return NotMoments(ambiguous=False, wrong=best, order=order)
