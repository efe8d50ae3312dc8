"""Recent rows: the same query of a version is run once, however many ask, and erased rows are forgotten."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from app.accidents.datasets.recent import MOST_KEPT, MOST_ROWS, RecentRows

TABLE = uuid4()


class Counted:
    """A query that counts how often it is run, and waits until it may end."""

    def __init__(self, rows=((1,),), *, ends=True):
        self.rows, self.runs = rows, 0
        self.may_end = threading.Event()
        if ends:
            self.may_end.set()

    def __call__(self):
        self.runs += 1
        assert self.may_end.wait(60)
        return self.rows


def test_the_same_query_is_run_once():
    recent, query = RecentRows(), Counted()
    assert [recent.get((TABLE, "q"), query) for _ in range(3)] == [query.rows] * 3
    assert query.runs == 1


def test_those_who_ask_while_it_runs_wait_for_its_rows():
    recent, query = RecentRows(), Counted(ends=False)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(recent.get((TABLE, "q"), query))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    query.may_end.set()
    for thread in threads:
        thread.join(60)
    assert (answers, query.runs) == ([query.rows] * 5, 1)


def test_a_failure_is_not_kept():
    recent = RecentRows()

    def failing():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        recent.get((TABLE, "q"), failing)
    assert recent.get((TABLE, "q"), Counted()) == ((1,),)


def test_long_answers_and_old_ones_are_not_kept():
    recent, long = RecentRows(), Counted(((1,),) * (MOST_ROWS + 1))
    recent.get((TABLE, "long"), long)
    recent.get((TABLE, "long"), long)
    assert long.runs == 2
    for number in range(MOST_KEPT + 5):
        recent.get((TABLE, number), Counted())
    assert len(recent.kept) == MOST_KEPT


def test_an_erased_table_leaves_no_rows():
    recent, other = RecentRows(), uuid4()
    recent.get((TABLE, "q"), Counted())
    recent.get((other, "q"), Counted())
    recent.forget(TABLE)
    assert [key[0] for key in recent.kept] == [other]
