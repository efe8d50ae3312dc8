"""The fields of one accident, read out of messages until its severity can be predicted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.accidents.chat.grammar.korean import is_particle
from app.accidents.severity import values

_PREDICT = re.compile(r"예측|예상|predict|expected|how severe|얼마나 심각", re.IGNORECASE)
_SEVERITY = re.compile(r"심각|중증도|eclo|sever", re.IGNORECASE)
# What is to come over a time, and what was, are other questions: the first is refused, the second counted.
_OTHER = re.compile(
    r"내년|내일|다음|앞으로|몇 건|평균|합계|\b(?:next|tomorrow|future|will|how many|average|mean|sum|by)\b|별로|별 ",
    re.IGNORECASE,
)
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)\s?[-./년]\s?(?P<m>\d{1,2})\s?[-./월]\s?(?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"\b(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (?P<d>\d{1,2}),? (?P<y>(?:19|20)\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<d>\d{1,2}) (?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (?P<y>(?:19|20)\d\d)\b",
        re.IGNORECASE,
    ),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOURS = (
    re.compile(r"(?P<half>오전|오후|밤|새벽|저녁|아침)?\s?(?P<h>\d{1,2})\s?시(?!간)"),
    re.compile(r"\b(?P<h>\d{1,2})(?::\d\d)?\s?(?P<half>[ap]\.?m\b)", re.IGNORECASE),
    re.compile(r"\b(?P<h>\d{1,2}):\d\d\b"),
)
_LATER = ("오후", "저녁", "밤", "p")
_NOON, _HOURS_A_DAY = 12, 24
_WORD = re.compile(r"[^\s,;?!]{1,40}")
_LONGEST = 5  # words of a value's name
_SHARED = {"기타", "other", "none", "없음", "unknown", "불명"}  # names that say nothing of which field
CATEGORIES = ("weather", "road_surface", "road_type", "accident_type", "district")
DATE = ("accident_year", "accident_month", "accident_day")
NEEDED = (*CATEGORIES, "accident_hour", "accident_date")


@dataclass(frozen=True)
class Accident:
    """What is said of an accident so far; `fields` are those of `POST /api/predict/eclo`."""

    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return what still has to be said, the date as one thing."""
        has = {*self.fields, *(["accident_date"] if "accident_year" in self.fields else [])}
        return tuple(name for name in NEEDED if name not in has)

    def with_more(self, more: Accident) -> Accident:
        """Return the accident with what another message says, which goes before."""
        return Accident({**self.fields, **more.fields})


def asks_prediction(message: str) -> bool:
    """Tell whether a message asks for the severity of one accident, and not of a table or a time to come."""
    return bool(_PREDICT.search(message) and _SEVERITY.search(message) and not _OTHER.search(message))


def read_accident(message: str) -> Accident:
    """Return what a message says of an accident: categories, date and hour."""
    fields: dict[str, Any] = {}
    rest = message
    for name, value, written in (*_date(message), *_hour(message)):
        fields[name] = value
        rest = rest.replace(written, " ")
    for name, value in _categories(rest):
        fields.setdefault(name, value)
    if "accident_year" in fields:
        fields["day_of_week"] = values.weekday(*(fields[part] for part in DATE))
    if "accident_hour" in fields:
        fields["time_period"] = values.time_period(fields["accident_hour"])
    return Accident(fields)


def _date(message: str) -> Iterator[tuple[str, Any, str]]:
    for pattern in _DATES:
        match = pattern.search(message)
        if match is None:
            continue
        month = match["m"].casefold()
        number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
        parts = (int(match["y"]), number, int(match["d"]))
        if values.weekday(*parts) is not None:
            yield from ((name, part, match.group()) for name, part in zip(DATE, parts, strict=True))
            return


def _hour(message: str) -> Iterator[tuple[str, Any, str]]:
    for pattern in _HOURS:
        match = pattern.search(message)
        if match is None:
            continue
        hour = int(match["h"])
        half = ((match.groupdict().get("half") or "")[:2]).casefold()
        if half.startswith(_LATER) and hour < _NOON and not (half == "밤" and hour < _NOON // 2):
            hour += _NOON
        elif half.startswith("a") and hour == _NOON:
            hour = 0
        if hour < _HOURS_A_DAY:
            yield "accident_hour", hour, match.group()
            return


def _categories(text: str) -> Iterator[tuple[str, str]]:
    """Yield each field with the value that the longest run of words names; a word names one value."""
    words = _WORD.findall(text)
    taken: set[int] = set()
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            places = set(range(start, start + length))
            if places & taken:
                continue
            named = _named(" ".join(words[start : start + length]))
            if named is not None:
                taken |= places
                yield named


def _named(text: str) -> tuple[str, str] | None:
    """Return the first field of which a text, or what stands before its particle, names a value."""
    for end in range(len(text), 0, -1):
        stem, tail = text[:end], text[end:]
        if (tail and not is_particle(tail)) or stem.casefold() in _SHARED:
            continue
        for name in CATEGORIES:
            value = values.canonical(name, stem)
            if value is not None:
                return name, value
    return None
