"""Tell which district of Daegu an address names: by its city AND its district, never by a bare name."""

from __future__ import annotations

import re
from collections.abc import Mapping

ELSEWHERE, AMBIGUOUS = "elsewhere", "ambiguous"
ENGLISH: Mapping[str, str] = {
    "jung": "중구",
    "dong": "동구",
    "seo": "서구",
    "nam": "남구",
    "buk": "북구",
    "suseong": "수성구",
    "dalseo": "달서구",
    "dalseong": "달성군",
}
DISTRICTS = tuple(ENGLISH.values())
CITIES = (
    "서울 부산 인천 광주 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주 "
    "충청북 충청남 전라북 전라남 경상북 경상남"
).split()

_CITY = re.compile(r"^대구(?:광역시|직할시|시)?")
_CITY_ENGLISH = re.compile(r"\bdaegu(?:\s+metropolitan\s+city|[\s-]*si)?\b", re.IGNORECASE)
_DISTRICT_ENGLISH = re.compile(
    r"\b(jung|dong|seo|nam|buk|suseong|dalseo)[\s-]*gu\b|\b(dalseong)[\s-]*gun\b", re.IGNORECASE
)
_OTHER_ENGLISH = re.compile(
    r"\b(seoul|busan|incheon|gwangju|daejeon|ulsan|sejong|gyeonggi|gangwon|jeju)\b", re.IGNORECASE
)


def district_of(text: str, city: str = "") -> str | None:
    """Return the district that an address lies in.

    `elsewhere` is another city or no district of this one, `ambiguous` a district's name without a
    city; None is no address at all.

    Args:
        text: the address, or the name of a district.
        city: what another column says of the city.

    """
    whole = f"{city} {text}".strip()
    packed = re.sub(r"\s+", "", whole)
    if not packed:
        return None
    match = _CITY.match(packed)
    if match:
        return _district_in(packed[match.end() :]) or ELSEWHERE
    if _CITY_ENGLISH.search(whole):
        english = _DISTRICT_ENGLISH.search(whole)
        return ENGLISH[(english[1] or english[2]).lower()] if english else ELSEWHERE
    if packed.startswith(tuple(CITIES)) or _OTHER_ENGLISH.search(whole):
        return ELSEWHERE
    english = _DISTRICT_ENGLISH.search(whole)
    return AMBIGUOUS if _district_in(packed) or english else ELSEWHERE if _is_address(packed) else None


def _district_in(packed: str) -> str | None:
    """Return the district that a text without spaces begins with."""
    return next((name for name in DISTRICTS if packed.startswith(name)), None)


def _is_address(packed: str) -> bool:
    return re.match(r"[가-힣]{1,5}(시|군|구)", packed) is not None


def dong_of(text: str) -> str | None:
    """Return the dong that an address names behind its district, None for none."""
    words = text.split()
    behind = [i for i, word in enumerate(words) if word in DISTRICTS]
    rest = words[behind[0] + 1 :] if behind else []
    return rest[0] if rest and re.fullmatch(r"[가-힣·\d]+?(동|읍|면|가|로|출장|출장소)", rest[0]) else None
