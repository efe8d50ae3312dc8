"""The units that figures are given in: behind a number, in a heading, or in a note above the table."""

from __future__ import annotations

import re

CURRENCIES = {
    "₩": "KRW",
    "￦": "KRW",
    "원": "KRW",
    "KRW": "KRW",
    "$": "USD",
    "USD": "USD",
    "달러": "USD",
    "€": "EUR",
    "EUR": "EUR",
    "유로": "EUR",
    "£": "GBP",
    "GBP": "GBP",
    "¥": "JPY",
    "JPY": "JPY",
    "엔": "JPY",
}
COUNTED = (
    "명 건 개 대 회 점 세 살 시간 분 초 일 인 마리 권 장 병 톤 리터 미터 호 동 가구 세대 곳 개소 "
    "개월 주 년 층 평 박스 잔 배"
).split()
MONEY = "천원 만원 십만원 백만원 천만원 억원 십억원 백억원 조원 천달러 백만달러".split()
PHYSICAL = (
    "km m cm mm kg g mg t L l ml mL ㎡ m² m2 ㎢ km² km2 ha km/h m/s kWh MWh kW W V A Hz ℃ °C ℉ °F ° 도 "
    "hPa mmHg ppm dB kcal s ms min h % %p ‰"
).split()
IN_HEADINGS = frozenset({*CURRENCIES, *COUNTED, *MONEY, *PHYSICAL})
BEHIND_NUMBERS = frozenset({*CURRENCIES, *COUNTED, *MONEY, *PHYSICAL} - {"호", "동", "층", "년", "A", "V"})

_BRACKETED = re.compile(r"[(\[（]\s*(?:단위\s*[:：]\s*)?([^()\[\]（）:：]{1,12}?)\s*[)\]）]\s*$")
_UNDERSCORED = re.compile(r"_([^_\s]{1,6})$")
_NOTE = re.compile(r"단위\s*[:：]\s*([^)\]]+)|^\s*+\(?\s*+unit\s*[:：]\s*([^)\]]+)", re.IGNORECASE)


def standard(unit: str) -> str:
    """Return a unit's usual sign."""
    return CURRENCIES.get(unit, unit)


def unit_of_heading(name: str) -> str | None:
    """Return the unit that a heading names, as in `금액(천원)` or `거리_km`."""
    for pattern in (_BRACKETED, _UNDERSCORED):
        match = pattern.search(name)
        if match and match[1] in IN_HEADINGS:
            return standard(match[1])
    return None


def unit_of_note(text: str) -> str | None:
    """Return the one unit that a note above a table names, None for none or several."""
    match = _NOTE.search(text)
    if not match:
        return None
    named = (match[1] or match[2]).strip()
    return standard(named) if named in IN_HEADINGS else None


def is_unit(text: str) -> bool:
    """Say whether a cell below a heading is a unit and nothing else."""
    return text.strip().strip("()[]（）").strip() in IN_HEADINGS
