"""How far a date's data reach for a risk, 0..1, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features.deviations import FORTNIGHT_DAYS
from workers.mood.features.windows import LONG_S, Seconds
from workers.mood.person import Person

LEAST_NIGHTS = 7  # under these there is no usual, and no risk
FEW_NIGHTS = 30  # under these the usual is still forming: Lim et al. reach their AUCs with 60 days
LOW, FULL = 0.2, 0.9
STAND_IN = {"in_bed": 0.6, "duration_only": 0.7, "travel": 0.6, "naps": 0.4}
NIGHT_HOURS = LONG_S / 3600
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
    naps = slept & (_longest_of_fortnight(person.sleep_h) < NIGHT_HOURS)
    value = value * np.where(naps, STAND_IN["naps"], 1.0)
    value = np.where(slept & (nights >= LEAST_NIGHTS), value, 0.0)
    dates = zip(nights.tolist(), recent.tolist(), slept.tolist(), naps.tolist(), strict=True)
    return Confidence(value, [_reasons(int(n), r, slept=s, naps=only) for n, r, s, only in dates])


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


def _longest_of_fortnight(sleep_h: Seconds) -> Seconds:
    """Return the most sleep of any of the last fortnight's dates, hours; 0 where none is recorded."""
    padded = np.concatenate([np.zeros(FORTNIGHT_DAYS - 1), np.nan_to_num(sleep_h)])
    longest: Seconds = np.lib.stride_tricks.sliding_window_view(padded, FORTNIGHT_DAYS).max(axis=1)
    return longest


def _reasons(nights: int, recent: float, *, slept: bool, naps: bool) -> tuple[str, ...]:
    reasons = []
    if not slept:
        reasons.append("no sleep is recorded for this date")
    if nights < LEAST_NIGHTS:
        reasons.append(f"only {nights} night{'' if nights == 1 else 's'} so far, a risk needs {LEAST_NIGHTS}")
    elif nights < FEW_NIGHTS:
        reasons.append(f"only {nights} nights so far, the usual needs {FEW_NIGHTS}")
    if recent < SPARSE:
        reasons.append(f"sleep is recorded for {recent:.0%} of the last {FORTNIGHT_DAYS} dates")
    if naps:
        reasons.append(
            f"only naps are recorded: no {NIGHT_HOURS} h of sleep on any of {FORTNIGHT_DAYS} dates"
        )
    return tuple(reasons)
