"""Score a person's history: three risks a date, why, how sure, and when to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.mood.agreement import Agreement, agreement
from workers.mood.alerts import alerts
from workers.mood.confidence import LEAST_NIGHTS, Confidence, confidence
from workers.mood.days import History
from workers.mood.features.deviations import NAMES, Deviations, deviations
from workers.mood.logistic import probability
from workers.mood.models import Models, live_models
from workers.mood.person import Person, person_of
from workers.mood.risks import DEPRESSION, MANIA, RiskColumns, risk_columns
from workers.mood.wording import BASE, RATINGS, WEIGHING, Reason, reason

if TYPE_CHECKING:
    from collections.abc import Mapping

RISKS = ("depression", "hypomanic", "mania")
RATED = ("depression", "mania")  # what people rate themselves
PAST, WHOLE = "past", "whole"
RETROSPECTIVE = "retrospective: baselines use later days too"
BELOW = {"short_sleeper": "long_sleeper", "uneven_sleep": "even_sleep"}  # words for values under 0
WORTH_SAYING = 0.1  # log odds; a smaller part changes a risk by under a tenth
WORTH_SAYING_H = 0.25  # hours of the body's clock, whatever they do to a risk


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk of 0..1, its interval of 80 %, and the mean of the person's earlier days if there are any."""

    risk: float
    low: float
    high: float
    usual: float | None


@dataclass(frozen=True, slots=True)
class DayRisk:
    """What is said of one date; risks are None where the data do not reach.

    The amounts of a risk's `reasons` add up to its log odds. `rating_weight` is that of the
    person's own ratings in depression and mania, 0 where there are none.
    """

    date: date
    depression: Risk | None
    hypomanic: Risk | None
    mania: Risk | None
    confidence: float
    confidence_reasons: tuple[str, ...]
    notes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    explanation: tuple[str, ...]
    explanation_ko: tuple[str, ...]
    dlmo_h: float | None
    circadian_amplitude: float | None
    rating_weight: Mapping[str, float]
    alert: tuple[str, ...]


@dataclass(frozen=True)
class _Scored:
    """A history with everything that its rows are made of."""

    person: Person
    away: Deviations
    risks: tuple[RiskColumns, ...]
    sure: Confidence
    notes: tuple[str, ...]


def score(
    history: History, *, options: Mapping[str, Any] | None = None, models: Models | None = None
) -> list[DayRisk]:
    """Return one row for each of a history's days, in order.

    Options: `history` is `past` (that day and earlier ones, the default) or `whole` (as in Lim et
    al., retrospective); `alerts_a_month` is how many days a month may call for attention, default 1.

    Raises:
        ValueError: an option has none of its values.

    """
    if not history.days:
        return []
    chosen = dict(options or {})
    scored = _scored(history, models or live_models(), whole=_is_whole(chosen.get("history", PAST)))
    calls = alerts(np.column_stack([c.log_odds for c in scored.risks]), a_month=_burden(chosen))
    return [_row(scored, index, calls[index]) for index in range(len(history.days))]


def agreements(history: History, *, models: Models | None = None) -> list[Agreement]:
    """Return how well the index agreed with this person's ratings, for each kind that was rated enough."""
    if not history.days:
        return []
    scored = _scored(history, models or live_models(), whole=False)
    person, columns = scored.person, scored.risks
    kinds = ((DEPRESSION, person.low), (MANIA, person.high))
    measured = [agreement(RISKS[kind], ratings, columns[kind].passive) for kind, ratings in kinds]
    return [each for each in measured if each is not None]


def _is_whole(given: Any) -> bool:
    if given not in {PAST, WHOLE}:
        raise ValueError(f"history is {given!r}, expected {PAST!r} or {WHOLE!r}")
    return bool(given == WHOLE)


def _burden(options: Mapping[str, Any]) -> float:
    try:
        burden = float(options.get("alerts_a_month", 1.0))
    except (TypeError, ValueError):
        burden = -1.0
    if not 0 <= burden <= 30:  # noqa: PLR2004
        raise ValueError(f"alerts_a_month is {options['alerts_a_month']!r}, expected a number in 0..30")
    return burden


