"""Passages put together to a tree: segments, the benefits of each, and what bounds them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from workers.documents.tree import BENEFIT, CONDITION, EXCLUSION, LIMIT, SEGMENT, DefinedTerm, Warned
from workers.documents.understanding import references, tables
from workers.documents.understanding.amounts import amounts, basis
from workers.documents.understanding.clause_items import ClauseItems, replace_kind
from workers.documents.understanding.clauses import classify
from workers.documents.understanding.cues import EVENTS, INSURED_EVENTS
from workers.documents.understanding.drafts import Draft
from workers.documents.understanding.instructions import INSTRUCTION, instruction, suspicious
from workers.documents.understanding.kinds import Kind, Place
from workers.documents.understanding.labels import label_of, role_of
from workers.documents.understanding.limits import is_deductible
from workers.documents.understanding.parts import parts_of
from workers.documents.understanding.sections import Passage, Section, reference_of
from workers.documents.understanding.segments import Segments
from workers.documents.understanding.sentences import (
    Piece,
    sentences,
)
from workers.documents.understanding.table_items import TableItems
from workers.documents.understanding.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.reading.model import Block, Cell, Reading
    from workers.documents.understanding.amounts import Amount
    from workers.documents.understanding.table_rows import Row

NAME_WORDS = 7
MOST_AMOUNTS = 60  # of a sentence: no clause has so many, and each is looked at beside all others
UNCHECKED = "☐"  # a box that is not ticked: what stands beside it was not chosen
ASKS = re.compile(r"^(?:what|who|when|where|how|was|wer|wann|wo|wofür|wie) (?!(?:is|are) )", re.IGNORECASE)
EVERY = re.compile(
    r"\b(?:amounts?|sums?|limits?|benefits?)\b.{0,60}?\b(?:are|apply|is)\b(?P<en>.{0,30}\b(?:for each|per|each) (?:insured )?(?:person|member|adult|traveller)\b(?: and (?:\w+ )?year)?)"
    r"|\b(?:summen|beträge|leistungen|höchstbeträge|versicherungssummen)\b.{0,60}?\b(?:gelten|verstehen sich|sind)\b(?P<de>.{0,30}\b(?:pro|je) (?:versicherte )?person\b(?: und (?:\w*jahr))?)",
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
        self.pending: list[tuple[Passage, list[Row]]] = []

    def build(self, passages: Sequence[Passage]) -> list[Draft]:
        """Return the top drafts of all passages."""
        self.segments = Segments(passages, self.text, self.taxonomy)
        every = EVERY.search(self.text)
        self.every = basis(every["en"] or every["de"]) if every else ()
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
            role = passage.section.role if passage.section else None
            if (
                passage.lead is not None
                and role_of(self.text[passage.lead.start : passage.lead.end]) == "deductible"
            ):
                role = "deductible"
            rows = tables.rows_of(passage.block, self.text, passage.language, before=before, role=role)
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
        """Return the table that one at the top of the next page or column goes on from: nothing stands between."""
        last = self.table_end
        if last is None or passage.block.page - last.page not in (0, 1):
            return None
        return self.last_table if not self.text[last.end : passage.block.start].strip() else None

    def _clauses(self, passage: Passage, *, after_exclusion: bool = False) -> None:
        place, before, borne = self._place(passage), "", False
        for sentence in sentences(self.text, passage.start, passage.end):
            for part in parts_of(self.text, sentence, excludes=EXCLUSION in (place.lead, place.role)):
                place = replace(place, after_benefit=before == BENEFIT, after_deductible=borne)
                kind = self._sentence(passage, part, place, after_exclusion=after_exclusion)
                after_exclusion, before = kind.name == EXCLUSION, kind.name
                borne = is_deductible(self.text[part.start : part.end])
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
            events = bool(EVENTS.search(words)) and not INSURED_EVENTS.search(words)
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
        if kind.name == BENEFIT and not read and self._is_preamble(passage):
            kind = Kind("none", "preamble")
        self._hang(passage, part, kind, read)
        return kind

    def _hang(self, passage: Passage, part: Piece, kind: Kind, read: list[Amount]) -> None:
        """Make the items of a sentence; of one that leads a list, the list's items say it."""
        if kind.name == "definition":
            ClauseItems(self).define(passage, part, read)
        elif kind.name == "none":
            self.reasons[part.start] = kind.rule
        elif not (
            passage.children
            and part.end == passage.end
            and kind.name in (EXCLUSION, CONDITION, LIMIT)
            and not read
        ):
            ClauseItems(self).hang(passage, part, kind, read)

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

    def _is_preamble(self, passage: Passage) -> bool:
        """Say whether a passage stands before the first part of cover: who is insured, how to read on."""
        segments = self.segments.order
        return bool(segments) and passage.start < segments[0].start and self.home(passage) is None

    def home(self, passage: Passage) -> Draft | None:
        """Return the segment that a passage belongs to, a note's clause that calls it."""
        return self.note_parent or self.segments.of(passage)

    def hang(self, draft: Draft, parent: Draft | None) -> None:
        """Hang a draft below another, or at the top."""
        draft.parent = parent
        if parent is None:
            self.tops.append(draft)
        else:
            parent.children.append(draft)
