"""Turns to draw: few charts and maps are drawn at once, and what finds too many waiting is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from app.accidents.datasets.asking import MOST_DRAWING, MOST_WAITING, Pool
from app.http.errors import TooMany


def test_few_are_drawn_at_once_and_all_get_their_turn():
    pool, most, full = Pool(), [], Barrier(MOST_DRAWING)
    inside = set()

    def draw(number):
        with pool.turn():
            inside.add(number)
            full.wait(60)  # as many as may draw are here at the same time
            most.append(len(inside))
            full.wait(60)
            inside.discard(number)

    with ThreadPoolExecutor(4 * MOST_DRAWING) as threads:
        list(threads.map(draw, range(4 * MOST_DRAWING)))
    assert max(most) == MOST_DRAWING
    assert (len(most), pool.drawings.amount) == (4 * MOST_DRAWING, 0)


def test_what_finds_too_many_waiting_is_refused_and_takes_no_turn():
    pool, may_end = Pool(), Event()

    def draw():
        with pool.turn():
            assert may_end.wait(60)

    with ThreadPoolExecutor(MOST_WAITING) as threads:
        waiting = [threads.submit(draw) for _ in range(MOST_WAITING)]
        while pool.drawings.amount < MOST_WAITING:
            Event().wait(0.01)
        with pytest.raises(TooMany), pool.turn():
            pass
        may_end.set()
        for each in waiting:
            each.result(60)
    assert pool.drawings.amount == 0
