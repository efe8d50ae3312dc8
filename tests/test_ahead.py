"""Work done ahead in another process comes back in order, and its errors as what they are."""

from __future__ import annotations

import os
import signal

import pytest

from app.http.errors import Transient
from workers.sdk.child import forked_by
from workers.sdk.prefetch import MOST_AHEAD, MOST_HELPERS, done_ahead

# A job's process has one thread when it forks; the tests' own has more.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")


@pytest.fixture
def others():
    """What this process had forked before."""
    return set(forked_by(os.getpid()))


def tell(item):
    """Return an item and the process that saw it."""
    return item, os.getpid()


def fail(item):
    raise MemoryError(str(item))


def die(_item):
    os.kill(os.getpid(), signal.SIGKILL)


def test_results_come_in_order_from_other_processes(others):
    results = list(done_ahead(tell, range(20)))
    assert [(item, result[0]) for item, result in results] == [(n, n) for n in range(20)]
    assert {result[1] for _, result in results}.isdisjoint({os.getpid(), *others})
    assert set(forked_by(os.getpid())) <= others


def test_few_items_are_not_worth_a_process():
    results = list(done_ahead(tell, range(MOST_AHEAD - 1)))
    assert [result for _, result in results] == [(n, os.getpid()) for n in range(MOST_AHEAD - 1)]
    assert list(done_ahead(tell, [])) == []


def test_no_more_is_taken_than_is_worked_on():
    taken = []
    items = (taken.append(n) or n for n in range(1000))
    for done, _ in enumerate(done_ahead(tell, items)):
        assert len(taken) <= done + 1 + MOST_AHEAD + 1


def test_an_error_comes_back_as_what_it_is():
    with pytest.raises(MemoryError, match="0"):
        list(done_ahead(fail, range(5)))


def test_who_kills_the_other_process_is_told_to_try_again():
    with pytest.raises(Transient):
        list(done_ahead(die, range(5)))


def test_who_stops_early_leaves_no_process(others):
    rows = done_ahead(tell, range(1000))
    next(rows)
    assert len(set(forked_by(os.getpid())) - others) == MOST_HELPERS
    rows.close()
    assert set(forked_by(os.getpid())) <= others
