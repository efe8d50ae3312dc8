"""Simulate people: habits, episodes, and the life that looks like an episode and is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features import pacemaker
from workers.mood.features.circadian import CBTMIN_TO_DLMO_H
from workers.mood.features.daily import Matrix
from workers.mood.features.deviations import Deviations, Measures, deviations
from workers.mood.features.pacemaker import STEP_S, STEPS_A_DAY
from workers.mood.features.windows import HOUR_S
from workers.mood.simulator.effects import (
    EFFECTS,
    ELEVATION_SLEEP_H,
    ELEVATION_UNEVEN,
    EPISODES,
    PRONENESS,
)

WEEK_DAYS, WEEKEND_DAYS = 7, 2
PRESENT = 0.5  # of full strength: from here a day counts as one of an episode
RAMP_DAYS = 4  # to an episode's full strength
NIGHT_LOST = 0.1  # nights without a watch
STEPLESS = 0.3  # people without step counts
# People differ in what an episode does to them, and drift without one: sizes chosen so that the
# cohort's best AUCs lie near those of Lim et al. (.80, .95, .98), not near 1.
DIFFERING_SLEEP_H, DIFFERING_PHASE_H, DIFFERING_STEPS = 1.0, 1.2, 0.4
DRIFT, DRIFT_DAYS = (0.5, 0.7, 0.3), 15  # hours of sleep, hours of onset, log steps
BLOCK = 100  # people simulated together: memory grows with it
LEARNING_DAYS = 30  # first days of each person, not used for fitting

Generator = np.random.Generator


@dataclass(frozen=True)
class Cohort:
    """Simulated days, people one after the other.

    `deviations` (n_rows, 8); `labels` (n_rows, 3) in the order of `EPISODES`; `person` (n_rows,).
    """

    deviations: Matrix
    labels: Matrix
    person: npt.NDArray[np.intp]


@dataclass(frozen=True)
class _People:
    """Traits (n_people, 1)."""

    elevation: Matrix
    low: Matrix
    sleep_h: Matrix
    sd_h: Matrix
    onset_h: Matrix
    log_steps: Matrix


def simulate(n_people: int, n_days: int, *, seed: int) -> Cohort:
    """Return a cohort's days after their first month."""
    rng = np.random.default_rng(seed)
    sizes = [min(BLOCK, n_people - first) for first in range(0, n_people, BLOCK)]
    blocks = [_block(size, n_days, rng) for size in sizes]
    person = np.repeat(np.arange(n_people), n_days - LEARNING_DAYS)
    return Cohort(np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks]), person)


def _block(n_people: int, n_days: int, rng: Generator) -> tuple[Matrix, Matrix]:
    """Return deviations and labels of some people."""
    people = _people(n_people, rng)
    strength = np.stack([_strength(name, people, n_days, rng) for name in EPISODES])  # (3, people, days)
    sleep, onset, steps = _days(people, strength, rng)
    dlmo = _phase(onset, sleep)
    sleep = np.where(rng.random(sleep.shape) < NIGHT_LOST, np.nan, sleep)
    steps = np.where(rng.random((n_people, 1)) < STEPLESS, np.nan, steps)
    rows = [_rows(*each) for each in zip(sleep, dlmo, steps, strict=True)]
    labels = (strength > PRESENT).transpose(1, 2, 0)[:, LEARNING_DAYS:].reshape(-1, 3)
    kept = [row.values[LEARNING_DAYS:] for row in rows]
    return np.concatenate(kept), labels.astype(np.float64)


def _rows(sleep: Matrix, dlmo: Matrix, steps: Matrix) -> Deviations:
    return deviations(Measures(sleep, dlmo, steps))


def _people(n: int, rng: Generator) -> _People:
    elevation, low = rng.normal(size=(2, n, 1))
    return _People(
        elevation=elevation,
        low=low,
        sleep_h=7.2 + ELEVATION_SLEEP_H * elevation + 0.7 * rng.normal(size=(n, 1)),
        sd_h=np.exp(ELEVATION_UNEVEN * elevation + 0.3 * rng.normal(size=(n, 1))),
        onset_h=-0.2 + 1.2 * rng.normal(size=(n, 1)),
        log_steps=8.75 + 0.45 * rng.normal(size=(n, 1)),
    )


def _strength(name: str, people: _People, n_days: int, rng: Generator) -> Matrix:
    """Return how strong an episode is on each day, 0 for none, (n_people, n_days)."""
    effect = EFFECTS[name]
    proneness = np.exp(PRONENESS * (people.low if name == "depression" else people.elevation))
    rate = effect.share / effect.days / np.exp(PRONENESS**2 / 2) * proneness
    starts = rng.random((len(proneness), n_days)) < rate
    strength = np.zeros((len(proneness), n_days))
    for person, day in zip(*np.nonzero(starts), strict=True):
        length = max(4, int(rng.gamma(4, effect.days / 4)))
        shape = np.minimum(1, (np.arange(length) + 1) / RAMP_DAYS) * rng.uniform(0.7, 1.2)
        part = strength[person, day : day + length]
        np.maximum(part, shape[: len(part)], out=part)
    return strength


