"""Tables as rows of labels and values: plans, units and bases out of the headings."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from workers.documents.understanding.amounts import CURRENCIES, PERIODS, Amount, amounts, basis, number
from workers.documents.understanding.cues import DEDUCTIBLE, WAITING
from workers.documents.understanding.labels import role_of
from workers.documents.understanding.sentences import LONGEST
from workers.documents.understanding.table_rows import (
    BARE_NUMBER,
    COUNTED_CELL,
    GENERIC,
    INCLUDED,
    NOT_COVERED,
    NOTHING,
    REMARKS,
    SUB_ROW,
    UNIT_IN_LABEL,
    UNLIMITED,
    Column,
    Row,
    Value,
)

if TYPE_CHECKING:
    from workers.documents.reading.model import Block, Cell

MONEY_NAME = re.compile(r"(?<!\w)(?:CHF|EUR|GBP|USD|Euro|Franken|Fr\.|[€£$])(?!\w)|[€£$]")
NEAR_CHARS = 400  # before a table, in which its currency may be named
SUB_INDENT = 3.5  # points further in than the other rows
PARTS = re.compile(r"\bunit|einheit|basis\b", re.IGNORECASE)


def rows_of(
    block: Block, text: str, language: str, *, before: Block | None = None, role: str | None = None
) -> list[Row]:
    """Return a table's rows below its headings; one that goes on from the page before has those of `before`."""
    table = _Table(block, text, language)
    table.deductible = role == "deductible"
    rows = table.rows()
    if before is None or table.headed:
        return rows
    first = _Table(before, text, language)
    first.rows()
    return table.below(first) if first.width == table.width else rows


def sentences_of(block: Block, text: str, language: str) -> list[tuple[Cell, Cell]]:
    """Return the cells of a table that sets what is covered beside what is not, each with its column's heading."""
    return _Table(block, text, language).sentences()


def currency_before(text: str, start: int) -> str | None:
    """Return the currency that a table's figures are in, where its cells do not say: the last one named before."""
    names = MONEY_NAME.findall(text, max(start - NEAR_CHARS, 0), start) or MONEY_NAME.findall(text)
    return CURRENCIES[names[-1].lower()] if names else None


