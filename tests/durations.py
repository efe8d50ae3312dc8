"""A test of the fast tier that takes over ten seconds fails: it is to be made shorter, or marked slow.

Seconds are those of a machine of the speed that goals are stated for, with nothing beside the suite. So the
limit grows with the processor time that a fixed piece of work takes, and with the load of the last minute:
measured, a moment's speed said little of the half minute before. Processor time alone would not do, since
most of a test's work is done by the service's processes. What several tests share, such as a stack of
processes, is no test's own.
"""

from __future__ import annotations

import os
import time

import pytest

LIMIT_S = 10.0
STEPS = 800_000
STEPS_S = 0.05  # on that machine: half of what was measured on a quiet one half as fast
SPENT, SHARED = pytest.StashKey[float](), pytest.StashKey[float]()


def processor_slowness():
    """Return how many times the processor time of the quiet machine work takes here, at least 1."""
    begun = time.thread_time()
    total = 0
    for number in range(STEPS):
        total += number * number % 7
    return max(1.0, (time.thread_time() - begun) / STEPS_S)


def slowness():
    """Return how many times as long as on the quiet machine work takes here, at least 1."""
    return processor_slowness() * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def too_long(seconds):
    """Say why a test's time is over the limit, None where it is not."""
    if seconds <= LIMIT_S:
        return None
    limit = LIMIT_S * slowness()
    if seconds <= limit:
        return None
    return f"It took {seconds:.1f} s, and a test of the fast tier may take {limit:.1f} s on this machine, as busy as it is."


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Take the time of what tests share from the one that happens to be the first."""
    begun = time.perf_counter()
    try:
        return (yield)
    finally:
        if fixturedef.scope != "function":
            stash = request.session.stash
            stash[SHARED] = stash.get(SHARED, 0.0) + time.perf_counter() - begun


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add up a test's own setup and call, and fail it where they are over the limit."""
    report = yield
    if call.when == "teardown":
        return report
    shared = item.session.stash.get(SHARED, 0.0)
    item.session.stash[SHARED] = 0.0
    item.stash[SPENT] = item.stash.get(SPENT, 0.0) + max(0.0, call.duration - shared)
    if report.when == "call" and report.passed and not item.get_closest_marker("slow"):
        reason = too_long(item.stash[SPENT])
        if reason:
            report.outcome, report.longrepr = "failed", reason
    return report
