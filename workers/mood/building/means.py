"""Heart rates and their like by local day: how many there are and their mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.building.sums import without_duplicates
from workers.mood.reading.dates import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = npt.NDArray[Any]


@dataclass
class DailyMeans:
    """Sums and numbers of values by local day, counted from 1970-01-01."""

    sums: dict[int, float] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    duplicates: int = 0

    def mean(self, day: int) -> float | None:
        """Return the mean of a day, None where there is no value."""
        return self.sums[day] / self.numbers[day] if day in self.numbers else None


def average(buckets: Iterable[Array]) -> DailyMeans:
    """Return the daily means of all records of a kind, of every source."""
    means = DailyMeans()
    for bucket in buckets:
        kept, duplicates = without_duplicates(bucket)
        means.duplicates += duplicates
        local_day = (kept["start"].astype(np.int64) + kept["offset"].astype(np.int64) * 60) // DAY_S
        days, place, numbers = np.unique(local_day, return_inverse=True, return_counts=True)
        sums = np.bincount(place, kept["value"], minlength=len(days))
        for day, total, number in zip(days.tolist(), sums.tolist(), numbers.tolist(), strict=True):
            means.sums[day] = means.sums.get(day, 0.0) + total
            means.numbers[day] = means.numbers.get(day, 0) + number
    return means
