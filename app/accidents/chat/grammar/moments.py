"""Numbers, dates and times of day as people write them, in Korean and English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.accidents.chat.grammar.senses import NumberSense, Sense, TimeSense
from app.accidents.chat.grammar.text import Text

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in _MONTHS) + "|sept\\.?"
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "last": 4,
}
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "dozen": 12,
}  # fmt: skip
_COUNTED = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
    "스무": 20,
}
_COUNTER = r"(?=\s*(?:명|건|개|곳|가지|번|배|살|달|해|대|시간|잔|권|명의|종류|구|메뉴|점|요일|시|사람))"
Maker = Callable[[re.Match[str]], Sense | None]


def times_in(text: Text) -> Iterator[tuple[int, int, Sense]]:
    """Yield each number and moment: its first character, the one after its last, and its sense."""
    for pattern, make in _PATTERNS:
        for match in pattern.finditer(text.written):
            sense = make(match)
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            if sense is not None and start in text.number:
                yield text.number[start], _end(text, match), sense


def _end(text: Text, match: re.Match[str]) -> int:
    """Return the number after a match's last character that is not skipped."""
    last = match.end() - 1
    while last not in text.number:
        last -= 1
    return text.number[last] + 1


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold()[:3]))


def _ymd(match: re.Match[str]) -> Sense | None:
    year, month, day = (_int(match.groupdict().get(name)) for name in ("y", "m", "d"))
    if (month and not 1 <= month <= 12) or (day and not 1 <= day <= 31):
        return None
    return TimeSense(year=year, month=month, day=day)


def _named_month(match: re.Match[str]) -> Sense | None:
    groups = match.groupdict()
    year, day = _int(groups.get("y")), _int(groups.get("d"))
    return TimeSense(year=year, month=_month(groups["m"]), day=day)


def _hour(match: re.Match[str]) -> Sense | None:
    hour = int(match.group("h"))
    half = (match.groupdict().get("half") or "").casefold().replace(".", "")
    if half in {"오후", "pm", "저녁", "밤", "낮"} and hour < 12 and not (half == "밤" and hour < 5):
        hour += 12 if not (half == "낮" and hour in {10, 11}) else 0
    elif half == "밤" and hour == 12:
        hour = 24
    elif half in {"오전", "am", "새벽"} and hour == 12:
        hour = 0
    return TimeSense(hour=hour) if hour <= 24 else None


def _quarter(match: re.Match[str]) -> Sense:
    written = match.group("q").casefold()
    return TimeSense(quarter=_ORDINALS.get(written) or int(written), year=_int(match.groupdict().get("y")))


def _quarter_after(match: re.Match[str]) -> Sense:
    written = match.group("q").casefold()
    return TimeSense(quarter=_WORDS.get(written) or int(written))


def _half_year(match: re.Match[str]) -> Sense:
    return TimeSense(half=1 if match.group("h") in {"상", "전", "1", "first"} else 2)


def _number(match: re.Match[str]) -> Sense:
    number = float(match.group("n").replace(",", ""))
    scale = {"천": 1e3, "만": 1e4, "백만": 1e6, "억": 1e8, "k": 1e3, "thousand": 1e3, "million": 1e6}
    unit = (match.groupdict().get("scale") or "").strip().casefold()
    return NumberSense(number * scale.get(unit, 1), percent=bool(match.groupdict().get("percent")))


def _decade(match: re.Match[str]) -> Sense:
    return NumberSense(float(match.group("n")), decade=True)


def _negative(match: re.Match[str]) -> Sense:
    return NumberSense(-float(match.group("n").replace(",", "")))


def _word(match: re.Match[str]) -> Sense:
    word = match.group().casefold()
    return NumberSense(_WORDS[word] if word in _WORDS else _COUNTED[word])


_YEAR = r"(?<![\d.,])(?P<y>(?:19|20)\d\d)"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), make)
    for pattern, make in (
        (_YEAR + r"\s?년도?(?:\s*(?P<m>\d{1,2})\s?월(?:\s*(?P<d>\d{1,2})\s?일)?)?", _ymd),
        (r"(?<![\d])(?P<m>\d{1,2})\s?월(?:달)?(?:\s*(?P<d>\d{1,2})\s?일)?(?!요)", _ymd),
        (r"(?<![\d])(?P<d>\d{1,2})\s?일(?!요)", _ymd),
        (r"(?<![\d월])(?<!월\s)(?P<n>\d{1,4})\s?일(?!요)", _number),
        (_YEAR + r"\s?[-./]\s?(?P<m>\d{1,2})(?:\s?[-./]\s?(?P<d>\d{1,2}))?\.?(?![\d])", _ymd),
        (_YEAR + r"(?![\d,.]\d|\d|s)", _ymd),
        (rf"\b(?P<m>{_MONTH})\s+{_DAY}(?:\s*,?\s*(?P<y>(?:19|20)\d\d))?\b", _named_month),
        (rf"\b{_DAY}\s+(?:of\s+)?(?P<m>{_MONTH})(?:\s*,?\s*(?P<y>(?:19|20)\d\d))?\b", _named_month),
        (rf"\b(?P<m>{_MONTH})(?:\s+(?:of\s+)?|\s*,\s*)(?P<y>(?:19|20)\d\d)\b", _named_month),
        (rf"\b(?P<m>{_MONTH})(?![\w])", _named_month),
        (
            r"(?P<half>오전|오후|새벽|아침|저녁|밤|낮)?\s*(?<!\d)(?P<h>\d{1,2})\s?시(?!\s?(?:간|도|군))(?:대)?(?:\s?(?:정각|\d{1,2}\s?분))?",
            _hour,
        ),
        (r"(?<![\d])(?P<h>\d{1,2})(?::00)?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?)", _hour),
        (r"(?<![\d])(?P<h>\d{1,2}):\d\d(?::\d\d)?(?!\d)", _hour),
        (r"(?<![\d])(?P<h>\d{1,2})\s?(?:o'?clock|h\b)", _hour),
        (rf"(?:{_YEAR}\s?년\s*)?(?<![\d])(?P<q>[1-4])\s?(?:사)?분기", _quarter),
        (r"\bq(?P<q>[1-4])\b", _quarter),
        (r"\b(?P<q>first|second|third|fourth|last|1st|2nd|3rd|4th)\s+quarter\b", _quarter),
        (
            r"\bquarter\s+(?P<q>[1-4]|one|two|three|four)\b",
            _quarter_after,
        ),
        (r"(?P<h>상|하|전|후)반기", _half_year),
        (r"\b(?P<h>first|second)\s+half(?:\s+of\s+the\s+year)?\b", _half_year),
        (r"\bh(?P<h>[12])\b", _half_year),
        (
            r"(?<![\w.,:])(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?:st|nd|rd|th)\b|(?P<percent>\s?[%％]))?",
            _number,
        ),
        (
            r"(?<![\w.,:])(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(?P<scale>천|만|백만|억)(?=\s?원|\s|$)",
            _number,
        ),
        (r"(?<![\w.,:])(?P<n>\d+(?:\.\d+)?)(?P<scale>k)\b", _number),
        (r"\bp(?P<n>[1-9]\d)\b", _number),
        (r"(?<![\w.,:\-)])[-−](?P<n>\d+(?:\.\d+)?)", _negative),
        (r"(?<![\w.,:])(?P<n>[1-9]0)\s?(?:대(?![가-힣]*[학여])|s\b|'s\b)", _decade),
        (rf"\b(?:{'|'.join(_WORDS)})\b", _word),
        (rf"(?<![가-힣])(?:{'|'.join(_COUNTED)}){_COUNTER}", _word),
    )
)
