"""Units that a question asks in, and how they convert to those of a column."""

from __future__ import annotations

from app.accidents.chat.grammar.columns import unit_of
from app.accidents.chat.grammar.items import Item
from app.accidents.datasets.profile import Column

# What each unit measures, and how many of the smallest it holds.
_SIZES = {
    "m": ("length", 1.0), "km": ("length", 1000.0), "cm": ("length", 0.01), "mm": ("length", 0.001), "mi": ("length", 1609.344),
    "s": ("time", 1.0), "min": ("time", 60.0), "h": ("time", 3600.0), "d": ("time", 86400.0), "일": ("time", 86400.0), "days": ("time", 86400.0), "분": ("time", 60.0), "초": ("time", 1.0), "시간": ("time", 3600.0),
    "g": ("mass", 1.0), "kg": ("mass", 1000.0), "t": ("mass", 1e6),
    "KRW": ("won", 1.0), "1000 KRW": ("won", 1e3), "10000 KRW": ("won", 1e4), "1000000 KRW": ("won", 1e6), "100000000 KRW": ("won", 1e8),
    "원": ("won", 1.0), "천원": ("won", 1e3), "만원": ("won", 1e4), "백만원": ("won", 1e6), "억원": ("won", 1e8),
    "USD": ("dollar", 1.0), "EUR": ("euro", 1.0), "JPY": ("yen", 1.0), "GBP": ("pound", 1.0),
}  # fmt: skip
_WORDS = {
    "unit_m": "m", "unit_km": "km", "unit_cm": "cm", "unit_mile": "mi", "unit_minute": "min", "unit_second": "s", "unit_hour": "h",
    "unit_day": "d", "unit_mm": "mm", "unit_kg": "kg", "unit_g": "g", "unit_ton": "t", "unit_won": "KRW", "unit_thousand_won": "1000 KRW", "unit_million_won": "1000000 KRW",
    "unit_ten_thousand_won": "10000 KRW", "unit_dollar": "USD", "unit_euro": "EUR", "unit_yen": "JPY", "unit_pound": "GBP",
}  # fmt: skip
SHOWN = {
    "m": ("m", "m"), "km": ("km", "km"), "mm": ("mm", "mm"), "cm": ("cm", "cm"), "mi": ("마일", "miles"), "min": ("분", "minutes"), "s": ("초", "seconds"), "h": ("시간", "hours"),
    "kg": ("kg", "kg"), "g": ("g", "g"), "t": ("톤", "t"), "KRW": ("원", "won"), "1000 KRW": ("천원", "thousand won"), "1000000 KRW": ("백만원", "million won"),
    "10000 KRW": ("만원", "ten thousand won"), "USD": ("달러", "dollars"), "EUR": ("유로", "euros"), "JPY": ("엔", "yen"), "GBP": ("파운드", "pounds"), "persons": ("명", "persons"), "명": ("명", "persons"), "cases": ("건", "cases"), "d": ("일", "days"), "y": ("년", "years"),
}  # fmt: skip


def wanted(word: str) -> str | None:
    """Return the unit that a function word stands for."""
    return _WORDS.get(word)


def factor(unit: str | None, other: str | None) -> float | None:
    """Return how many of the other unit one unit is; None where they measure different things."""
    left, right = _SIZES.get(unit or ""), _SIZES.get(other or "")
    if left is None or right is None or left[0] != right[0]:
        return None
    return left[1] / right[1]


def shown(word: str) -> str:
    """Return how a unit that a function word stands for is written."""
    return SHOWN[_WORDS[word]][0] if word in _WORDS else word


def measures(word: str) -> bool:
    """Tell whether a function word is a unit of length, mass or money, in which no rows are counted."""
    kind, _ = _SIZES.get(_WORDS.get(word, ""), ("", 0.0))
    return kind not in {"", "time"}


def clash(word: str, column: Column) -> bool:
    """Tell whether a unit that is asked for measures something else than a column's own."""
    unit, own = wanted(word), unit_of(column)
    return bool(unit and own and own in _SIZES and factor(own, unit) is None)


def converted(number: float, item: Item | None, column: Column) -> float:
    """Return a number that was written in a unit in that of a column: 2 hours are 120 of minutes."""
    unit = next((_WORDS[word] for word in (item.words if item else ()) if word in _WORDS), None)
    scale = factor(unit, unit_of(column)) if unit else None
    return number * scale if scale else number
