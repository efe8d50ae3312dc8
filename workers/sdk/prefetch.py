"""Processes that work ahead on a batch job, while its own stores what is done."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from app.http.errors import Transient
from workers.sdk.child import die_with_parent

MOST_HELPERS = 2  # more would wait for the one process that stores
MOST_AHEAD = 3  # one for each helper, and one that waits
NICENESS = 5  # they take what others leave of the processors

Item = TypeVar("Item")
Result = TypeVar("Result")


def done_ahead(act: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
    """Yield items in order, each with what `act` returns for it in a forked process, a few ahead.

    What is loaded before is there too. `act`, items, results and exceptions cross by pickle. Fewer than
    MOST_AHEAD are not worth a process, nor are more with one processor; then `act` is called in this one.

    Raises:
        Transient: one of the other processes was killed.

    """
    rest = iter(items)
    first = list(islice(rest, MOST_AHEAD))
    helpers = min(len(os.sched_getaffinity(0)), MOST_HELPERS)
    if len(first) < MOST_AHEAD or helpers == 1:
        yield from ((item, act(item)) for item in chain(first, rest))
        return
    with ProcessPoolExecutor(helpers, get_context("fork"), _begin) as pool:
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        try:
            for item in chain(first, rest):
                waiting.append((item, pool.submit(act, item)))
                if len(waiting) > MOST_AHEAD:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        except BrokenProcessPool:
            raise Transient("A process that worked ahead was killed.") from None
        finally:
            pool.shutdown(cancel_futures=True)


def _next(waiting: deque[tuple[Item, Future[Result]]]) -> tuple[Item, Result]:
    item, future = waiting.popleft()
    return item, future.result()


def _begin() -> None:
    die_with_parent()
    os.nice(NICENESS)
