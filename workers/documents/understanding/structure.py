"""Blocks as sections: labels of every numbering, headings with their part to play, lists with their lead."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from workers.documents.understanding.headings import TERMINAL, Headings
from workers.documents.understanding.labels import label_of, role_of
from workers.documents.understanding.language import SUPPORTED, language_of
from workers.documents.understanding.sections import (
    Passage,
    Section,
    extends,
    holds,
    is_on_level,
    looks_alike,
)

if TYPE_CHECKING:
    from workers.documents.reading.model import Block, Reading

BELOW = re.compile(
    r"\b(?:listed below|as follows|set out below|nachstehend\w*|nachfolgend\w*|folgende[nrm]?|the following)\b",
    re.IGNORECASE,
)  # a whole sentence that still leads a list
FOR_ALL = re.compile(  # titles of what holds for all parts, where no label or size tells their level
    r"(?:general|common|gemeinsame|allgemeine|generelle|claims?|making a claim|how to claim|what we (?:ask|expect|need|require)|schadenregulierung|(?:\w+ )?im schadenfall)\b",
    re.IGNORECASE,
)
SHORT_WORDS = 4  # that say too little of a language
LARGER = 1.06  # times the size of another heading
TITLE_RANK = -1.0
INDENTED = 4.0  # points further in than what leads a list


def structure(reading: Reading) -> list[Passage]:
    """Return a reading's passages, each with its section and, in lists, its lead."""
    return _Builder(reading).passages()


