"""Rows that add up others."""

from __future__ import annotations

import pytest

from workers.accidents.datasets.totals import judge


@pytest.mark.parametrize(
    ("third", "is_total"), [((6, 60, 5.0), True), ((6, 61, 5.0), False), ((6, 60, 9.0), False)]
)
def test_a_total_agrees_in_every_column_as_a_sum_or_a_mean(third, is_total):
    rows = [(2, 20, 4.0), (4, 40, 6.0), third]
    (judged,) = judge({2: "합계"}, [list(column) for column in zip(*rows, strict=True)])
    assert judged.is_total is is_total
