"""Rows of recent queries: a version never changes, so that the same query of it has the same answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

MOST_KEPT = 256  # answers of one process
MOST_ROWS = 500  # of an answer that is kept: figures of charts and maps, no listed rows

Rows = Sequence[tuple[Any, ...]]
Key = tuple[UUID, Hashable]


@dataclass
class RecentRows:
    """The rows of recent queries by table and statement; what is being asked already is waited for."""

    kept: OrderedDict[Key, Rows] = field(default_factory=OrderedDict)
    running: dict[Key, threading.Event] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)

    def get(self, key: Key, fetch: Callable[[], Rows]) -> Rows:
        """Return the rows of a query, fetched unless they are kept; a failure is nobody else's."""
        while True:
            with self.lock:
                if key in self.kept:
                    self.kept.move_to_end(key)
                    return self.kept[key]
                other = self.running.get(key)
                if other is None:
                    mine = self.running[key] = threading.Event()
                    break
            other.wait()
            if key not in self.kept:
                return fetch()  # it failed, or there are too many to be kept
        try:
            rows = fetch()
            self._keep(key, rows)
        finally:
            with self.lock:
                del self.running[key]
            mine.set()
        return rows

    def _keep(self, key: Key, rows: Rows) -> None:
        if len(rows) > MOST_ROWS:
            return
        with self.lock:
            self.kept[key] = rows
            while len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)

    def forget(self, table: UUID) -> None:
        """Remove the rows of a table that is erased."""
        with self.lock:
            for key in [each for each in self.kept if each[0] == table]:
                del self.kept[key]
