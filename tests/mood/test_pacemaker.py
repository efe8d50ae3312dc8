"""The pacemaker, held against the package `circadian`, and the phase that is read off it."""

import numpy as np
import pytest

from workers.mood.features import pacemaker
from workers.mood.features.daily import INDEXES, daily_indexes
from workers.mood.features.pacemaker import STEP_S, STEPS_A_DAY, awake_share

HOUR, DAY = 3600, 86400
PHASE, AMPLITUDE = INDEXES.index("Circadian_phase"), INDEXES.index("Circadian_amplitude")


def sleep(n_days, *, onset=-1.0, hours=8.0, first=20_000):
    """Return the same sleep on consecutive dates, (n_days, 2) in UTC seconds."""
    midnight = (first + np.arange(n_days)) * DAY + onset * HOUR
    return np.column_stack([midnight, midnight + hours * HOUR])


def simulate(awake):
    return pacemaker.in_line(pacemaker.simulate(awake), len(awake))


def indexes(asleep, **more):
    return daily_indexes(asleep, np.zeros(len(asleep)), **more)


def test_x_is_that_of_the_package():
    from circadian.models import Forger99  # here: it loads SciPy, for seconds

    rng = np.random.default_rng(1)
    asleep = sleep(6, onset=rng.normal(-1, 1.5, 6), hours=rng.uniform(5, 9, 6), first=1)
    n_steps = 7 * STEPS_A_DAY
    x = simulate(awake_share(asleep, 0.0, n_steps))
    finer = np.arange(0, 7 * 24, 0.05)
    light = np.full(len(finer), pacemaker.LUX_AWAKE)
    for start, end in asleep / HOUR:
        light[(finer >= start) & (finer < end)] = 0.0
    theirs = Forger99().integrate(finer, initial_condition=np.array(pacemaker.START), input=light)
    ours = np.interp(finer, np.arange(n_steps) * STEP_S / HOUR, x)
    assert np.abs(ours - theirs.states[:, 0])[:-10].max() < 0.02


def test_chunks_equal_one_long_run(monkeypatch):
    rng = np.random.default_rng(3)
    asleep = sleep(60, onset=rng.normal(-1, 1.5, 60), first=1)
    awake = awake_share(asleep, 0.0, 61 * STEPS_A_DAY)
    chunks = simulate(awake)
    monkeypatch.setattr(pacemaker, "CHUNK", 61 * STEPS_A_DAY)
    assert np.abs(chunks - simulate(awake)).max() < 0.01


def test_a_regular_sleeper_has_the_phase_and_amplitude_of_the_papers_table():
    last = indexes(sleep(40)).values[-1]
    assert last[PHASE] == pytest.approx(21.4, abs=0.15)
    assert last[AMPLITUDE] == pytest.approx(1.09, abs=0.01)


def test_sleeping_two_hours_later_moves_the_phase_by_two_hours():
    early, late = (indexes(sleep(60, onset=onset)).values[-1, PHASE] for onset in (-1, 1))
    assert late - early == pytest.approx(2.0, abs=0.05)


def test_the_phase_is_local():
    there = daily_indexes(sleep(40, onset=-10), np.full(40, 9.0 * HOUR))
    assert there.values[-1, PHASE] == pytest.approx(indexes(sleep(40)).values[-1, PHASE], abs=0.01)


def test_a_nights_indexes_are_hours_counts_and_shares():
    asleep = np.array([[0, 200], [230, 480], [900, 960]]) * 60 + 20_000 * DAY
    night = dict(zip(INDEXES, indexes(asleep).values[0], strict=True))
    assert night["ST_long"] == 7.5
    assert night["WT_long"] == 0.5
    assert night["LongSleepWindow_length"] == 8
    assert night["LongSleepWindow_number"] == 1
    assert night["Sleep_percentage"] == 7.5 / 24
    nap = dict(zip(INDEXES, indexes(asleep).values[1], strict=True))
    assert nap["ST_short"] == nap["ShortSleepWindow_length"] == 1
    assert nap["LongSleepWindow_number"] == 0


def test_a_night_without_data_is_missing_and_not_sleepless():
    kept = np.delete(sleep(40), slice(20, 27), axis=0)
    read = indexes(kept)
    assert np.isnan(read.values[20:27]).all()
    assert read.values[27, PHASE] == pytest.approx(indexes(sleep(40)).values[27, PHASE], abs=0.05)


def test_a_dates_indexes_do_not_know_the_days_after_it():
    rng = np.random.default_rng(5)
    asleep = sleep(90, onset=rng.normal(-1, 2, 90), hours=rng.uniform(4, 9, 90))
    whole, part = indexes(asleep), indexes(asleep[:50])
    n = len(part.days) - 1
    assert np.array_equal(whole.values[:n], part.values[:n], equal_nan=True)


def test_a_day_sleepers_dates_do_not_know_the_days_after_them_either():
    """Sleep from 8:42 on belongs to the next date, and begins before this one's noon."""
    onset = np.concatenate([np.full(20, -1.0), np.full(20, 8.7)]) + np.random.default_rng(1).normal(
        0, 0.5, 40
    )
    asleep = sleep(40, onset=onset, hours=7.0)
    whole = indexes(asleep)
    for count in range(21, 40, 6):
        part = indexes(asleep[:count])
        n = int(part.days[-1] - whole.days[0]) + (whole.windows.day[count] > part.days[-1])
        assert np.array_equal(whole.values[:n], part.values[:n], equal_nan=True)


def test_fifteen_years_take_as_many_steps_as_one(monkeypatch):
    """Chunks lie side by side: 0.7 s of one core for 15 years, measured by `process_time` of this call."""
    taken = []
    step = pacemaker._runge_kutta
    monkeypatch.setattr(pacemaker, "_runge_kutta", lambda *args: taken.append(1) or step(*args))
    one = len(simulate(np.ones(366 * STEPS_A_DAY))) and len(taken)
    taken.clear()
    simulate(np.ones(5479 * STEPS_A_DAY))
    assert len(taken) == one < 3000