class _Table:
    def __init__(self, block: Block, text: str, language: str) -> None:
        self.text, self.language, self.start = text, language, block.start
        self.by_row: dict[int, list[Cell]] = {}
        for cell in block.cells:
            self.by_row.setdefault(cell.row, []).append(cell)
        self.columns: dict[int, Column] = {}
        self.width = max((c.column + c.column_span for c in block.cells), default=0)
        self.first = min((c.column for c in block.cells), default=0)
        indents = [c.indent for c in block.cells if c.column == self.first and self._words(c)]
        self.base_indent = sorted(indents)[len(indents) // 4] if indents else 0.0

    headed = False
    deductible = False  # the heading above says so of all its figures

    def below(self, first: _Table) -> list[Row]:
        """Return the rows of a table that has no headings of its own, below those of another."""
        self.columns = first.columns
        return self._below([])

    def rows(self) -> list[Row]:
        """Return the rows below the headings."""
        headings = self._headings(sorted(self.by_row))
        self.headed = bool(headings)
        self._read_headings(headings)
        return self._below(headings)

    def sentences(self) -> list[tuple[Cell, Cell]]:
        """Return each cell below two headings of opposite roles, with its heading."""
        first, *rest = sorted(self.by_row)
        heads = {cell.column: cell for cell in self.by_row[first] if self._words(cell)}
        roles = [role_of(self._words(cell)) for _, cell in sorted(heads.items())]
        if not rest or len(roles) != 2 or set(roles) != {"cover", "exclusion"}:
            return []
        below = [cell for row in rest for cell in self.by_row[row]]
        return [(cell, heads[cell.column]) for cell in below if cell.column in heads and self._words(cell)]

    def _below(self, headings: list[int]) -> list[Row]:
        numbers = sorted(self.by_row)
        spanning: dict[int, list[Cell]] = {}
        rows = []
        for row in numbers:
            cells = list(self.by_row[row])
            for cell in self.by_row[row]:
                for below in range(row + 1, row + cell.row_span):
                    spanning.setdefault(below, []).append(cell)
            if row in headings:
                continue
            read = self._row(sorted([*cells, *spanning.get(row, [])], key=lambda c: c.column))
            if read is not None:
                rows.append(read)
        return rows

    def _words(self, cell: Cell) -> str:
        return self.text[cell.start : min(cell.end, cell.start + LONGEST)].strip()

    def _headings(self, numbers: list[int]) -> list[int]:
        """Return the first rows without a value; a row with a single cell is a heading only before one of names."""
        headings: list[int] = []
        for row in numbers:
            cells = [cell for cell in self.by_row[row] if self._words(cell)]
            values = [cell for cell in cells if cell.column > self.first or len(cells) == 1]
            if any(self._is_value(self._words(cell)) for cell in values):
                break
            if (
                len(cells) < 2
                and cells
                and cells[0].column == self.first
                and cells[0].column_span < 2
                and headings
            ):
                break
            if len(cells) < 2 and cells and cells[0].column == self.first and headings:
                break
            headings.append(row)
        return headings if len(headings) < len(numbers) else []

    def _is_value(self, text: str) -> bool:
        return bool(
            amounts(text, self.language) or BARE_NUMBER.match(text) or COUNTED_CELL.match(text) or NOT_COVERED.match(text)
            or INCLUDED.match(text) or UNLIMITED.match(text) or NOTHING.match(text)
        )  # fmt: skip

    def _read_headings(self, headings: list[int]) -> None:
        whole = " ".join(
            self._words(c) for row in headings for c in self.by_row[row] if c.column == self.first
        )
        for column in range(self.first + 1, self.width):
            words = [
                self._words(cell)
                for row in headings
                for cell in self.by_row[row]
                if cell.column <= column < cell.column + cell.column_span
            ]
            self.columns[column] = self._column(words)
            self.columns[column].per += basis(whole)
        plans = {c.plan for c in self.columns.values() if c.plan}
        if len(plans) < 2:
            for each in self.columns.values():
                each.plan = None

    def _column(self, words: list[str]) -> Column:
        whole = " ".join(words)
        unit = next(
            (CURRENCIES[w.lower()] for w in re.findall(r"[\w.]+|[€£$]", whole) if w.lower() in CURRENCIES),
            None,
        )
        if unit is None and "%" in whole:
            unit = "%"
        name = words[-1] if words else ""
        cut = re.sub(r"\b(?:in )?(?:CHF|EUR|GBP|USD|Fr\.|€|£)(?!\w)|[()]", "", name).strip()
        generic = not cut or GENERIC.search(cut)
        return Column(
            plan=None if generic else cut,
            unit=unit,
            per=basis(whole),
            deductible=bool(DEDUCTIBLE.search(whole)),
            waiting=bool(WAITING.search(whole)),
            remarks=bool(REMARKS.search(whole)),
            is_basis=bool(re.search(r"\beinheit\b|^unit$|^(?:pro|per|je)$", whole, re.IGNORECASE)),
        )

    def _row(self, cells: list[Cell]) -> Row | None:
        cells = [cell for cell in cells if self._words(cell)]
        if not cells:
            return None
        label = next((c for c in cells if c.column == self.first), cells[0])
        row = Row(label)
        words = self._words(label)
        row.sub = label.indent > self.base_indent + SUB_INDENT or bool(SUB_ROW.match(words))
        rest = [cell for cell in cells if cell is not label]
        if not rest:
            row.group = not amounts(words, self.language)
            return row
        texts = [cell for cell in rest if not self._is_value(self._words(cell))]
        row.more = texts
        per = tuple(b for cell in texts for b in basis(self._words(cell)))
        for cell in rest:
            row.values.extend(self._values(cell, per, label))
        return row

    def _values(self, cell: Cell, per: tuple[str, ...], label: Cell) -> list[Value]:
        words = self._words(cell)
        covered = [
            self.columns.get(c, Column())
            for c in range(max(cell.column, self.first + 1), cell.column + cell.column_span)
        ]
        values = []
        for column in covered or [Column()]:
            if column.unit is None and BARE_NUMBER.match(words) and not self._unit_of(label):
                column = replace(column, unit=self.outside)  # noqa: PLW2901 - with the unit from outside
            own = tuple(dict.fromkeys((*per, *basis(words), *basis(self._words(label)), *column.per)))
            deductible = self.deductible or column.deductible or bool(DEDUCTIBLE.search(self._words(label)))
            for state, amount in self._readings(words, column, label, deductible=deductible):
                values.append(Value(cell, amount, state, column.plan, own, deductible))
            if column.plan is None:
                break
        return values

    @cached_property
    def outside(self) -> str | None:
        """Return the currency of figures without one, if the table's own cells name none."""
        return self._table_unit() or currency_before(self.text, self.start)

    def _unit_of(self, label: Cell) -> str | None:
        """Return the unit that a row's label gives its figures: `Wartezeit (Monate)`."""
        match = UNIT_IN_LABEL.search(self._words(label))
        return PERIODS.get(match[1].lower()) if match else None

    def _readings(
        self, words: str, column: Column, label: Cell, *, deductible: bool
    ) -> list[tuple[str, Amount | None]]:
        if column.says_nothing(words):
            return [("text", None)]
        if NOT_COVERED.match(words):
            return [("excluded", None)]
        if UNLIMITED.match(words):
            return [("amount", Amount(0, len(words), None, "", "unlimited", unlimited=True))]
        if NOTHING.match(words):
            unit = column.unit or self._table_unit()
            zero = Amount(0, len(words), number("0", self.language), unit, "money") if unit else None
            return [("amount", zero)] if deductible and zero else [("excluded", None)]
        if INCLUDED.match(words):
            return [("included", None)]
        return self._figures(words, column, label)

    def _figures(self, words: str, column: Column, label: Cell) -> list[tuple[str, Amount | None]]:
        """Return a cell's amounts; a bare number has the unit of its row or column."""
        read = amounts(words, self.language)
        if read:
            return [("amount", each) for each in read]
        counted = COUNTED_CELL.match(words)
        if counted:
            return [("amount", Amount(0, len(words), number(counted[1], self.language), "times", "times"))]
        own = self._unit_of(label)
        unit = own or column.unit
        if BARE_NUMBER.match(words) and unit:
            digits = re.sub(r"[.,][-–—]{1,2}$", "", words)
            kind = "period" if own else "money"
            return [("amount", Amount(0, len(words), number(digits, self.language), unit, kind))]
        return [("text", None)]

    def _table_unit(self) -> str | None:
        """Return the currency that the table's cells are in."""
        for cells in self.by_row.values():
            for cell in cells:
                for amount in amounts(self._words(cell), self.language):
                    if amount.kind == "money":
                        return amount.unit
        return None
