"""A minute of random faults under load: nothing acknowledged is lost, nothing is told twice differently."""

from __future__ import annotations

import pytest

from tests.chaos import QUICK, chaos


@pytest.fixture(scope="module")
def settings():
    return QUICK


def test_a_minute_of_chaos_loses_nothing(module_house, servers, capsys):
    report = chaos(module_house, servers, seconds=60, seed=20261122)
    with capsys.disabled():
        print(f"\n{report}")
    assert report.acknowledged > 50
    assert report.lost == []
    assert report.differently == 0
    assert report.told_twice > 0
