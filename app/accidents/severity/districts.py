"""The districts of Daegu, and the ways to write them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from app.accidents.severity.romanisation import romanised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CITY = "대구광역시"

# Legal dong by gu/gun: those of 2019-2021 and four of 2007-2018 (내곡동, 상덕동, 서내동, 용덕동).
DONG: Mapping[str, str] = {
    "중구": (
        "계산동1가 계산동2가 공평동 교동 남산동 남성로 남일동 달성동 대봉동 대신동 "
        "대안동 덕산동 도원동 동문동 동산동 동성로1가 동성로2가 동성로3가 동인동1가 "
        "동인동2가 동인동3가 동인동4가 동일동 문화동 봉산동 북성로1가 북성로2가 사일동 "
        "삼덕동1가 삼덕동2가 삼덕동3가 상덕동 상서동 서내동 서문로1가 서문로2가 "
        "서성로1가 서성로2가 서야동 수동 수창동 시장북로 완전동 용덕동 인교동 장관동 "
        "전동 종로1가 종로2가 태평로1가 태평로2가 태평로3가 포정동 하서동 향촌동 "
        "화전동"
    ),
    "동구": (
        "각산동 검사동 괴전동 금강동 내곡동 내동 능성동 대림동 덕곡동 도동 도학동 동내동 "
        "동호동 둔산동 매여동 미곡동 미대동 방촌동 백안동 봉무동 부동 불로동 사복동 "
        "상매동 서호동 송정동 숙천동 신기동 신무동 신서동 신암동 신용동 신천동 신평동 "
        "용계동 용수동 율암동 율하동 입석동 중대동 지묘동 지저동 진인동 평광동 효목동"
    ),
    "서구": ("내당동 비산동 상리동 원대동1가 원대동2가 원대동3가 이현동 중리동 평리동"),
    "남구": ("대명동 봉덕동 이천동"),
    "북구": (
        "검단동 고성동1가 고성동2가 고성동3가 관음동 구암동 국우동 금호동 노곡동 "
        "노원동1가 노원동2가 노원동3가 대현동 도남동 동변동 동천동 동호동 매천동 복현동 "
        "사수동 산격동 서변동 연경동 읍내동 조야동 칠성동1가 칠성동2가 침산동 태전동 "
        "팔달동 학정동"
    ),
    "수성구": (
        "가천동 고모동 노변동 대흥동 두산동 만촌동 매호동 범물동 범어동 사월동 삼덕동 "
        "상동 성동 수성동1가 수성동2가 수성동3가 수성동4가 시지동 신매동 연호동 욱수동 "
        "이천동 중동 지산동 파동 황금동"
    ),
    "달서구": (
        "갈산동 감삼동 대곡동 대천동 도원동 두류동 본동 본리동 상인동 성당동 송현동 "
        "신당동 용산동 월성동 월암동 유천동 이곡동 장기동 장동 죽전동 진천동 파호동 "
        "호림동 호산동"
    ),
    "달성군": ("가창면 구지면 논공읍 다사읍 옥포읍 유가읍 하빈면 현풍읍 화원읍"),
}

# The 2007-2018 names of today's eup, and their branch offices.
_RENAMED = {
    "달성군 옥포읍": ("달성군 옥포면",),
    "달성군 유가읍": ("달성군 유가면",),
    "달성군 현풍읍": ("달성군 현풍면",),
    "달성군 논공읍": ("달성군 논공읍공단출장", "달성군 논공읍공단출장소"),
    "달성군 다사읍": ("달성군 다사읍서재출장", "달성군 다사읍서재출장소"),
}


def names() -> dict[str, tuple[str, ...]]:
    """Return each canonical district with its other names: every dong, and then the gu and gun alone."""
    shared = shared_names()
    spellings: dict[str, tuple[str, ...]] = {}
    for gu, dong in _pairs():
        own = () if dong in shared else _alone(dong)
        spellings[f"{CITY} {gu} {dong}"] = (*_spellings(f"{gu} {dong}"), *own)
    for gu in DONG:
        spellings[f"{CITY} {gu}"] = (*_spellings(gu), romanised(gu[:-1]))
    return spellings


def shared_names() -> dict[str, tuple[str, ...]]:
    """Return the dong that several gu have, by each of their names, with all that the name may stand for."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for gu, dong in _pairs():
        places[dong].append(f"{CITY} {gu} {dong}")
    shared = {dong: tuple(spellings) for dong, spellings in places.items() if len(spellings) > 1}
    return {name: spellings for dong, spellings in shared.items() for name in _alone(dong)}


def _pairs() -> list[tuple[str, str]]:
    return [(gu, dong) for gu, dongs in DONG.items() for dong in dongs.split()]


def _alone(dong: str) -> tuple[str, ...]:
    """Return the ways to write a dong without its gu."""
    return dong, romanised(dong), romanised(dong, exact=False)


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways to write a gu or "gu dong": either script, with and without the city."""
    for short in (name, *_RENAMED.get(name, ())):
        yield from (f"{city}{short}" for city in ("", "대구", "대구시", CITY))
        for exact in (True, False):
            words = [romanised(word, exact=exact) for word in short.split()]
            large, small = "".join(words), "".join(reversed(words))
            yield from (large, small, f"daegu{large}", f"{small}daegu")
