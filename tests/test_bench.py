"""The benchmark says when the service is not as good as it was promised to be."""

from __future__ import annotations

import pytest

from bench.__main__ import FEW, MANY, Round, table, verdict


def round_of(connections, requests, errors=0):
    return Round(connections, requests, seconds=10.0, p50_ms=5.0, p99_ms=9.0, errors=errors)


@pytest.mark.parametrize(
    ("few", "many", "errors", "complaint"),
    [
        (1000, 1300, 0, ""),
        (1000, 810, 0, ""),
        (1000, 790, 0, "over a fifth less"),
        (1000, 1300, 1, "1 requests were not answered rightly"),
        (0, 0, 0, "none was answered"),
    ],
)
def test_errors_and_a_rate_that_falls_by_more_than_a_fifth_are_said(few, many, errors, complaint):
    verdicts = verdict([round_of(FEW, few), round_of(MANY, many, errors)])
    assert verdicts == complaint if not complaint else complaint in verdicts


def test_both_rates_stand_below_each_other():
    head, *lines = table([round_of(FEW, 10_000), round_of(MANY, 12_340)])
    assert [line.split()[:2] for line in lines] == [["64", "1,000"], ["1,000", "1,234"]]
    assert head.split()[:2] == ["connections", "req/s"]
