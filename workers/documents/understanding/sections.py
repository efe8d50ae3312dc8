"""Sections and passages: what headings and labelled clauses hold, and how they are cited."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.documents.reading.model import Block


@dataclass(slots=True)
class Section:
    """A heading or labelled clause that others hang below."""

    label: str
    name: str  # which numbering
    rank: float
    title: str
    start: int
    end: int
    role: str | None
    heading: bool
    parent: Section | None = None
    size: float = 0.0

    def path(self) -> list[Section]:
        """Return the sections from the outermost down to this one."""
        return [*(self.parent.path() if self.parent else []), self]


@dataclass(slots=True)
class Passage:
    """A block with its section: the text of a clause without its label, or a table."""

    block: Block
    start: int  # where the words begin behind the label
    end: int
    label: str
    section: Section | None
    language: str
    is_item: bool
    heading: Section | None = None
    lead: Passage | None = None
    children: list[Passage] = field(default_factory=list)
    host: Passage | None = None  # of a note: the passage that calls it
    called: int = 0  # where


def holds(heading: Section, clause: Section) -> bool:
    """Say whether a clause hangs below a heading whatever its number: one without a label, or with another sign."""
    if heading.label:
        return heading.name == clause.name and _sign(heading.label) != _sign(clause.label)
    labelled = next((s for s in reversed(heading.path()) if s.heading and s.label), None)
    return labelled is None or labelled.name != clause.name or extends(clause.label, labelled.label)


def _sign(label: str) -> str:
    return re.sub(r"[\d.\s]+|\b[A-Z]\b", "", label).lower()


def looks_alike(one: Section, other: Section) -> bool:
    """Say whether two headings look the same, where at least one has no label to tell their level."""
    sized = bool(one.size and other.size) and abs(one.size - other.size) <= 0.03 * one.size
    return sized and not (one.name and other.name)


def is_on_level(one: Section, other: Section) -> bool:
    """Say whether the file's own markup puts two headings on one level, or the other above."""
    return one.rank < 0 and other.rank < 0 and one.heading and other.heading and other.rank <= one.rank


def extends(label: str, shorter: str) -> bool:
    """Say whether a label is of a clause below another: 1.4.1 below 1.4."""
    bare = shorter.rstrip(".")
    return bool(bare) and label.rstrip(".") != bare and label.startswith((bare + ".", bare + " "))


def reference_of(section: Section | None) -> str | None:
    """Return a section's full path as a reader would cite it: `Art. 5 Abs. 1 lit. b`."""
    if section is None:
        return None
    parts: list[str] = []
    for node in section.path():
        if not node.label or node.name == "bullet":
            continue
        label = node.label.rstrip(".")
        if parts and (node.name in ("capital", "part", "article", "roman") or extends(label, parts[-1])):
            parts = []
        if node.name == "number" and "." in label:
            parts = [each for each in parts if not each[0].isdigit()]
        parts.append(label)
    return " ".join(parts) or None
