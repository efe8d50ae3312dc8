"""Means, SDs and Z-scores of that day and earlier ones."""

import numpy as np
import pytest

from workers.mood.features.baselines import running, whole


def test_a_baseline_is_that_of_the_days_up_to_it():
    values = np.array([[7.0], [np.nan], [9.0], [5.0]])
    baseline = running(values)
    assert baseline.mean[:, 0] == pytest.approx([7, 7, 8, 7])
    assert baseline.sd[3, 0] == pytest.approx(2.0)
    assert baseline.z[3, 0] == pytest.approx(-1.0)
    assert np.isnan(baseline.z[1, 0])
    assert baseline.n[:, 0].tolist() == [1, 1, 2, 3]


def test_later_days_change_nothing():
    values = np.random.default_rng(1).normal(8, 1, (200, 12))
    whole_life, part = running(values), running(values[:60])
    assert np.array_equal(whole_life.z[:60], part.z, equal_nan=True)


def test_the_papers_way_is_one_mean_for_all_days():
    values = np.array([[7.0], [9.0], [5.0]])
    baseline = whole(values)
    assert baseline.mean[:, 0].tolist() == [7, 7, 7]
    assert baseline.z[:, 0] == pytest.approx([0, 1, -1])


def test_no_spread_has_no_scores_but_nought():
    assert running(np.full((5, 1), 8.0)).z[1:, 0].tolist() == [0, 0, 0, 0]
