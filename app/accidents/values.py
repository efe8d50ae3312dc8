"""The categories of an accident's fields: canonical Korean, aliases, English, and what contradicts.

A canonical value is either *fine* ("교차로 - 교차로안", "대구광역시 중구 교동") or *coarse*
("교차로", "대구광역시 중구", "낮"): both are accepted and the model knows both.
"""
# ruff: noqa: SIM905 - long tables of words read better as words

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CITY = "대구광역시"

REQUIRED = (
    "weather",
    "road_surface",
    "road_type",
    "accident_type",
    "time_period",
    "district",
    "day_of_week",
    "accident_hour",
    "accident_year",
    "accident_month",
    "accident_day",
)
OPTIONAL = ("violation", "vehicle_at_fault", "vehicle_other", "accident_subtype")

# Whole numbers, both ends included. The year's bounds only keep typing errors out.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "accident_hour": (0, 23),
    "accident_year": (1990, 2100),
    "accident_month": (1, 12),
    "accident_day": (1, 31),
}

TRAINED_YEARS = (2007, 2017)  # measured: the first and last year of the training rows

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

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

# First the Korean canonical value, then every other way to write it. A separator, a space and
# the letters' case do not matter: `_key` takes them out.
_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "weather": {
        "맑음": ("clear", "sunny", "fine"),
        "흐림": ("cloudy", "overcast"),
        "비": ("rain", "rainy"),
        "눈": ("snow", "snowy"),
        "안개": ("fog", "foggy"),
        "기타": ("other", "기타/불명"),
    },
    "road_surface": {
        "건조": ("dry",),
        "젖음/습기": ("습기", "젖음", "wet", "damp"),
        "서리/결빙": ("결빙", "서리", "frost/ice", "frost", "ice", "icy"),
        "적설": ("snow-covered", "snow", "snowy"),
        "침수": ("flooded", "flood"),
        "기타": ("other", "해빙"),
    },
    "road_type": {
        "교차로 - 교차로안": ("교차로안", "inside intersection", "intersection - inside"),
        "교차로 - 교차로부근": ("교차로부근", "near intersection", "intersection - near"),
        "교차로 - 교차로횡단보도내": (
            "교차로횡단보도내",
            "intersection crosswalk",
            "intersection - crosswalk",
            "on intersection crosswalk",
        ),
        # The labels of 2007-2016 told crosswalks apart; those of 2017 on call them 기타.
        "단일로 - 기타": (
            "단일로 - 횡단보도상",
            "단일로 - 횡단보도부근",
            "횡단보도상",
            "횡단보도부근",
            "single road - other",
        ),
        "단일로 - 교량": ("교량", "교량위", "단일로 - 교량위", "bridge", "single road - bridge"),
        "단일로 - 터널": ("터널", "터널안", "단일로 - 터널안", "tunnel", "single road - tunnel"),
        "단일로 - 고가도로위": ("고가도로위", "고가도로", "overpass", "single road - overpass"),
        "단일로 - 지하차도(도로)내": (
            "지하차도(도로)내",
            "지하차도내",
            "지하차도",
            "underpass",
            "single road - underpass",
        ),
        "주차장 - 주차장": ("주차장", "car park", "parking lot"),
        "기타 - 기타": ("기타", "other"),
        "미분류 - 미분류": ("미분류", "unclassified"),
        "교차로": ("intersection", "junction", "crossroads"),
        "단일로": ("single road", "straight road", "road section"),
    },
    "accident_type": {
        "차대차": ("vehicle-vehicle", "vehicle to vehicle", "car to car"),
        "차대사람": ("vehicle-person", "vehicle to person", "pedestrian"),
        "차량단독": ("single vehicle", "vehicle alone"),
    },
    "time_period": {
        "심야": ("late night", "midnight"),
        "출근시간대": ("출근시간", "morning rush", "morning rush hour"),
        "일반시간대": ("일반시간", "regular hours", "regular", "off-peak"),
        "퇴근시간대": ("퇴근시간", "evening rush", "evening rush hour"),
        "낮": ("주간", "day", "daytime", "daylight"),
        "밤": ("야간", "night", "nighttime"),
    },
    "day_of_week": {
        "월요일": ("월", "monday", "mon"),
        "화요일": ("화", "tuesday", "tue", "tues"),
        "수요일": ("수", "wednesday", "wed"),
        "목요일": ("목", "thursday", "thu", "thur", "thurs"),
        "금요일": ("금", "friday", "fri"),
        "토요일": ("토", "saturday", "sat"),
        "일요일": ("일", "sunday", "sun"),
    },
    "violation": {
        "안전운전불이행": ("안전운전의무불이행", "unsafe driving", "failure to drive safely"),
        "안전거리미확보": ("tailgating", "following too closely"),
        "신호위반": ("신호지시위반", "signal violation", "red light"),
        "교차로운행방법위반": ("교차로통행방법위반", "improper intersection driving"),
        "중앙선침범": ("centre line crossing", "center line crossing"),
        "보행자보호의무위반": ("failure to protect pedestrian",),
        "직진우회전진행방해": ("직진및우회전차의통행방해", "failure to yield"),
        "차로위반": ("차로위반(진로변경위반)", "진로변경위반", "lane violation"),
        "불법유턴": ("illegal u-turn",),
        "과속": ("speeding",),
        "기타": ("other", "기타(운전자법규위반)"),
    },
    "accident_subtype": {
        "차대차 - 측면충돌": ("측면충돌", "side collision"),
        "차대차 - 측면직각충돌": ("측면직각충돌", "right-angle collision"),
        "차대차 - 정면충돌": ("정면충돌", "head-on collision"),
        "차대차 - 추돌": ("추돌", "rear-end collision"),
        "차대차 - 추돌 - 주정차중": ("추돌 - 주정차중", "주정차중추돌", "rear-end stationary"),
        "차대차 - 추돌 - 진행중": ("추돌 - 진행중", "진행중추돌", "rear-end moving"),
        "차대차 - 후진중충돌": ("후진중충돌", "reversing collision"),
        "차대차 - 기타": ("vehicle-vehicle - other",),
        "차대사람 - 횡단중": ("횡단중", "crossing"),
        "차대사람 - 차도통행중": ("차도통행중", "walking on the road"),
        "차대사람 - 길가장자리구역통행중": ("길가장자리구역통행중", "walking on the shoulder"),
        "차대사람 - 보도통행중": ("보도통행중", "walking on the pavement", "walking on the sidewalk"),
        "차대사람 - 기타": ("vehicle-person - other",),
        "차량단독 - 공작물충돌": ("공작물충돌", "fixed object collision"),
        "차량단독 - 전도전복": ("전도전복", "overturned", "rollover"),
        "차량단독 - 전도전복 - 전도": ("전도", "tipped over"),
        "차량단독 - 전도전복 - 전복": ("전복", "rolled over"),
        "차량단독 - 도로외이탈 - 추락": ("도로외이탈 - 추락", "추락", "fall off the road"),
        "차량단독 - 도로외이탈 - 기타": ("도로외이탈 - 기타", "도로외이탈", "run off the road"),
        "차량단독 - 주/정차차량 충돌": (
            "차량단독 - 주차차량충돌",
            "주차차량충돌",
            "주/정차차량 충돌",
            "parked vehicle collision",
        ),
        "차량단독 - 기타": ("single vehicle - other",),
    },
}

