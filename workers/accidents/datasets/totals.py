"""Set apart the rows that add up others: labelled as a total, and equal to the sums."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isclose

LABELS = frozenset(
    "합계 총계 소계 계 총합 총합계 누계 전체 total totals subtotal grandtotal sum 합 총건수".split()
)
PARTIAL = frozenset("소계 subtotal".split())
LABEL_COLUMNS = 4  # a label stands in one of the first
MOST_ROWS = 200  # with a label; more are values of the table

_SPACES = re.compile(r"[\s()\[\]<>:]+")


@dataclass(frozen=True)
class Labelled:
    """A row with a total's label; `is_total` if its numbers are the sums."""

    row: int
    label: str
    is_total: bool


def label_of(text: str) -> str | None:
    """Return the label of a total that a cell is, None for another text."""
    short = _SPACES.sub("", text).casefold()
    return short if short in LABELS else None


def labelled_rows(columns: Sequence[Sequence[str]], pools: Sequence[Mapping[str, str]]) -> dict[int, str]:
    """Return the rows, from 0, in whose first columns a total's label stands."""
    by_row: dict[int, str] = {}
    for cells, pool in list(zip(columns, pools, strict=True))[:LABEL_COLUMNS]:
        labels = {text for text in pool if label_of(text)}
        if not labels:
            continue
        for row, text in enumerate(cells):
            if text in labels:
                by_row.setdefault(row, text.strip())
                if len(by_row) > MOST_ROWS:
                    return {}
    return by_row


def judge(by_row: Mapping[int, str], figures: Sequence[Sequence[int | float | None]]) -> list[Labelled]:
    """Say of each labelled row whether its numbers are sums of other rows.

    Args:
        by_row: labels of labelled rows.
        figures: the numbers of each column that can be added up, of all rows, labelled ones too.

    """
    total = len(figures[0]) if figures else 0
    plain = [row for row in range(total) if row not in by_row]
    judged = []
    for row, label in by_row.items():
        if label_of(label) in PARTIAL:
            groups = [_between(row, by_row, total, down=False), _between(row, by_row, total, down=True)]
        else:
            groups = [
                plain,
                _between(row, by_row, total, down=False),
                _between(row, by_row, total, down=True),
            ]
        is_total = any(_adds_up(row, rows, figures) for rows in groups if rows)
        judged.append(Labelled(row, label, is_total))
    return judged


def _between(row: int, by_row: Mapping[int, str], total: int, *, down: bool) -> list[int]:
    """Return the unlabelled rows from a labelled one to the next, above or below it."""
    rows = []
    at = row + (1 if down else -1)
    while 0 <= at < total and at not in by_row:
        rows.append(at)
        at += 1 if down else -1
    return rows


def _adds_up(row: int, rows: Sequence[int], figures: Sequence[Sequence[int | float | None]]) -> bool:
    """Say whether every number of a row agrees with rows: most as their sum, others as their mean."""
    sums = others = 0
    for column in figures:
        value = column[row]
        present = [column[each] for each in rows if column[each] is not None]
        if value is None or not present:
            continue
        added = fsum(number for number in present if number is not None)
        about = 0.51 if len(present) > 100 else 0.01  # noqa: PLR2004 - rounded figures
        if isclose(added, value, rel_tol=1e-6, abs_tol=about):
            sums += 1
        elif isclose(added / len(present), value, rel_tol=1e-3, abs_tol=0.01):
            others += 1  # a mean among the sums, as of a rate
        else:
            return False
    return sums > others