def _scored(history: History, models: Models, *, whole: bool) -> _Scored:
    person = person_of(history)
    away = deviations(person.measures(), whole=whole)
    reaching = (away.nights >= LEAST_NIGHTS) & ~np.isnan(person.sleep_h)
    risks = risk_columns(person, away, models, chosen=reaching, whole=whole)
    return _Scored(person, away, risks, confidence(person, away.nights), (RETROSPECTIVE,) if whole else ())


def _row(scored: _Scored, index: int, calls: tuple[int, ...]) -> DayRisk:
    columns = dict(zip(RISKS, scored.risks, strict=True))
    risks = {name: _risk(column, index) for name, column in columns.items()}
    reasons = [each for name, c in columns.items() for each in _reasons(name, c, scored.away, index)]
    sentences = _sentences(reasons, scored.away, index)
    daily = scored.person.daily
    return DayRisk(
        date=scored.person.dates[index],
        depression=risks["depression"],
        hypomanic=risks["hypomanic"],
        mania=risks["mania"],
        confidence=round(float(scored.sure.value[index]), 4),
        confidence_reasons=scored.sure.reasons[index],
        notes=scored.notes,
        reasons=tuple(reasons),
        explanation=tuple(each.en for each in sentences),
        explanation_ko=tuple(each.ko for each in sentences),
        dlmo_h=_or_none(daily.column("Circadian_phase")[index]),
        circadian_amplitude=_or_none(daily.column("Circadian_amplitude")[index]),
        rating_weight={name: float(columns[name].ratings.weight[index]) for name in RATED},
        alert=tuple(RISKS[each] for each in calls),
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _risk(column: RiskColumns, index: int) -> Risk | None:
    odds, margin, usual = (float(each[index]) for each in (column.log_odds, column.margin, column.usual))
    if np.isnan(odds):
        return None
    low, risk, high, typical = probability(np.array([odds - margin, odds, odds + margin, usual])).tolist()
    return Risk(risk, low, high, None if np.isnan(usual) else typical)


def _reasons(risk: str, column: RiskColumns, deviating: Deviations, index: int) -> list[Reason]:
    """Return the parts of one risk's log odds, the largest first after the base."""
    if np.isnan(column.log_odds[index]):
        return []
    parts = zip(column.names, column.parts[index].tolist(), strict=True)
    reasons = [_worded(risk, name, amount, deviating, index) for name, amount in parts if amount]
    reasons += _rating_reasons(risk, column, index)
    ordered = sorted(reasons, key=lambda each: -abs(each.amount))
    return [reason(risk, BASE, column.base), *ordered]


def _rating_reasons(risk: str, column: RiskColumns, index: int) -> list[Reason]:
    """Return what a person's own ratings add, and what the index loses beside them."""
    weight = float(column.ratings.weight[index])
    if not weight:
        return []
    added = weight * float(column.ratings.log_odds[index])
    lost = -weight * float(column.parts[index].sum())
    return [reason(risk, RATINGS, added), reason(risk, WEIGHING, lost)]


def _worded(risk: str, name: str, amount: float, deviating: Deviations, index: int) -> Reason:
    """Return a part with what was measured."""
    sleep, phase, steps = deviating.change[index].tolist()
    measured = {
        "short_sleeper": deviating.week_h[index],
        "uneven_sleep": deviating.spread_h[index],
        "later_phase": phase,
        "earlier_phase": phase,
    }
    below = name in BELOW and deviating.values[index, NAMES.index(name)] < 0
    return reason(
        risk,
        BELOW[name] if below else name,
        amount,
        hours=float(measured.get(name, 0.0 if np.isnan(sleep) else sleep)),
        share=0.0 if np.isnan(steps) else float(abs(np.expm1(steps))),
    )


def _sentences(reasons: list[Reason], deviating: Deviations, index: int) -> list[Reason]:
    """Return what is worth saying of a date in words, each thing once, the largest first."""
    loud = [r for r in reasons if r.name != BASE and abs(r.amount) >= WORTH_SAYING]
    phase = deviating.change[index, 1]
    if abs(phase) >= WORTH_SAYING_H:
        name = "later_phase" if phase > 0 else "earlier_phase"
        loud.append(reason(RISKS[DEPRESSION], name, 0.0, hours=float(phase)))
    ordered = sorted(loud, key=lambda each: -abs(each.amount))
    once: dict[str, Reason] = {}
    for each in ordered:
        once.setdefault(each.en, each)
    return list(once.values())
