"""Say what the severity of an accident is likely to be, or what is still to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.accidents.chat.answers.slots import Accident
from app.accidents.severity import values, wording

Predict = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # fields of an accident -> figures of its severity

FIGURES = ("eclo", "typical", "p10", "p90", "deaths", "serious", "minor", "reported", "p_fatal")
MOST_ASKED, EXAMPLES = 3, 3
_NAMES = {
    "weather": ("날씨", "the weather"),
    "road_surface": ("노면 상태", "the road surface"),
    "road_type": ("도로 형태", "the type of road"),
    "accident_type": ("사고 유형", "the type of accident"),
    "district": ("구·군 또는 동", "the district"),
    "accident_hour": ("시각", "the hour"),
    "accident_date": ("날짜", "the date"),
}
_EXAMPLES = {
    "ko": {"accident_hour": "14시", "accident_date": "2017-06-05", "district": "중구, 달서구, 수성구 범어동"},
    "en": {
        "accident_hour": "2 pm",
        "accident_date": "2017-06-05",
        "district": "Jung-gu, Dalseo-gu",
        "weather": "clear, rain, snow",
        "road_surface": "dry, wet, ice",
        "road_type": "intersection, single road, tunnel",
        "accident_type": "car to car, car to person, single vehicle",
    },
}


def ask_back(accident: Accident, lang: str) -> str:
    """Return the question for at most three of the fields that an accident lacks."""
    korean = lang == "ko"
    asked = [
        f"{_NAMES[name][0 if korean else 1]} ({_examples(name, lang)})"
        for name in accident.lacks[:MOST_ASKED]
    ]
    more = len(accident.lacks) - len(asked)
    if korean:
        rest = f" 그 밖에 {more}가지가 더 필요합니다." if more else ""
        return f"심각도를 예측하려면 다음을 알려 주세요: {', '.join(asked)}?{rest}"
    rest = f" {more} more will be asked for." if more else ""
    return f"To predict the severity, please say {', '.join(asked)}?{rest}"


def _examples(name: str, lang: str) -> str:
    return _EXAMPLES[lang].get(name) or ", ".join(values.allowed(name)[:EXAMPLES])


def evidence_of(accident: Accident, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer's numbers rest on: the model's figures for these fields."""
    shown = {name: figures[name] for name in FIGURES}
    listed = ", ".join(f"{name} {value}" for name, value in accident.fields.items())
    return {
        "tool": "predict",
        "arguments": dict(accident.fields),
        "reading_ko": f"모델의 예측: {listed}",
        "reading_en": f"prediction of the model for {listed}",
        "columns": list(shown),
        "rows": [[*shown.values()]],
        "total_rows": 1,
        "truncated": False,
        "summary": [round(100 * figures["p_fatal"], 1)],
    }


def say(accident: Accident, figures: Mapping[str, Any], lang: str) -> str:
    """Return a prediction in words, with what it is of and what it is not."""
    detail = wording.describe(figures, lang)[1]
    of = ", ".join(str(value) for value in accident.fields.values())
    if lang == "ko":
        return f"{detail} 데이터의 값이 아니라 모델의 예측입니다. 읽은 뜻: {of}."
    return f"{detail} This is the model's prediction and no figure of the data. Read as: {of}."
