"""How far a date's data reach for a risk, 0..1, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features.deviations import FORTNIGHT_DAYS
from workers.mood.features.windows import Seconds
from workers.mood.person import Person

LEAST_NIGHTS = 7  # under these there is no usual, and no risk
FEW_NIGHTS = 30  # under these the usual is still forming: Lim et al. reach their AUCs with 60 days
LOW, FULL = 0.2, 0.9
STAND_IN = {"in_bed": 0.6, "duration_only": 0.7, "travel": 0.6}
SPARSE = 0.5


@dataclass(frozen=True)
class Confidence:
    """Each date's confidence (n_days,), and why it is not full."""

    value: Seconds
    reasons: list[tuple[str, ...]]


def confidence(person: Person, nights: Seconds) -> Confidence:
    """Return each date's confidence and the reasons why it is not full; `nights` are those up to it."""
    slept = ~np.isnan(person.sleep_h)
    recent = _recent_share(slept)
    value = _sufficiency(nights) * (0.5 + 0.5 * recent)
    value = value * np.where(person.in_bed() > 0, STAND_IN["in_bed"], 1.0)
    value = value * np.where(person.duration_only() > 0, STAND_IN["duration_only"], 1.0)
    value = value * np.where(person.settled < 1, STAND_IN["travel"], 1.0)
    value = np.where(slept & (nights >= LEAST_NIGHTS), value, 0.0)
    told = zip(slept.tolist(), nights.tolist(), recent.tolist(), strict=True)
    return Confidence(value, [_reasons(int(n), float(r), slept=s) for s, n, r in told])


def _sufficiency(nights: Seconds) -> Seconds:
    """Return the confidence that so many nights give: low while few, then rising to full at 60."""
    few = LOW + (0.45 - LOW) * (nights - LEAST_NIGHTS) / (FEW_NIGHTS - LEAST_NIGHTS)
    more = 0.6 + (FULL - 0.6) * np.minimum(1, (nights - FEW_NIGHTS) / FEW_NIGHTS)
    return np.where(nights < FEW_NIGHTS, few, more)


def _recent_share(slept: npt.NDArray[np.bool_]) -> Seconds:
    """Return the share of the last fortnight's dates with sleep."""
    total = np.concatenate([[0], np.cumsum(slept)])
    last = np.arange(1, len(slept) + 1)
    first = np.maximum(last - FORTNIGHT_DAYS, 0)
    share: Seconds = (total[last] - total[first]) / np.maximum(last - first, 1)
    return share


def _reasons(nights: int, recent: float, *, slept: bool) -> tuple[str, ...]:
    reasons = []
    if not slept:
        reasons.append("no sleep is recorded for this date")
    if nights < LEAST_NIGHTS:
        reasons.append(f"only {nights} nights so far, a risk needs {LEAST_NIGHTS}")
    elif nights < FEW_NIGHTS:
        reasons.append(f"only {nights} nights so far, the usual needs {FEW_NIGHTS}")
    if recent < SPARSE:
        reasons.append(f"sleep is recorded for {recent:.0%} of the last {FORTNIGHT_DAYS} dates")
    return tuple(reasons)