_VEHICLES: Mapping[str, tuple[str, ...]] = {
    "승용": ("승용차", "car", "passenger car"),
    "승합": ("승합차", "van", "bus"),
    "화물": ("화물차", "truck", "lorry"),
    "특수": ("특수차", "special vehicle"),
    "이륜": ("이륜차", "motorcycle"),
    "원동기": ("원동기장치자전거", "moped"),
    "자전거": ("bicycle", "bike"),
    "건설기계": ("construction machine", "construction machinery"),
    "농기계": ("farm machine", "farm machinery", "tractor"),
    "개인형이동수단(PM)": ("개인형이동수단", "pm", "personal mobility", "e-scooter"),
    "사륜오토바이(ATV)": ("사륜오토바이", "atv", "quad bike"),
    "기타불명": ("기타/불명", "기타", "불명", "unknown", "other"),
}
_VICTIMS = {**_VEHICLES, "보행자": ("pedestrian", "person"), "미분류": ("unclassified",)}

# The 2007-2018 names of today's eup, and their branch offices.
_RENAMED = {
    "달성군 옥포읍": ("달성군 옥포면",),
    "달성군 유가읍": ("달성군 유가면",),
    "달성군 현풍읍": ("달성군 현풍면",),
    "달성군 논공읍": ("달성군 논공읍공단출장", "달성군 논공읍공단출장소"),
    "달성군 다사읍": ("달성군 다사읍서재출장", "달성군 다사읍서재출장소"),
}

