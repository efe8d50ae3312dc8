"""A second process that works ahead on a batch job, while the first stores what is done."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from app.errors import Transient
from workers.child import die_with_parent

MOST_AHEAD = 2
NICENESS = 5  # it takes what others leave of the second processor

Item = TypeVar("Item")
Result = TypeVar("Result")


def done_ahead(act: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
    """Yield items in order, each with what `act` returns for it in a forked process, a few ahead.

    What is loaded before is there too. `act`, items, results and exceptions cross by pickle. Fewer than
    MOST_AHEAD are not worth a process, nor are more with one processor; then `act` is called in this one.

    Raises:
        Transient: the other process was killed.

    """
    rest = iter(items)
    first = list(islice(rest, MOST_AHEAD))
    if len(first) < MOST_AHEAD or len(os.sched_getaffinity(0)) == 1:
        yield from ((item, act(item)) for item in chain(first, rest))
        return
    with ProcessPoolExecutor(1, get_context("fork"), _begin) as helper:
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        try:
            for item in chain(first, rest):
                waiting.append((item, helper.submit(act, item)))
                if len(waiting) > MOST_AHEAD:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        except BrokenProcessPool:
            raise Transient("The process that worked ahead was killed.") from None
        finally:
            helper.shutdown(cancel_futures=True)


def _next(waiting: deque[tuple[Item, Future[Result]]]) -> tuple[Item, Result]:
    item, future = waiting.popleft()
    return item, future.result()


def _begin() -> None:
    die_with_parent()
    os.nice(NICENESS)
