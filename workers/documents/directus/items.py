"""Rows of a collection: read to the last one and counted, inserted, changed, deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workers.documents.directus.client import Directus
from workers.documents.directus.faults import CountMismatch, Rejected

PAGE_ROWS = 500
MOST_ROWS = re.compile(
    r'"limit" must be less than or equal to (\d{1,9})'
)  # as 11.17 answers above QUERY_LIMIT_MAX
KEYS_AT_ONCE = 100  # QUERY_LIMIT_MAX may silently cap a request by filter (directus/directus#20229)
READINGS = 3  # while people work in the same rows, a count may differ from what was read just before

Filter = Mapping[str, Any]
Stored = Mapping[str, Any]


def blocks(keys: Sequence[str]) -> Iterator[list[str]]:
    """Yield keys, as many at a time as one request names."""
    for first in range(0, len(keys), KEYS_AT_ONCE):
        yield list(keys[first : first + KEYS_AT_ONCE])


def both(*conditions: Filter) -> Filter:
    """Return the filter of rows that fulfil all conditions."""
    return {"_and": [dict(each) for each in conditions]}


class Items:
    """The rows of a Directus."""

    def __init__(self, client: Directus) -> None:
        self._client = client
        self._page_rows = PAGE_ROWS
        self._unordered: set[str] = set()  # collections whose keys take no `_gt`: uuids since Directus 10

    def count(self, collection: str, condition: Filter) -> int:
        """Return how many rows fulfil a condition, as Directus counts them."""
        query = {"aggregate[count]": "*", "filter": dict(condition)}
        return int(self._client.get(f"/items/{collection}", **query)[0]["count"])

    def read(self, collection: str, condition: Filter, fields: Sequence[str]) -> list[Stored]:
        """Return every row that fulfils a condition.

        Raises:
            CountMismatch: Directus counts others than it shows.

        """
        for _ in range(READINGS):
            rows = {str(row["id"]): row for row in self._pages(collection, condition, ["id", *fields])}
            counted = self.count(collection, condition)
            if counted == len(rows):
                return list(rows.values())
        raise CountMismatch(f"Directus shows {len(rows)} rows of {collection} and counts {counted}.")

    def _pages(self, collection: str, condition: Filter, fields: Sequence[str]) -> Iterator[Stored]:
        """Yield rows page by page until one is empty; how long a page is says nothing."""
        if collection not in self._unordered:
            try:
                yield from self._by_key(collection, condition, fields)
            except Rejected as error:
                if error.reason != "INVALID_QUERY":
                    raise
                self._unordered.add(collection)
            else:
                return
        yield from self._by_offset(collection, condition, fields)

    def _by_key(self, collection: str, condition: Filter, fields: Sequence[str]) -> Iterator[Stored]:
        behind: Filter = condition
        while page := self._page(collection, behind, fields):
            yield from page
            behind = both(condition, {"id": {"_gt": page[-1]["id"]}})

    def _by_offset(self, collection: str, condition: Filter, fields: Sequence[str]) -> Iterator[Stored]:
        passed = 0
        while page := self._page(collection, condition, fields, offset=passed):
            yield from page
            passed += len(page)

    def _page(
        self, collection: str, condition: Filter, fields: Sequence[str], *, offset: int = 0
    ) -> list[Stored]:
        query = {"fields": ",".join(fields), "sort": "id", "filter": dict(condition)}
        more = {"offset": offset} if offset else {}
        while True:
            try:
                rows: list[Stored] = self._client.get(
                    f"/items/{collection}", limit=self._page_rows, **query, **more
                )
            except Rejected as error:
                self._learn(error)
            else:
                return rows

    def _learn(self, error: Rejected) -> None:
        """Ask for as many rows as QUERY_LIMIT_MAX allows from now on, where an error says so; raise any other."""
        allowed = MOST_ROWS.search(error.detail) if error.reason == "INVALID_QUERY" else None
        if allowed is None or not 0 < int(allowed[1]) < self._page_rows:
            raise error
        self._page_rows = int(allowed[1])

    def with_keys(self, collection: str, keys: Sequence[str], fields: Sequence[str]) -> list[Stored]:
        """Return those rows of some keys that are there."""
        rows: list[Stored] = []
        for block in blocks(keys):
            rows += self.read(collection, {"id": {"_in": block}}, fields)
        return rows

    def change(self, collection: str, key: str, values: Mapping[str, Any]) -> None:
        """Set fields of one row."""
        self._client.patch(f"/items/{collection}/{key}", dict(values))

    def delete(self, collection: str, keys: Sequence[str], condition: Filter) -> None:
        """Delete those of some rows, at most KEYS_AT_ONCE, that still fulfil a condition."""
        query = {"filter": both({"id": {"_in": list(keys)}}, condition), "limit": -1}
        self._client.delete(f"/items/{collection}", {"query": query})