# The public original's rule, which its data of 2019-2021 were labelled with.
_PERIODS = {"심야": (22, 23, *range(6)), "출근시간대": range(7, 10), "퇴근시간대": range(17, 20)}

# A coarse word for the time of day and the hours it can mean in Daegu over a year:
# sunrise is between 5 and 8, sunset between 17 and 20, so that the edges belong to both.
_COARSE_HOURS = {"낮": range(5, 20), "밤": (*range(17, 24), *range(8))}

# Revised Romanisation of Korean (2000): initials, vowels, finals alone, finals before a vowel;
# "-" is the silent letter.
_INITIALS = tuple("g kk n d tt r m b pp s ss - j jj ch k t p h".split())
_VOWELS = tuple("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split())
_FINALS = ("", *"k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split())
_LIAISON = ("", *"g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p".split(), "")
_ASSIMILATED = dict(
    pair.split(">")
    for pair in "kn>ngn km>ngm kr>ngn pn>mn pm>mm pr>mn tn>nn tm>nm nr>ll lr>ll ln>ll mr>mn ngr>ngn".split()
)


@dataclass(frozen=True)
class Contradiction:
    """Two given values that cannot both hold, or one outside what the model has seen.

    `code` is one of weekday, time_period, no_such_date, year_untrained, subtype.
    `used` is what the model goes by.
    """

    code: str
    field: str
    given: str
    used: str


def canonical(field: str, text: str) -> str | None:
    """Return the canonical value that `text` names in `field`, or None.

    Raises:
        KeyError: `field` is not one of `fields()`.

    """
    return _lookup(field).get(_key(text))


@cache
def allowed(field: str) -> tuple[str, ...]:
    """Return a field's canonical values, fine ones first."""
    return tuple(_names(field))


def fields() -> tuple[str, ...]:
    """Return the names of all fields that hold a category."""
    return tuple(name for name in REQUIRED + OPTIONAL if name not in BOUNDS)


def time_period(hour: int) -> str:
    """Return the period of an hour: 22-5 심야, 7-9 출근시간대, 17-19 퇴근시간대, else 일반시간대."""
    return next((period for period, hours in _PERIODS.items() if hour in hours), "일반시간대")


def weekday(year: int, month: int, day: int) -> str | None:
    """Return a date's Korean weekday, or None where there is no such date."""
    try:
        return WEEKDAYS[date(year, month, day).weekday()]
    except ValueError:
        return None


def coarse(value: str) -> str:
    """Return the class of a road type or accident subtype: what stands before the dash."""
    return value.split(" - ", maxsplit=1)[0]


def gu(district: str) -> str:
    """Return the gu or gun of a canonical district."""
    return district.split(" ")[1]


def derived(values: Mapping[str, object]) -> dict[str, object]:
    """Return a copy in which an absent weekday and time period follow from date and hour."""
    whole = dict(values)
    if not whole.get("time_period"):
        whole["time_period"] = time_period(_int(values, "accident_hour"))
    if not whole.get("day_of_week"):
        whole["day_of_week"] = weekday(*_date(values))
    return whole


def contradictions(values: Mapping[str, object]) -> tuple[Contradiction, ...]:
    """Return what does not fit together in one accident's canonical values; never raise for it."""
    return tuple(_date_faults(values)) + tuple(_period_faults(values)) + tuple(_subtype_faults(values))


def _date_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    year, month, day = _date(values)
    given = str(values.get("day_of_week") or "")
    real = weekday(year, month, day)
    first, last = TRAINED_YEARS
    if real is None:
        yield Contradiction("no_such_date", "accident_day", f"{year}-{month:02}-{day:02}", given)
    elif given and given != real:
        yield Contradiction("weekday", "day_of_week", given, real)
    if not first <= year <= last:
        yield Contradiction("year_untrained", "accident_year", str(year), str(min(max(year, first), last)))


def _period_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    hour, given = _int(values, "accident_hour"), str(values.get("time_period") or "")
    real = time_period(hour)
    if not given or given == real or hour in _COARSE_HOURS.get(given, ()):
        return
    yield Contradiction("time_period", "time_period", given, f"{hour} ({real})")


def _subtype_faults(values: Mapping[str, object]) -> Iterator[Contradiction]:
    kind, subtype = str(values.get("accident_type") or ""), str(values.get("accident_subtype") or "")
    if kind and subtype and coarse(subtype) != kind:
        yield Contradiction("subtype", "accident_subtype", subtype, kind)


def _int(values: Mapping[str, object], field: str) -> int:
    return int(str(values[field]))


def _date(values: Mapping[str, object]) -> tuple[int, int, int]:
    return _int(values, "accident_year"), _int(values, "accident_month"), _int(values, "accident_day")


_SEPARATORS = str.maketrans(
    "", "", " \t\r\n\u00a0\u3000-_\u2013\u2014'\u2019,"
)  # also pasted spaces and dashes


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_SEPARATORS).casefold()


@cache
def _lookup(field: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for value, others in _names(field).items():
        table[_key(value)] = value
        for other in others:
            table.setdefault(_key(other), value)
    return table


@cache
def _names(field: str) -> dict[str, tuple[str, ...]]:
    """Return each canonical value of a field with its other names."""
    if field == "district":
        return _district_names()
    if field == "accident_type":
        return {kind: (*names, *_subtype_names(kind)) for kind, names in _NAMES[field].items()}
    vehicles = {"vehicle_at_fault": _VEHICLES, "vehicle_other": _VICTIMS}
    return dict(vehicles.get(field) or _NAMES[field])


def _subtype_names(kind: str) -> Iterator[str]:
    """Yield the names of a type's subtypes: TAAS writes both into one column."""
    for value, others in _NAMES["accident_subtype"].items():
        if coarse(value) == kind:
            yield from (value, *others)


def _district_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    pairs = [(gu_name, dong) for gu_name, dongs in DONG.items() for dong in dongs.split()]
    alone = [dong for _, dong in pairs]
    for gu_name, dong in pairs:
        own = (dong, romanised(dong), romanised(dong, exact=False))
        unique = own if alone.count(dong) == 1 else ()
        names[f"{CITY} {gu_name} {dong}"] = (*_spellings(f"{gu_name} {dong}"), *unique)
    for gu_name in DONG:
        names[f"{CITY} {gu_name}"] = (*_spellings(gu_name), romanised(gu_name[:-1]))
    return names


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways to write a gu or "gu dong": either script, with and without the city."""
    for short in (name, *_RENAMED.get(name, ())):
        yield from (f"{city}{short}" for city in ("", "대구", "대구시", CITY))
        for exact in (True, False):
            words = [romanised(word, exact=exact) for word in short.split()]
            large, small = "".join(words), "".join(reversed(words))
            yield from (large, small, f"daegu{large}", f"{small}daegu")


def romanised(word: str, *, exact: bool = True) -> str:
    """Return a Korean word in Revised Romanisation, lower case, without hyphens.

    `exact` applies the sound changes (읍내 eumnae); without it every letter keeps its own
    (eupnae), as people also type it.
    """
    out, final = "", 0
    for char in word:
        initial, vowel, following = _letters(char)
        out += _joined(final, initial, exact=exact) + vowel
        final = following
    return out + _FINALS[final]


def _joined(final: int, initial: str, *, exact: bool) -> str:
    """Return one syllable's final consonant and the next one's initial as they sound together."""
    if initial == "-":
        return _LIAISON[final]
    both = _FINALS[final] + initial
    return _ASSIMILATED.get(both, both) if exact else both


def _letters(char: str) -> tuple[str, str, int]:
    """Return a syllable's initial and vowel in Latin letters and its final's number."""
    number = ord(char) - 0xAC00  # the Hangul Syllables block: 19 x 21 x 28, Unicode 3.12
    if not 0 <= number < 19 * 21 * 28:
        return char, "", 0
    return _INITIALS[number // 588], _VOWELS[number % 588 // 28], number % 28
