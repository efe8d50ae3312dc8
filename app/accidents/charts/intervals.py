"""Intervals of shares and means, and comparisons that turn round within groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

Z = 1.959964  # the normal distribution's 97.5th percentile: intervals of 95 %
FEW = 30  # rows below which a share is marked as resting on few


def wilson(hits: float, total: float) -> tuple[float, float] | None:
    """Return the 95 % interval of a share, 0..1 (Wilson 1927); None of no rows."""
    if total <= 0:
        return None
    share = hits / total
    middle = (share + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total)) / (1 + Z * Z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_mean(mean: float | None, deviation: float | None, count: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a mean by the normal distribution; None of fewer than two rows."""
    if mean is None or deviation is None or count < 2:  # noqa: PLR2004 - one value has no deviation
        return None
    half = Z * deviation / sqrt(count)
    return mean - half, mean + half


def turns_round(
    totals: Sequence[tuple[str, float, float]], within: Iterable[Sequence[tuple[str, float, float]]]
) -> bool:
    """Say whether the order of two groups' shares is the other one in every stratum (Simpson 1951).

    Args:
        totals: name, hits and rows of the two groups.
        within: the same of each value of another column; strata without one of the groups count not.

    """
    order = _order(totals)
    strata = [direction for stratum in within if (direction := _order(stratum))]
    return order != 0 and len(strata) > 1 and all(direction == -order for direction in strata)


def _order(groups: Sequence[tuple[str, float, float]]) -> int:
    """Return 1 or -1 for which of two groups has the larger share, 0 where that cannot be said."""
    shares = {name: hits / total for name, hits, total in sorted(groups) if total > 0}
    if len(shares) != 2:  # noqa: PLR2004 - two are compared
        return 0
    first, second = shares.values()
    return (first > second) - (first < second)
