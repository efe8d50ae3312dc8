"""Rows of tables as items: each below what its label, its group or its table's section names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.documents.tree import BENEFIT, EXCLUSION, LIMIT
from workers.documents.understanding import limits
from workers.documents.understanding.amounts import amounts, basis
from workers.documents.understanding.sentences import Piece

if TYPE_CHECKING:
    from workers.documents.reading.model import Cell
    from workers.documents.understanding.builder import Builder
    from workers.documents.understanding.drafts import Draft
    from workers.documents.understanding.sections import Passage
    from workers.documents.understanding.table_rows import Row, Value


OF_EACH = frozenset(("day", "item", "night"))  # that an amount may count by beside another basis


class TableItems:
    """Makes drafts of tables for a builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def hang(self, passage: Passage, rows: list[Row]) -> None:
        """Hang what a table's rows say below the segments or benefits that their labels name."""
        home = self.builder.home(passage)
        lead = self.builder.text[passage.lead.start : passage.lead.end] if passage.lead else ""
        if not lead and passage.section is not None and passage.section.heading:
            lead = passage.section.title
        group: Draft | None = None
        above: dict[str | None, Draft] = {}
        bound: Draft | None = home
        for row in rows:
            words = self.builder.text[row.label.start : row.label.end]
            if row.group:
                group = self.builder.segments.like(words) or self._group(passage, row.label, home)
                continue
            if not row.sub:
                bound = self._row_home(words, group, home)
                above = {}
            self._row(passage, row, bound, above, lead)

    def _group(self, passage: Passage, label: Cell, home: Draft | None) -> Draft:
        draft = self.builder.draft(passage, BENEFIT, Piece(label.start, label.end), "table_group", 0.75)
        draft.name = self.builder.text[label.start : label.end]
        self.builder.hang(draft, home)
        return draft

    def _row_home(self, words: str, group: Draft | None, home: Draft | None) -> Draft | None:
        if group is not None:
            return group
        if home is not None and not self.builder.segments.is_schedule(home):
            return home
        return self.builder.segments.like(words) or home

    def _row(
        self,
        passage: Passage,
        row: Row,
        parent: Draft | None,
        above: dict[str | None, Draft],
        lead: str,
    ) -> None:
        label = Piece(row.label.start, row.label.end)
        words = self.builder.text[label.start : label.end]
        inside = [
            each
            for each in amounts(words, passage.language)
            if limits.cued(words, each) and not limits.is_rhythm(words, each)
        ]
        for value in row.values:
            draft = self._cell(passage, label, value, words, lead)
            if draft is None:
                continue
            host = above.get(value.plan) if row.sub else None
            if row.sub and draft.kind == LIMIT and draft.role == "max":
                draft.role = "sublimit"
            self.builder.hang(draft, host if host is not None and parent is None else parent)
            if not row.sub and draft.kind == LIMIT:
                above.setdefault(value.plan, draft)
        for each in inside:
            pieces = (
                (label, Piece(row.values[0].cell.start, row.values[0].cell.end)) if row.values else (label,)
            )
            draft = self.builder.draft(passage, LIMIT, label, "table_label", 0.85)
            draft.pieces, draft.value, draft.unit, draft.role = pieces, each.text, each.unit, "max"
            self.builder.hang(draft, parent)

    def _cell(self, passage: Passage, label: Piece, value: Value, words: str, lead: str) -> Draft | None:
        kind = {"amount": LIMIT, "included": BENEFIT, "excluded": EXCLUSION}.get(value.state)
        if kind is None:
            return None
        draft = self.builder.draft(passage, kind, label, f"table_{value.state}", 0.9)
        draft.pieces = (label, Piece(value.cell.start, value.cell.end))
        draft.name, draft.plan = words, value.plan
        if value.amount is not None:
            draft.value, draft.unit = value.amount.text or None, value.amount.unit or None
            draft.unlimited = value.amount.unlimited
            draft.role = "deductible" if value.deductible else "max"
            default = self.builder.every if value.amount.kind != "period" else ()
            of_each = tuple(each for each in basis(lead) if each not in value.per)
            draft.per = (
                (value.per + of_each if set(value.per) <= OF_EACH else value.per) or of_each or default
            )
        return draft
