"""The words of the report, in English and Korean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALES = ("en", "ko")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Sleep, activity and mood: a report",
        "notice": "This is not a diagnosis, and this service is no medical device.",
        "notice_more": "It shows how sleep and activity differ from what is usual for this person. The risks "
        "of hypomania and mania come from a simulated cohort and were never validated on patients. If you "
        "think of harming yourself, call your local emergency number now.",
        "dates": "Dates",
        "quality": "How good the data are",
        "days_with_sleep": "dates with sleep",
        "days_with_risk": "dates with risks",
        "records": "records read",
        "skipped": "skipped",
        "truncated": "The export was cut off: later records may be missing.",
        "sources": "Sources",
        "actogram": "Sleep of the last days, double-plotted: each row is one date and the next, noon to noon",
        "phase": "dots: estimated onset of melatonin (DLMO)",
        "risks": "Risks of the last year, with intervals of 80 %",
        "depression": "depression",
        "hypomanic": "hypomania",
        "mania": "mania",
        "months": "Months: mean sleep (bars, to 12 h) and mean depression risk (lines, to 100 %)",
        "travel": "Travel over time zones",
        "travel_none": "none of 3 h or more",
        "changes": "What moved the risks of the last dates",
        "ratings": "The person's own ratings",
        "ratings_none": "none",
        "confidence": "confidence",
        "usual": "usually",
        "raised_by": "raised by",
        "lowered_by": "lowered by",
        "nothing": "Nothing to show.",
    },
    "ko": {
        "title": "수면, 활동, 기분 보고서",
        "notice": "이 보고서는 진단이 아니며, 이 서비스는 의료기기가 아닙니다.",
        "notice_more": "수면과 활동이 그 사람의 평소와 얼마나 다른지를 보여 줍니다. 경조증과 조증 위험은 "
        "모의 집단에서 나온 값이며 환자에게서 검증된 적이 없습니다. 자해할 생각이 들면 지금 바로 109 "
        "(자살예방 상담전화) 또는 119에 전화하세요.",
        "dates": "기간",
        "quality": "데이터의 질",
        "days_with_sleep": "수면이 있는 날",
        "days_with_risk": "위험이 계산된 날",
        "records": "읽은 기록",
        "skipped": "건너뜀",
        "truncated": "내보내기 파일이 중간에 끊겼습니다. 뒤의 기록이 빠졌을 수 있습니다.",
        "sources": "출처",
        "actogram": "최근의 수면(이중 표시): 한 줄은 그날과 다음 날, 정오에서 정오까지",
        "phase": "점: 추정 멜라토닌 분비 시작(DLMO)",
        "risks": "최근 1년의 위험과 80 % 구간",
        "depression": "우울",
        "hypomanic": "경조증",
        "mania": "조증",
        "months": "월별: 평균 수면 시간(막대, 12시간까지)과 평균 우울 위험(선, 100 %까지)",
        "travel": "시간대를 넘는 이동",
        "travel_none": "3시간 이상 없음",
        "changes": "최근 위험을 움직인 것",
        "ratings": "스스로 매긴 기분",
        "ratings_none": "없음",
        "confidence": "신뢰도",
        "usual": "평소",
        "raised_by": "높인 것",
        "lowered_by": "낮춘 것",
        "nothing": "보여 줄 것이 없습니다.",
    },
}
