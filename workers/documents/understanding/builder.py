"""Passages put together to a tree: segments, the benefits of each, and what bounds them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from workers.documents.tree import BENEFIT, CONDITION, EXCLUSION, LIMIT, SEGMENT, DefinedTerm, Warned
from workers.documents.understanding import limits, references, tables
from workers.documents.understanding.amounts import amounts, basis
from workers.documents.understanding.clauses import Kind, Place, classify
from workers.documents.understanding.cues import ANAPHORA, EVENTS
from workers.documents.understanding.drafts import Draft
from workers.documents.understanding.instructions import INSTRUCTION, instruction, suspicious
from workers.documents.understanding.labels import label_of, role_of
from workers.documents.understanding.parts import parts_of
from workers.documents.understanding.sections import Passage, Section, reference_of
from workers.documents.understanding.segments import Segments
from workers.documents.understanding.sentences import (
    Piece,
    sentences,
    tail,
)
from workers.documents.understanding.table_items import TableItems
from workers.documents.understanding.taxonomy import Taxonomy, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.model import Block, Cell, Reading
    from workers.documents.understanding.amounts import Amount

NAME_WORDS = 7
MOST_AMOUNTS = 60  # of a sentence: no clause has so many, and each is looked at beside all others
UNCHECKED = "☐"  # a box that is not ticked: what stands beside it was not chosen
ASKS = re.compile(r"^(?:what|who|when|where|how|was|wer|wann|wo|wofür|wie) (?!(?:is|are) )", re.IGNORECASE)
BOUND_TO = re.compile(
    r"^(?:Voraussetzung|Bedingung|Vorausgesetzt|It is a condition that|Provided)\b", re.IGNORECASE
)
EVERY_PERSON = re.compile(
    r"\b(?:amounts?|sums?|limits?|benefits?)\b.{0,60}\b(?:are|apply|is)\b.{0,30}\b(?:for each|per) (?:insured )?person\b"
    r"|\b(?:summen|beträge|leistungen|höchstbeträge|versicherungssummen)\b.{0,60}\b(?:gelten|verstehen sich|sind)\b.{0,30}\b(?:pro|je) (?:versicherte )?person\b",
    re.IGNORECASE,
)  # fmt: skip


class Builder:
    """Makes drafts of passages; `reasons` says why amounts are in no item."""

    def __init__(self, reading: Reading, taxonomy: Taxonomy) -> None:
        self.reading, self.text, self.taxonomy = reading, reading.text, taxonomy
        self.tops: list[Draft] = []
        self.terms: list[DefinedTerm] = []
        self.warnings: list[Warned] = []
        self.reasons: dict[int, str] = {}
        self.by_section: dict[int, Draft] = {}
        self.leads: dict[int, tuple[Kind, Draft | None]] = {}
        self.every: tuple[str, ...] = ()
        self.last_exclusion: Draft | None = None
        self.last_benefit: Draft | None = None
        self.note_parent: Draft | None = None
        self.last_section: Section | None = None
        self.last_table: Block | None = None  # the one with the headings
        self.table_end: Block | None = None  # the last piece of it
        self.pending: list[tuple[Passage, list[tables.Row]]] = []

    def build(self, passages: Sequence[Passage]) -> list[Draft]:
        """Return the top drafts of all passages."""
        self.segments = Segments(passages, self.text, self.taxonomy)
        if EVERY_PERSON.search(self.text):
            self.every = ("person",)
        for passage in passages:
            if passage.block.kind != "note":
                self._passage(passage)
        for passage, rows in self.pending:
            TableItems(self).hang(passage, rows)
        for passage in passages:
            if passage.block.kind == "note":
                self._note(passage)
        self.warnings += references.resolve(self._all(), passages, self.text)
        return [*self.segments.drafts(), *self.tops]

    def _all(self) -> list[Draft]:
        def below(draft: Draft) -> list[Draft]:
            return [draft, *(each for child in draft.children for each in below(child))]

        return [each for top in (*self.segments.drafts(), *self.tops) for each in below(top)]

    def _note(self, passage: Passage) -> None:
        """Read a note where it is called: what it says belongs to the clause or cell that calls it."""
        callers = [d for d in self._all() if any(p.start <= passage.called <= p.end + 1 for p in d.pieces)]
        caller = callers[-1] if passage.host is not None and callers else None
        self.last_exclusion = caller if caller is not None and caller.kind == EXCLUSION else None
        while caller is not None and caller.kind not in (BENEFIT, SEGMENT):
            caller = caller.parent
        self.note_parent = caller
        self._clauses(passage, after_exclusion=self.last_exclusion is not None)
        self.note_parent = None

    def _passage(self, passage: Passage) -> None:
        if passage.section is not self.last_section and passage.heading is not None:
            self.last_benefit = self.last_exclusion = None
        self.last_section = passage.section
        if passage.heading is not None:
            return
        if passage.block.kind == "table":
            opposed = tables.sentences_of(passage.block, self.text, passage.language)
            if opposed:
                self._opposed(passage, opposed)
                return
            before = self._goes_on_from(passage)
            rows = tables.rows_of(passage.block, self.text, passage.language, before=before)
            self.pending.append((passage, rows))
            self.last_table = before or passage.block
            self.table_end = passage.block
            return
        self._clauses(passage)

    def _opposed(self, passage: Passage, cells: list[tuple[Cell, Cell]]) -> None:
        """Read the cells of a table that sets what is covered beside what is not, each as below its heading."""
        for cell, head in cells:
            title = self.text[head.start : head.end]
            section = Section("", "", 90, title, head.start, head.end, role_of(title), heading=True)
            section.parent = passage.section
            words = self.text[cell.start : cell.end]
            start = cell.start + label_of(words)[3]
            self._clauses(
                replace(passage, start=start, end=cell.end, section=section, is_item=True, lead=None)
            )

    def _goes_on_from(self, passage: Passage) -> Block | None:
        """Return the table that one at the top of the next page goes on from: nothing stands between."""
        last = self.table_end
        if last is None or passage.block.page != last.page + 1:
            return None
        return self.last_table if not self.text[last.end : passage.block.start].strip() else None

    def _clauses(self, passage: Passage, *, after_exclusion: bool = False) -> None:
        place = self._place(passage)
        for sentence in sentences(self.text, passage.start, passage.end):
            for part in parts_of(self.text, sentence, excludes=place.lead == EXCLUSION):
                kind = self._sentence(passage, part, place, after_exclusion=after_exclusion)
                after_exclusion = kind.name == EXCLUSION
                if passage.children and passage.end == part.end:
                    self.leads[id(passage)] = self._lead(kind, part)

    def _lead(self, kind: Kind, part: Piece) -> tuple[Kind, Draft | None]:
        """Return what a sentence that leads a list is, and the benefit that it made."""
        last = self.last_benefit
        if kind.name == "bare" and last is not None and last.start == part.start and last.kind == BENEFIT:
            kind = replace_kind(kind, BENEFIT)
        return kind, last if kind.name == BENEFIT else None

    def _place(self, passage: Passage) -> Place:
        headings = [s for s in (passage.section.path() if passage.section else []) if s.heading]
        role = next((s.role for s in reversed(headings) if s.role not in (None, "general", "schedule")), None)
        if headings and headings[-1].role in ("general", "schedule"):
            role = None
        lead, events = None, False
        if passage.lead is not None:
            kind, _ = self.leads.get(id(passage.lead), (None, None))
            lead = kind.name if kind else None
            words = self.text[passage.lead.start : passage.lead.end]
            events = bool(EVENTS.search(words))
            if lead in ("none", "bare", "definition", None):
                lead = None
        general = self.segments.is_general(passage)
        in_part = not general and self.home(passage) is not None
        return Place(
            role=role, lead=lead, events=events, general=general, is_item=passage.is_item, in_part=in_part
        )

    def _sentence(self, passage: Passage, part: Piece, place: Place, *, after_exclusion: bool) -> Kind:
        words = self.text[part.start : part.end]
        if UNCHECKED in words:
            self.reasons[part.start] = "not_selected"
            return Kind("none", "not_selected")
        if suspicious(words):
            self.reasons[part.start] = INSTRUCTION
            self.warnings.append(instruction(words, passage.block.page))
            return Kind("none", INSTRUCTION)
        read = amounts(words, passage.language)
        if len(read) > MOST_AMOUNTS:
            self.reasons[part.start] = "too_many_amounts"
            return Kind("none", "too_many_amounts")
        here = replace(
            place,
            after_exclusion=after_exclusion,
            has_amount=bool(read),
            leads=bool(passage.children) and part.end == passage.end,
        )
        kind = classify(words, here)
        if ASKS.match(words) and words[-1].isalpha():
            return kind  # `What we pay for`: what stands below says it
        if kind.name == "definition":
            self._define(passage, part, read)
            return kind
        if kind.name == "none":
            self.reasons[part.start] = kind.rule
            return kind
        if passage.children and part.end == passage.end and kind.name in (EXCLUSION, CONDITION) and not read:
            return kind  # the items of the list say it
        self._items(passage, part, kind, read)
        return kind

    def _items(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> None:
        words = self.text[part.start : part.end]
        if kind.name in (BENEFIT, "bare"):
            self._benefit(passage, part, kind, read)
        elif kind.name == LIMIT:
            own = [each for each in read if limits.bounds_payment(words, each)]
            if not self._limits(passage, part, own, self._parent(passage, part, kind), kind):
                self._simple(passage, part, replace_kind(kind, CONDITION), read)
        elif kind.name == EXCLUSION:
            draft = self._simple(passage, part, kind, read)
            self.last_exclusion = draft
            bounding = [each for each in read if limits.bounds_exclusion(words, each)]
            self._limits(passage, part, bounding, self._parent(passage, part, kind), kind)
        else:
            self._simple(passage, part, kind, read)
            own = [each for each in read if limits.bounds_condition(words, each)]
            self._limits(passage, part, own, self._parent(passage, part, kind), kind)

    def draft(self, passage: Passage, kind: str, piece: Piece, rule: str, confidence: float) -> Draft:
        """Return a draft of a piece, named by the taxonomy or its own first words."""
        words = self.text[piece.start : piece.end]
        entry = self.taxonomy.match(words, None if kind != SEGMENT else "segments")
        return Draft(
            kind,
            (piece,),
            self._name(words, entry.names.get(passage.language) if entry else None),
            f"{rule}" + (f"+{entry.key}" if entry else ""),
            passage.language,
            key=entry.key if entry else None,
            included=kind != EXCLUSION,
            section=reference_of(passage.section),
            references=references.named(words),
            source=passage.block.source,
            confidence=confidence,
        )

    def _name(self, words: str, canonical: str | None) -> str:
        head = re.match(r"^([^:.]{3,50}):\s", words)
        if head:
            return head[1]
        return canonical or " ".join(words.split()[:NAME_WORDS]).rstrip(".,;:")

    def _simple(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> Draft:
        draft = self.draft(passage, kind.name, part, kind.rule, kind.confidence)
        one = next((each for each in read if each.value is not None), None)
        if kind.name == CONDITION and one is not None:
            draft.value, draft.unit = one.text, one.unit
            draft.per = basis(self.text[part.start : part.end])
        parent = self._parent(passage, part, kind)
        self.hang(draft, parent)
        return draft

    def _benefit(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> None:
        words = self.text[part.start : part.end]
        draft = self.draft(passage, BENEFIT, part, kind.rule, kind.confidence)
        if kind.exception:
            draft.is_exception = True
            draft.exception_to = self.last_exclusion
        self.hang(draft, self.home(passage))
        self.last_benefit = draft
        if passage.section is not None:
            self.by_section.setdefault(id(passage.section), draft)
        own = [each for each in read if limits.bounds_benefit(words, each)]
        bounds = self._limits(passage, part, own, draft, kind)
        if kind.name == "bare" and not bounds and kind.rule != "insurer_acts":
            draft.kind, draft.rule = CONDITION, "bare_period"
            one = read[0]
            draft.value, draft.unit = one.text or None, one.unit or None
        for each in bounds if kind.exception else ():
            each.is_exception, each.exception_to = True, self.last_exclusion
        last = tail(self.text, part)
        if last is not None and not kind.exception:
            condition = self.draft(passage, CONDITION, last, "tail", 0.85)
            self.hang(condition, draft)

    def _limits(
        self, passage: Passage, part: Piece, read: list[Amount], parent: Draft | None, kind: Kind
    ) -> list[Draft]:
        words = self.text[part.start : part.end]
        drafts = []
        every = amounts(words, passage.language)
        for each in read:
            facts = limits.facts(
                words, each, every, self.text[passage.lead.start : passage.lead.end] if passage.lead else ""
            )
            draft = self.draft(passage, LIMIT, part, kind.rule, kind.confidence)
            draft.value, draft.unit = (each.text or None), (each.unit or None)
            draft.unlimited, draft.role = each.unlimited, facts.role
            draft.per = facts.per or (self.every if each.kind == "money" else ())
            self.hang(draft, parent)
            drafts.append(draft)
        return drafts

    def _define(self, passage: Passage, part: Piece, read: list[Amount]) -> None:
        words = self.text[part.start : part.end]
        term = re.split(r"\s(?:means?|bedeutet|bezeichnet|gelten|gilt|ist|sind|refers)\b", words)[0].strip(
            ' „“"*'
        )
        self.terms.append(DefinedTerm(term, words, passage.block.page, part.start, part.end))
        if not read:
            return
        if limits.is_deductible(words):
            self._limits(passage, part, read, self.home(passage), Kind(LIMIT, "defined_deductible"))
        elif any(limits.cued(words, each) for each in read):
            self._simple(passage, part, Kind(CONDITION, "defined_bound", confidence=0.8), read)
        else:
            self.reasons[part.start] = "definition"

    def home(self, passage: Passage) -> Draft | None:
        """Return the segment that a passage belongs to, a note's clause that calls it."""
        return self.note_parent or self.segments.of(passage)

    def _parent(self, passage: Passage, part: Piece, kind: Kind) -> Draft | None:
        """Return the benefit that a clause bounds: the one that stands before it in the same clause, else the segment."""
        if passage.lead is not None:
            _, benefit = self.leads.get(id(passage.lead), (None, None))
            if benefit is not None:
                return benefit
        last = self.last_benefit
        if kind.name == EXCLUSION:
            within = last is not None and last.pieces[0].start <= part.start < last.pieces[0].end
            return last if within else self.home(passage)
        if (
            last is not None
            and passage.start <= last.start <= passage.end
            and self._speaks_of(last, part, kind)
        ):
            return last
        return self.home(passage)

    def _speaks_of(self, benefit: Draft, part: Piece, kind: Kind) -> bool:
        """Say whether a clause bounds the benefit before it: it is part of it, points to it, or shares its words."""
        words = self.text[part.start : part.end]
        piece = benefit.pieces[0]
        if piece.start <= part.start < piece.end or kind.rule == "no_object" or ANAPHORA.search(words):
            return True
        return bool(stems(words) & stems(self.text[piece.start : piece.end]) or BOUND_TO.search(words))

    def hang(self, draft: Draft, parent: Draft | None) -> None:
        """Hang a draft below another, or at the top."""
        draft.parent = parent
        if parent is None:
            self.tops.append(draft)
        else:
            parent.children.append(draft)


def replace_kind(kind: Kind, name: str) -> Kind:
    """Return a kind with another name and the same rule."""
    return Kind(name, kind.rule, kind.exception, kind.confidence)