def _days(people: _People, strength: Matrix, rng: Generator) -> tuple[Matrix, Matrix, Matrix]:
    """Return hours slept, onset (hours from midnight) and log steps, each (n_people, n_days)."""
    shape = strength.shape[1:]
    sleep = people.sleep_h + people.sd_h * _uneven(strength) * rng.normal(size=shape)
    onset = people.onset_h + 0.8 * people.sd_h * rng.normal(size=shape)
    steps = people.log_steps + 0.4 * rng.normal(size=shape)
    weekend = (np.arange(shape[1]) + rng.integers(7, size=(shape[0], 1))) % WEEK_DAYS < WEEKEND_DAYS
    sleep, onset = sleep + 0.6 * weekend, onset + 0.7 * weekend
    for name, each in zip(EPISODES, strength, strict=True):
        effect = EFFECTS[name]
        sleep = sleep + each * _sleep_change(name, shape, rng)
        onset = onset + each * (effect.phase_h + DIFFERING_PHASE_H * rng.normal(size=(shape[0], 1)))
        steps = steps + each * (effect.log_steps + DIFFERING_STEPS * rng.normal(size=(shape[0], 1)))
    sleep, onset, steps = _ordinary_life(sleep, onset, steps, rng)
    sleep, onset, steps = (
        value + size * _drift(shape, rng) for value, size in zip((sleep, onset, steps), DRIFT, strict=True)
    )
    return np.clip(sleep, 1.0, 15.0), onset, steps


def _uneven(strength: Matrix) -> Matrix:
    factors = [
        1 + (EFFECTS[name].uneven - 1) * np.minimum(each, 1)
        for name, each in zip(EPISODES, strength, strict=True)
    ]
    whole: Matrix = np.prod(factors, axis=0)
    return whole


def _sleep_change(name: str, shape: tuple[int, ...], rng: Generator) -> Matrix:
    """Return each person's change of sleep in an episode, hours, (n_people, 1)."""
    effect = EFFECTS[name]
    much = rng.random((shape[0], 1)) < effect.hypersomnia
    change = np.where(much, effect.more_sleep_h, effect.sleep_h)
    return change + DIFFERING_SLEEP_H * rng.normal(size=(shape[0], 1))


def _drift(shape: tuple[int, ...], rng: Generator) -> Matrix:
    """Return what changes slowly without an episode: an AR(1) of SD 1, (n_people, n_days)."""
    keep = np.exp(-1 / DRIFT_DAYS)
    pushes = rng.normal(size=shape) * np.sqrt(1 - keep**2)
    drift = np.empty(shape)
    level = rng.normal(size=shape[0])
    for day in range(shape[1]):
        level = keep * level + pushes[:, day]
        drift[:, day] = level
    return drift


def _ordinary_life(
    sleep: Matrix, onset: Matrix, steps: Matrix, rng: Generator
) -> tuple[Matrix, Matrix, Matrix]:
    """Add deadlines (short nights), holidays (late and long) and illness (long, no steps)."""
    deadline, holiday, ill = (
        _spells(sleep.shape, rng, rate, days) for rate, days in ((1 / 40, 2), (1 / 90, 8), (1 / 100, 4))
    )
    sleep = sleep - 1.8 * deadline + 0.8 * holiday + 1.3 * ill
    onset = onset + 1.0 * deadline + 1.0 * holiday
    return sleep, onset, steps + 0.2 * holiday - 0.9 * ill


def _spells(shape: tuple[int, ...], rng: Generator, rate: float, days: int) -> Matrix:
    starts = (rng.random(shape) < rate).astype(np.float64)
    return np.minimum(1, sum(np.roll(starts, lag, axis=1) for lag in range(days)))


def _phase(onset: Matrix, sleep: Matrix) -> Matrix:
    """Return each person's DLMO by date, local hours, (n_people, n_days)."""
    n_people, n_days = onset.shape
    nights = (24 * np.arange(n_days)[None] + 24 + onset) * HOUR_S
    edges = STEP_S * np.arange((n_days + 2) * STEPS_A_DAY + 1)
    awake = np.empty((len(edges) - 1, n_people))
    for person in range(n_people):
        start = nights[person]
        end = start + sleep[person] * HOUR_S
        end[:-1] = np.maximum(start[:-1] + HOUR_S, np.minimum(end[:-1], start[1:] - HOUR_S))
        start[1:] = np.maximum(start[1:], end[:-1] + HOUR_S / 2)
        slept = np.repeat(np.cumsum(end - start), 2)
        slept[::2] -= end - start
        awake[:, person] = (
            1 - np.diff(np.interp(edges, np.column_stack([start, end]).ravel(), slept)) / STEP_S
        )
    x = pacemaker.in_line(pacemaker.simulate(np.clip(awake, 0, 1)), len(awake))
    half = STEPS_A_DAY // 2
    noon_to_noon = x[half : half + n_days * STEPS_A_DAY].reshape(n_days, STEPS_A_DAY, n_people)
    lowest = noon_to_noon.argmin(axis=1) * STEP_S / HOUR_S - 12
    phase: Matrix = (lowest - CBTMIN_TO_DLMO_H + 24).T
    return phase
