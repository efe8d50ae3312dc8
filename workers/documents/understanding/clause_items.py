"""Sentences as items: what each says becomes drafts below the benefit or segment that it bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.tree import BENEFIT, CONDITION, EXCLUSION, LIMIT, DefinedTerm
from workers.documents.understanding import limits
from workers.documents.understanding.amounts import amounts, basis
from workers.documents.understanding.cues import ANAPHORA
from workers.documents.understanding.kinds import Kind, names_its_subject
from workers.documents.understanding.sentences import Piece, tail
from workers.documents.understanding.taxonomy import stems

if TYPE_CHECKING:
    from workers.documents.understanding.amounts import Amount
    from workers.documents.understanding.builder import Builder
    from workers.documents.understanding.drafts import Draft
    from workers.documents.understanding.sections import Passage

BOUND_TO = re.compile(
    r"^(?:Voraussetzung|Bedingung|Vorausgesetzt|It is a condition that|Provided)\b", re.IGNORECASE
)


class ClauseItems:
    """Makes drafts of sentences for a builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def hang(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> None:
        """Hang what a sentence of a kind says below what it bounds."""
        words = self.builder.text[part.start : part.end]
        if kind.name in (BENEFIT, "bare"):
            self._benefit(passage, part, kind, read)
        elif kind.name == LIMIT:
            own = [each for each in read if limits.bounds_payment(words, each)]
            if not self._limits(passage, part, own, self._parent(passage, part, kind), kind):
                self._simple(passage, part, replace_kind(kind, CONDITION), read)
        elif kind.name == EXCLUSION:
            draft = self._simple(passage, part, kind, read)
            self.builder.last_exclusion = draft
            bounding = [each for each in read if limits.bounds_exclusion(words, each)]
            self._limits(passage, part, bounding, self._parent(passage, part, kind), kind)
        else:
            self._simple(passage, part, kind, read)
            own = [each for each in read if limits.bounds_condition(words, each)]
            self._limits(passage, part, own, self._parent(passage, part, kind), kind)

    def _simple(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> Draft:
        draft = self.builder.draft(passage, kind.name, part, kind.rule, kind.confidence)
        one = next((each for each in read if each.value is not None), None)
        if kind.name == CONDITION and one is not None:
            draft.value, draft.unit = one.text, one.unit
            draft.per = basis(self.builder.text[part.start : part.end])
        parent = self._parent(passage, part, kind)
        self.builder.hang(draft, parent)
        return draft

    def _benefit(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> None:
        words = self.builder.text[part.start : part.end]
        draft = self.builder.draft(passage, BENEFIT, part, kind.rule, kind.confidence)
        if kind.exception:
            draft.is_exception = True
            draft.exception_to = self.builder.last_exclusion
        self.builder.hang(draft, self.builder.home(passage))
        self.builder.last_benefit = draft
        if passage.section is not None:
            self.builder.by_section.setdefault(id(passage.section), draft)
        own = [each for each in read if limits.bounds_benefit(words, each)]
        bounds = self._limits(passage, part, own, draft, kind)
        if (
            kind.name == "bare"
            and not bounds
            and kind.rule != "insurer_acts"
            and not names_its_subject(words)
        ):
            self._period(draft, words, read[0])
        for each in bounds if kind.exception else ():
            each.is_exception, each.exception_to = True, self.builder.last_exclusion
        last = tail(self.builder.text, part)
        if last is not None and not kind.exception:
            condition = self.builder.draft(passage, CONDITION, last, "tail", 0.85)
            self.builder.hang(condition, draft)

    def _period(self, draft: Draft, words: str, one: Amount) -> None:
        """Make a limit of a period that counts by something, `10 hours in any one year`; of others a condition."""
        draft.per = basis(words)
        counts = one.kind == "period" and limits.bounds_payment(words, one) and basis(words[one.end :]) != ()
        draft.kind, draft.rule = (LIMIT if counts else CONDITION), "bare_period"
        draft.role = "max" if counts else None
        draft.value, draft.unit = one.text or None, one.unit or None

    def _limits(
        self, passage: Passage, part: Piece, read: list[Amount], parent: Draft | None, kind: Kind
    ) -> list[Draft]:
        words = self.builder.text[part.start : part.end]
        drafts = []
        every = amounts(words, passage.language)
        for each in read:
            facts = limits.facts(
                words,
                each,
                every,
                self.builder.text[passage.lead.start : passage.lead.end] if passage.lead else "",
            )
            draft = self.builder.draft(passage, LIMIT, part, kind.rule, kind.confidence)
            draft.value, draft.unit = (each.text or None), (each.unit or None)
            draft.unlimited, draft.role = each.unlimited, facts.role
            if each.kind == "money":
                draft.per = facts.per or self._half_before(passage, part) or self.builder.every
            else:
                draft.per = facts.per
            self.builder.hang(draft, parent)
            drafts.append(draft)
        return drafts

    def _half_before(self, passage: Passage, part: Piece) -> tuple[str, ...]:
        """Return what the half of a sentence before a semicolon counts by."""
        before = self.builder.text[passage.start : part.start].rstrip()
        return basis(re.split(r"[.!?]\s", before)[-1]) if before.endswith(";") else ()

    def define(self, passage: Passage, part: Piece, read: list[Amount]) -> None:
        """Note what a word means; an amount in it is an item, or told as unassigned."""
        words = self.builder.text[part.start : part.end]
        term = re.split(r"\s(?:means?|bedeutet|bezeichnet|gelten|gilt|ist|sind|refers)\b", words)[0].strip(
            ' „“"*'
        )
        self.builder.terms.append(DefinedTerm(term, words, passage.block.page, part.start, part.end))
        if not read:
            return
        if limits.is_deductible(words):
            self._limits(passage, part, read, self.builder.home(passage), Kind(LIMIT, "defined_deductible"))
        elif any(limits.cued(words, each) for each in read):
            self._simple(passage, part, Kind(CONDITION, "defined_bound", confidence=0.8), read)
        else:
            self.builder.reasons[part.start] = "definition"

    def _parent(self, passage: Passage, part: Piece, kind: Kind) -> Draft | None:
        """Return the benefit that a clause bounds: the one that stands before it in the same clause, else the segment."""
        if passage.lead is not None:
            _, benefit = self.builder.leads.get(id(passage.lead), (None, None))
            if benefit is not None:
                return benefit
        last = self.builder.last_benefit
        if kind.name == EXCLUSION:
            within = last is not None and last.pieces[0].start <= part.start < last.pieces[0].end
            return last if within else self.builder.home(passage)
        if (
            last is not None
            and passage.start <= last.start <= passage.end
            and self._speaks_of(last, part, kind)
        ):
            return last
        return self.builder.home(passage)

    def _speaks_of(self, benefit: Draft, part: Piece, kind: Kind) -> bool:
        """Say whether a clause bounds the benefit before it: it is part of it, points to it, or shares its words."""
        words = self.builder.text[part.start : part.end]
        piece = benefit.pieces[0]
        if piece.start <= part.start < piece.end or kind.rule == "no_object" or ANAPHORA.search(words):
            return True
        return bool(
            stems(words) & stems(self.builder.text[piece.start : piece.end]) or BOUND_TO.search(words)
        )


def replace_kind(kind: Kind, name: str) -> Kind:
    """Return a kind with another name and the same rule."""
    return Kind(name, kind.rule, kind.exception, kind.confidence)
