"""A predicted severity in words, Korean and English.

The band is taken of `eclo`, the expected mean, rounded to a whole number: the thresholds are
quantiles of observed ECLO (measured on 2007-2017: 50 % are <= 3, 24 %
4-5, 18 % 6-9, 8 % >= 10). A mean varies less than single accidents do, so that most predictions
are "moderate" and few are at the ends; the interval in `detail` says how far one accident can be
from it. A band of the quantiles of predictions would call a slightly higher mean "very serious".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.accidents.severity.consistency import Contradiction

LANGUAGES = ("ko", "en")

_UPPER = ((3.5, "minor"), (5.5, "moderate"), (9.5, "serious"))  # <= 3, 4-5, 6-9 once rounded
_BAND = {
    "minor": {"ko": "경미", "en": "minor"},
    "moderate": {"ko": "보통", "en": "moderate"},
    "serious": {"ko": "심각", "en": "serious"},
    "very_serious": {"ko": "매우 심각", "en": "very serious"},
}
_DETAIL = {
    "ko": (
        "예상 ECLO는 평균 {eclo:.1f}({word})이고, 비슷한 사고 10건 중 약 8건은 "
        "{p10:.0f}~{p90:.0f} 사이이며, 사망자가 있을 확률은 {fatal:.1f}%입니다."
    ),
    "en": (
        "The expected ECLO is {eclo:.1f} on average ({word}); about 8 in 10 accidents like this lie "
        "between {p10:.0f} and {p90:.0f}, and {fatal:.1f} % are fatal."
    ),
}
_WARNING = {
    "weekday": {
        "ko": "요일 '{given}'이(가) 날짜와 맞지 않아 날짜의 요일 '{used}'을(를) 사용했습니다.",
        "en": "day_of_week '{given}' does not fit the date; the date's own, '{used}', was used.",
    },
    "time_period": {
        "ko": "시간대 '{given}'이(가) 사고시 {used}와 맞지 않아 사고시를 사용했습니다.",
        "en": "time_period '{given}' does not fit accident_hour {used}; the hour was used.",
    },
    "no_such_date": {
        "ko": "{given}은(는) 없는 날짜이므로 입력한 요일을 사용했습니다.",
        "en": "There is no date {given}; the weekday was used as given.",
    },
    "year_untrained": {
        "ko": "{given}년은 학습 기간(2007~2017년) 밖이므로 {used}년과 같이 예측했습니다.",
        "en": "{given} is outside the years the model was trained on (2007-2017); it was answered as {used}.",
    },
    "subtype": {
        "ko": "세부 유형 '{given}'은(는) 사고유형 '{used}'에 속하지 않습니다.",
        "en": "accident_subtype '{given}' does not belong to accident_type '{used}'.",
    },
}


def interpret(eclo: float) -> str:
    """Return the band of an expected ECLO: minor, moderate, serious or very_serious."""
    return next((band for upper, band in _UPPER if eclo < upper), "very_serious")


def describe(result: Mapping[str, float], language: str) -> tuple[str, str]:
    """Return a severity's band in words and one sentence about it.

    `result` has eclo, p10, p90 and p_fatal; a language that is neither ko nor en reads English.
    """
    locale = language if language in LANGUAGES else "en"
    word = _BAND[interpret(result["eclo"])][locale]
    detail = _DETAIL[locale].format(
        eclo=result["eclo"], word=word, p10=result["p10"], p90=result["p90"], fatal=100 * result["p_fatal"]
    )
    return word, detail


def warn(contradiction: Contradiction, language: str) -> str:
    """Return a warning's sentence."""
    locale = language if language in LANGUAGES else "en"
    return _WARNING[contradiction.code][locale].format(given=contradiction.given, used=contradiction.used)
