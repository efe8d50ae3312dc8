"""The human circadian pacemaker of Forger, Jewett and Kronauer 1999, driven by sleep and wake.

Equations and constants: J. Biol. Rhythms 14, 532-537 (1999), doi 10.1177/074873099129000867, as in
the PyPI package `circadian` (`Forger99`), against which a test holds this. Light is 250 lux awake
and 0 asleep, as in Lim et al. 2024.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.mood.features.windows import DAY_S, HOUR_S, Seconds

STEP_S = 720.0
STEPS_A_DAY = int(DAY_S / STEP_S)
LUX_AWAKE = 250.0
TAU_H, MU, G, K = 24.2, 0.23, 33.75, 0.55
ALPHA_0, BETA, POWER, I_0 = 0.05, 0.0075, 0.5, 9500.0
ALPHA_AWAKE = ALPHA_0 * (LUX_AWAKE / I_0) ** POWER  # per minute
STIFFNESS = (24.0 / (0.99669 * TAU_H)) ** 2
START = (-0.0843259, -1.09607546, 0.45584306)  # midnight of somebody who sleeps from midnight to eight
CHUNK = 5 * STEPS_A_DAY  # steps
COARSE = 5  # steps of the passes that only find where each chunk starts; costs 0.02 h of phase
PASSES = 12  # after 60 days a start is forgotten to 1e-8 (the test compares with one long run)

States = npt.NDArray[np.float64]


def awake_share(asleep: Seconds, start: float, n_steps: int) -> Seconds:
    """Return the share of each step from `start` on that is spent awake, of shape (n_steps,).

    `asleep` is (n, 2), UTC seconds, disjoint and in order.
    """
    if not len(asleep):
        return np.ones(n_steps)
    edges = start + STEP_S * np.arange(n_steps + 1)
    before = np.concatenate([[0.0], np.cumsum(asleep[:, 1] - asleep[:, 0])])
    slept = np.column_stack([before[:-1], before[1:]]).ravel()
    share: Seconds = 1.0 - np.diff(np.interp(edges, asleep.ravel(), slept)) / STEP_S
    return share


@dataclass(frozen=True)
class Simulation:
    """Chunks of days, integrated side by side, each a day longer than to where the next begins.

    `awake` and `x` are (CHUNK + STEPS_A_DAY, n_chunks, ...), `starts` the states (3, n_chunks, ...)
    that the chunks start from.
    """

    awake: Seconds
    x: States
    starts: States

    def after(self, awake: Seconds, chunks: npt.NDArray[np.int64]) -> States:
        """Return x of some chunks with other shares awake, (n_steps, len(chunks))."""
        return _integrate(awake, self.starts[:, chunks], STEP_S)[0]


def simulate(awake: Seconds) -> Simulation:
    """Return x at each step's start for shares awake of consecutive steps, (n_steps, ...).

    What each chunk starts from comes from coarse passes over the chunks before it, so that it
    depends on its past alone, to the last bit.
    """
    n_chunks = max(1, math.ceil(len(awake) / CHUNK))
    padded = np.ones((n_chunks * CHUNK + STEPS_A_DAY, *awake.shape[1:]))
    padded[: len(awake)] = awake
    share = padded[np.arange(CHUNK + STEPS_A_DAY)[:, None] + CHUNK * np.arange(n_chunks)]
    coarse = share[:CHUNK].reshape(CHUNK // COARSE, COARSE, *share.shape[1:]).mean(axis=1)
    starts = np.broadcast_to(np.reshape(START, (3, *(1,) * awake.ndim)), (3, *share.shape[1:])).copy()
    for _ in range(min(PASSES, n_chunks - 1)):
        ends = _integrate(coarse, starts, COARSE * STEP_S)[1]
        starts[:, 1:] = ends[:, :-1]
    return Simulation(share, _integrate(share, starts, STEP_S)[0], starts)


def in_line(simulation: Simulation, n_steps: int) -> States:
    """Return x of a simulation as one line of steps, (n_steps, ...)."""
    x = np.swapaxes(simulation.x[:CHUNK], 0, 1)
    line: States = x.reshape(-1, *x.shape[2:])[:n_steps]
    return line


def _integrate(awake: States, start: States, step_s: float) -> tuple[States, States]:
    """Return x at the steps' starts, (n_steps, ...), and the last state (3, ...)."""
    step_h = step_s / HOUR_S
    drives, n = _drives(awake, start[2], step_h)
    x, xc = start[0], start[1]
    path = np.empty(awake.shape)
    for index in range(len(awake)):
        path[index] = x
        x, xc = _runge_kutta(x, xc, drives[:, index], step_h)
    return path, np.stack([x, xc, n])


def _drives(awake: States, n: States, step_h: float) -> tuple[States, States]:
    """Return the light's drive at each step's start, middle and end, (3, n_steps, ...), and the last n.

    Process L is linear while the light stays the same, so a step of it is exact.
    """
    alpha = ALPHA_AWAKE * awake
    rate = 60 * (alpha + BETA)
    goal = 60 * alpha / rate
    half = np.exp(-rate * step_h / 2)
    drives = np.empty((3, *awake.shape))
    for index in range(len(awake)):
        drives[0, index] = n
        drives[1, index] = n = goal[index] + (n - goal[index]) * half[index]
        drives[2, index] = n = goal[index] + (n - goal[index]) * half[index]
    return G * alpha * (1 - drives), n


def _runge_kutta(x: States, xc: States, drive: States, h: float) -> tuple[States, States]:
    """Return x and xc one step of `h` hours later."""
    ax, ac = _slopes(x, xc, drive[0])
    bx, bc = _slopes(x + h / 2 * ax, xc + h / 2 * ac, drive[1])
    cx, cc = _slopes(x + h / 2 * bx, xc + h / 2 * bc, drive[1])
    dx, dc = _slopes(x + h * cx, xc + h * cc, drive[2])
    return x + h / 6 * (ax + 2 * (bx + cx) + dx), xc + h / 6 * (ac + 2 * (bc + cc) + dc)


def _slopes(x: States, xc: States, drive: States) -> tuple[States, States]:
    """Return dx/dt and dxc/dt per hour."""
    b = drive * (1 - 0.4 * x) * (1 - 0.4 * xc)
    slope_xc = xc * (MU - MU * 4 / 3 * xc * xc) - x * (STIFFNESS + K * b)
    return math.pi / 12 * (xc + b), math.pi / 12 * slope_xc
