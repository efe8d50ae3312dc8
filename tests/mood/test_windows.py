"""Sleep windows as Lim et al. 2024 define them."""

from datetime import date, timedelta

import numpy as np
import pytest

from workers.mood.features.windows import find_windows

MINUTE, HOUR, DAY = 60, 3600, 86400
MIDNIGHT = 20_000 * DAY  # of a date, UTC


def windows(*intervals, offset=0.0):
    """Find the windows of intervals given as minutes from a midnight."""
    table = MIDNIGHT + MINUTE * np.array(intervals, dtype=float).reshape(-1, 2)
    return find_windows(table, np.full(len(table), float(offset)))


def test_a_wake_of_under_ten_minutes_is_flipped_and_its_minutes_stay_awake():
    sleep = windows((0, 200), (209, 400))
    assert len(sleep) == 1
    assert sleep.asleep[0] == 391 * MINUTE
    assert sleep.awake[0] == 9 * MINUTE


def test_a_sleep_of_under_ten_minutes_makes_no_window():
    assert len(windows((0, 9))) == 0
    assert len(windows((0, 10))) == 1


@pytest.mark.parametrize(("gap", "count"), [(59, 1), (60, 2), (61, 2)])
def test_sleeps_less_than_an_hour_apart_are_one(gap, count):
    assert len(windows((0, 120), (120 + gap, 300 + gap))) == count


@pytest.mark.parametrize(("minutes", "long"), [(224, False), (225, True)])
def test_a_window_is_long_from_three_hours_and_three_quarters(minutes, long):
    assert windows((0, minutes)).long.tolist() == [long]


@pytest.mark.parametrize(
    ("start_h", "end_h", "days"),
    [(23.25, 32, 1), (18, 23.99, 1), (12.01, 13, 1), (11, 12.5, 0), (-3, 6, 0)],
)
def test_the_date_is_the_midnight_nearest_the_middle(start_h, end_h, days):
    assert windows((60 * start_h, 60 * end_h)).day[0] == 20_000 + days


def test_the_date_is_that_of_the_local_time():
    late = (60 * 13, 60 * 20)  # 22:00 to 05:00 nine hours east
    assert windows(late, offset=9 * HOUR).day[0] == 20_001
    assert windows(late, offset=-5 * HOUR).day[0] == 20_000


def test_overlapping_and_unsorted_intervals_are_slept_once():
    sleep = windows((300, 420), (0, 310), (60, 90))
    assert sleep.asleep[0] == 420 * MINUTE


def test_no_sleep_has_no_windows():
    assert len(windows()) == 0


def test_days_are_counted_from_1970():
    assert date(1970, 1, 1) + timedelta(days=int(windows((0, 300)).day[0])) == date(2024, 10, 4)