class _Builder:
    def __init__(self, reading: Reading) -> None:
        self.text = reading.text
        self.calls = reading.calls
        self.blocks = [block for block in reading.blocks if block.end > block.start]
        self.headings = Headings(self.text, self.blocks)
        self.default = language_of(self.text[:20000], None)
        self.section: Section | None = None
        self.lead: Passage | None = None
        self.lead_name = self.list_name = ""
        self.outer: list[tuple[Passage | None, str, str]] = []  # leads of the lists that the open one is in
        self.item_open = False
        self.heading_block: Block | None = None

    def passages(self) -> list[Passage]:
        """Return all passages but those of a table of contents; notes stand where they are called."""
        read = [self._passage(index, block) for index, block in enumerate(self.blocks)]
        passages = [passage for passage in read if passage is not None]
        self._bind_notes(passages)
        return passages

    def _bind_notes(self, passages: list[Passage]) -> None:
        """Give each note the section and host of the place that calls it; the nearest call before it."""
        starts = [passage.block.start for passage in passages]
        for note in passages:
            if note.block.kind != "note":
                continue
            calls = [
                c for c in self.calls if c.mark == note.block.mark and abs(c.page - note.block.page) <= 1
            ]
            if not calls:
                continue
            call = min(calls, key=lambda c: (c.page != note.block.page, abs(c.offset - note.start)))
            host = passages[max(bisect_right(starts, call.offset) - 1, 0)]
            note.section, note.host, note.called = host.section, host, call.offset

    def _passage(self, index: int, block: Block) -> Passage | None:
        text = self.text[block.start : block.end]
        language = self._language(index, text)
        if block.kind == "table":
            passage = Passage(
                block, block.start, block.end, "", self.section, language, is_item=False, lead=self.lead
            )
            self.lead = None
            return passage
        if block.kind == "note":
            return Passage(block, block.start, block.end, "", self.section, language, is_item=False)
        if self.headings.is_contents(text, index):
            return None
        label, name, rank, offset = label_of(text)
        start = block.start + offset
        if start >= block.end:
            return None
        passage = Passage(block, start, block.end, label, self.section, language, is_item=name == "bullet")
        if self.headings.is_heading(block, text, label, index):
            self._open(passage, name, rank, heading=True)
        else:
            self._clause(passage, name, rank, index)
        return passage

    def _language(self, index: int, text: str) -> str:
        """Return a block's language; a short one is taken to be in that of the block behind it, if no rules are for that."""
        own = language_of(text, self.default)
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        if len(text.split()) > SHORT_WORDS or following is None or following.page != self.blocks[index].page:
            return own
        other = language_of(self.text[following.start : following.end], self.default)
        return own if other in SUPPORTED else other

    def _open(self, passage: Passage, name: str, rank: float, *, heading: bool) -> None:
        title = self.text[passage.start : passage.end]
        block = passage.block
        if block.level is not None:
            rank = -10 + block.level
        elif heading and not name:
            rank = self._style_rank(block)
        section = Section(
            passage.label,
            name,
            rank,
            title,
            passage.start,
            passage.end,
            role_of(title),
            heading,
            size=block.size,
        )
        section.parent = self._parent(section)
        self.section = passage.heading = passage.section = section
        self.lead, self.heading_block, self.item_open = None, block, False
        self.outer, self.list_name = [], ""

    def _style_rank(self, block: Block) -> float:
        """Return the rank of a heading without a label: larger type stands higher."""
        if self.headings.is_plain:
            return self._plain_rank(block)
        if self.section is None:
            return -1.0 if block.size > 1.3 * (self.headings.body or block.size) else 0.5
        for section in reversed(self.section.path()):
            if section.heading and section.size and block.size >= 0.97 * section.size:
                return section.rank
        last = next((s for s in reversed(self.section.path()) if s.heading), None)
        return last.rank + 0.5 if last else 0.5

    def _plain_rank(self, block: Block) -> float:
        """Return the rank of a heading without a label in plain text: below the last one with a label."""
        if block is self.blocks[0]:
            return TITLE_RANK
        path = self.section.path() if self.section else []
        labelled = [section for section in path if section.heading and section.label]
        title = self.text[block.start : block.end]
        role = role_of(title)
        if role == "general" or FOR_ALL.match(title):
            return labelled[0].rank if labelled else 0.5
        functional = role is not None
        return labelled[-1].rank + 0.5 if labelled else 0.5 + 0.25 * functional

    def _parent(self, new: Section) -> Section | None:
        node = self.section
        while node is not None:
            if new.heading and not node.heading:
                node = node.parent
                continue
            unsigned = (
                self.headings.is_plain and bool(new.label) and not node.label and node.rank > TITLE_RANK
            )
            if new.heading and (
                unsigned or looks_alike(node, new) or is_on_level(node, new) or _is_smaller(node, new)
            ):
                node = node.parent
                continue
            if not new.heading and node.heading and holds(node, new):
                return node
            bigger = bool(node.size and new.size) and node.size > 1.06 * new.size and node.heading
            same = node.name == new.name and node.name != ""
            if extends(new.label, node.label) or (node.rank < new.rank and not same) or (bigger and not same):
                return node
            if same and node.rank < new.rank:
                return node
            node = node.parent
        return None

    def _clause(self, passage: Passage, name: str, rank: float, index: int) -> None:
        """Hang a clause below its section; list items below the sentence that leads them."""
        words = self.text[passage.start : passage.end]
        sign = name or ("item" if passage.block.kind == "item" else "")  # Markdown's own lists have no label
        self._back_to_list(sign)
        listed = name == "bullet" or passage.block.kind == "item" or self._goes_on_list(name)
        listed = (
            listed or (not name and self._is_bare_item(passage, words)) or self._is_numbered_item(passage)
        )
        self.item_open = listed and words.endswith((";", ","))
        if listed:
            self.list_name = self.list_name or sign
            passage.is_item = True
            passage.lead = self.lead
            if self.lead is not None:
                self.lead.children.append(passage)
        if name and name != "bullet":
            keep = self.lead if listed else None
            self._open_clause(passage, name, rank)
            self.lead = keep
        if self._leads(passage, index, listed=listed):
            self.outer = [*self.outer, (self.lead, self.lead_name, self.list_name)] if listed else []
            self.lead, self.lead_name, self.list_name = passage, name, ""
        elif not listed:
            self.lead = None

    def _back_to_list(self, name: str) -> None:
        """Go back to the list that an item's numbering belongs to, where one within it has ended."""
        if not name or name == self.list_name or name not in [frame[2] for frame in self.outer]:
            return
        while self.outer and self.list_name != name:
            self.lead, self.lead_name, self.list_name = self.outer.pop()

    def _leads(self, passage: Passage, index: int, *, listed: bool) -> bool:
        """Say whether a list hangs on a clause; an item leads one only with a colon, or items further in."""
        words = self.text[passage.start : passage.end]
        if not listed or words.endswith(":"):
            return _is_lead(words) or (bool(BELOW.search(words)) and self._is_bullet(index + 1))
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        if following is None or not _is_lead(words):
            return False
        if following.page == passage.block.page and following.indent > passage.block.indent + INDENTED:
            return True
        own, other = passage.label, label_of(self.text[following.start : following.end])[:2]
        return bool(own and other[0]) and label_of(f"{own} X")[1] != other[1]

    def _is_bullet(self, index: int) -> bool:
        block = self.blocks[index] if index < len(self.blocks) else None
        if block is None:
            return False
        words = self.text[block.start : block.end]
        return block.kind == "item" or label_of(words)[1] in ("bullet", "letter")

    def _is_numbered_item(self, passage: Passage) -> bool:
        """Say whether a clause is an item of the one above it by its number: 1.4.1 below `1.4 We pay:`."""
        if self.lead is None or not self.lead.label or not extends(passage.label, self.lead.label):
            return False
        return self.text[self.lead.start : self.lead.end].endswith(":")

    def _is_bare_item(self, passage: Passage, words: str) -> bool:
        """Say whether a paragraph without a sign is an item: by its punctuation or its indent."""
        if self.item_open:
            return True
        before = self.lead.block if self.lead is not None else self.heading_block
        if before is None:
            return False
        indented = passage.block.indent > before.indent + INDENTED and before.page == passage.block.page
        if self.lead is not None:
            return (
                words.endswith(";")
                or (words[0].islower() and not self._ends_list(indented=indented))
                or indented
            )
        small = words[0].islower()
        if words.endswith(";"):
            return indented or small
        return indented and (small or not TERMINAL.search(words))

    def _ends_list(self, *, indented: bool) -> bool:
        """Say whether what has no sign behind items with one goes on with the sentence that leads them."""
        return (
            self.lead is not None
            and bool(self.lead.children and self.lead.children[-1].label)
            and not indented
        )

    def _goes_on_list(self, name: str) -> bool:
        """Say whether a numbering is of the items of an open list, not of the sentence that leads it."""
        if name in ("letter", "dotted", "double", "small_roman"):
            return True
        if name != "round" or self.lead is None:
            return False
        return name != self.lead_name and self.list_name in ("", name)

    def _open_clause(self, passage: Passage, name: str, rank: float) -> None:
        title = self.text[passage.start : passage.end]
        section = Section(passage.label, name, rank, title, passage.start, passage.end, None, heading=False)
        section.parent = self._parent(section)
        self.section = passage.section = section


def _is_smaller(node: Section, new: Section) -> bool:
    """Say whether a heading without a label is set in smaller type than another: it cannot hold that."""
    return not node.label and bool(node.size and new.size) and new.size > LARGER * node.size


def _is_lead(text: str) -> bool:
    """Say whether a text leads a list: it ends in a colon or without a full stop."""
    return text.endswith(":") or not re.search(r"[.;!?,][\"“”»)]*$", text)
