"""The sample that ships: accidents that never happened, drawn from a seed, so that a first look is alive.

`python -m app.accidents.datasets.sample` writes the file again; it is the same on every machine.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

NAME = "sample_synthetic.csv"
DESCRIPTION = "Synthetic: drawn by a seeded script, no record of real accidents. 합성 자료입니다."
PATH = Path(__file__).parent / NAME
_SEED, _ROWS = 20261126, 600
_FIRST = datetime(2023, 1, 1)  # noqa: DTZ001 - the column holds local times, as such files do
_HOURS = 2 * 365 * 24
_HEADING = (
    "사고번호",
    "사고일시",
    "요일",
    "시군구",
    "기상상태",
    "노면상태",
    "도로형태",
    "사고유형",
    "사망자수",
    "중상자수",
    "경상자수",
    "부상신고자수",
    "ECLO",
)
_WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")
_DISTRICTS = {
    "중구": 6,
    "동구": 12,
    "서구": 10,
    "남구": 8,
    "북구": 18,
    "수성구": 18,
    "달서구": 22,
    "달성군": 6,
}
_WEATHER = {"맑음": 80, "비": 9, "흐림": 8, "눈": 2, "안개": 1}
_ROADS = {
    "교차로 - 교차로안": 30,
    "교차로 - 교차로부근": 22,
    "단일로 - 기타": 44,
    "단일로 - 터널안": 1,
    "기타 - 기타": 3,
}
_KINDS = {
    "차대차 - 추돌": 28,
    "차대차 - 측면직각충돌": 34,
    "차대사람 - 횡단중": 20,
    "차량단독 - 공작물충돌": 5,
    "차대차 - 기타": 13,
}
_HOUR_WEIGHTS = (2, 2, 1, 1, 2, 3, 4, 6, 8, 6, 6, 6, 6, 6, 7, 7, 7, 8, 9, 8, 7, 6, 5, 4)


def generate() -> str:
    """Return the sample as CSV; ECLO weighs deaths 10, serious injuries 5, slight ones 3, reported ones 1."""
    draw = random.Random(_SEED)  # noqa: S311 - no secret
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADING)
    for number, at in enumerate(sorted(_moment(draw) for _ in range(_ROWS)), 1):
        writer.writerow(_row(draw, number, at))
    return out.getvalue()


def _moment(draw: random.Random) -> datetime:
    day = _FIRST + timedelta(days=draw.randrange(_HOURS // 24))
    return day.replace(hour=draw.choices(range(24), _HOUR_WEIGHTS)[0])


def _row(draw: random.Random, number: int, at: datetime) -> list[str | int]:
    weather = _one(draw, _WEATHER)
    surface = {"비": "젖음/습기", "눈": "적설"}.get(weather, "건조")
    dead = int(draw.random() < (0.03 if at.hour < 6 else 0.01))  # noqa: PLR2004 - the hours of night
    serious, slight = draw.choices((0, 1, 2), (70, 26, 4))[0], draw.choices((0, 1, 2, 3), (30, 48, 16, 6))[0]
    reported = draw.choices((0, 1), (88, 12))[0] if dead + serious + slight else 1
    eclo = 10 * dead + 5 * serious + 3 * slight + reported
    when = f"{at.year}년 {at.month}월 {at.day}일 {at.hour:02d}시"
    place = f"대구광역시 {_one(draw, _DISTRICTS)} 견본동{draw.randint(1, 9)}가"
    named = [f"S{number:05d}", when, _WEEKDAYS[at.weekday()], place, weather, surface]
    return [*named, _one(draw, _ROADS), _one(draw, _KINDS), dead, serious, slight, reported, eclo]


def _one(draw: random.Random, weights: dict[str, int]) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]


@cache
def content() -> bytes:
    """Return the bytes of the file that ships."""
    return PATH.read_bytes()


if __name__ == "__main__":
    PATH.write_text(generate(), encoding="utf-8")
