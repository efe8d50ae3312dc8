"""What moved a risk, in English and Korean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE, RATINGS, WEIGHING = "base", "ratings", "weighing"
# name -> (English, Korean); {span} is a length of time, {share} a percentage
TEXTS: Mapping[str, tuple[str, str]] = {
    BASE: ("the share of such days among patients", "환자에게서 그런 날이 차지하는 비율"),
    "less_sleep": ("slept {span} less than usual", "평소보다 {span} 덜 잤습니다"),
    "more_sleep": ("slept {span} more than usual", "평소보다 {span} 더 잤습니다"),
    "short_sleeper": (
        "slept {span} a night this week; most people sleep more",
        "이번 주에 하루 {span} 잤고, 대부분은 더 잡니다",
    ),
    "long_sleeper": (
        "slept {span} a night this week; most people do not sleep more",
        "이번 주에 하루 {span} 잤고, 대부분은 이보다 더 자지 않습니다",
    ),
    "uneven_sleep": (
        "sleep differs by {span} from night to night",
        "수면 시간이 밤마다 {span} 정도 다릅니다",
    ),
    "even_sleep": (
        "sleep is even: it differs by {span} from night to night",
        "수면이 고릅니다: 밤마다 {span} 정도만 다릅니다",
    ),
    "later_phase": ("body clock is {span} later than usual", "생체 시계가 평소보다 {span} 늦습니다"),
    "earlier_phase": ("body clock is {span} earlier than usual", "생체 시계가 평소보다 {span} 이릅니다"),
    "more_steps": ("walked {share} % more than usual", "평소보다 {share} % 더 걸었습니다"),
    "fewer_steps": ("walked {share} % less than usual", "평소보다 {share} % 덜 걸었습니다"),
    "level": ("the amount walked, beside most people's", "다른 사람들과 비교한 걸음 수"),
    "morning": ("the share of steps taken in the morning", "전체 걸음 중 아침 걸음의 비율"),
    "hour_switches": ("how often walking stops and starts over the day", "하루 동안 걷다 멈추는 횟수"),
    RATINGS: ("own ratings of the last days", "최근 며칠 동안 스스로 매긴 기분"),
    WEIGHING: (
        "the index counts for less beside own ratings",
        "스스로 매긴 기분이 있어 지표의 비중이 줄었습니다",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of one risk's log odds; the parts of a risk add up to it."""

    risk: str
    name: str
    amount: float
    en: str
    ko: str


def reason(risk: str, name: str, amount: float, *, hours: float = 0.0, share: float = 0.0) -> Reason:
    """Return a part in words; `hours` or `share` (0..1) is how much the measure is."""
    english, korean = TEXTS[name]
    percent = round(100 * share)
    return Reason(
        risk,
        name,
        amount,
        english.format(span=span(hours), share=percent),
        korean.format(span=span(hours, korean=True), share=percent),
    )


def span(hours: float, *, korean: bool = False) -> str:
    """Return a length of time: `3 h 18 min`, `45 min`; in Korean `3시간 18분`."""
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    units = ("시간", "분") if korean else (" h", " min")
    parts = [f"{count}{unit}" for count, unit in zip((whole, minutes), units, strict=True) if count]
    return " ".join(parts) or f"0{units[1]}"
