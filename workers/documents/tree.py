"""What an analysis of one document returns: a frozen tree, and its JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Rect = tuple[float, float, float, float]  # x0, y0, x1, y1: points, top-left origin, of the page as shown

COMPLETED, PARTIAL, FAILED = "completed", "partial", "failed"
SEGMENT, BENEFIT, LIMIT, CONDITION, EXCLUSION = "segment", "benefit", "limit", "condition", "exclusion"
KINDS = (SEGMENT, BENEFIT, LIMIT, CONDITION, EXCLUSION)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of a quote: `text[start:end]`, where it stands, one rectangle a line."""

    page: int | None
    start: int
    end: int
    rects: tuple[Rect, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the document says of its cover.

    `full_text_part` is the text of the evidence, its pieces joined by ` | `; `value` is a decimal string;
    `per` holds event, year, person, trip, day, night, item; `role` is max, min, sublimit, deductible or
    waiting_period; `rule` names the rule, taxonomy entry or model that said so; `duplicate_of` is the id of
    an earlier item that says the same in another language.
    """

    id: str
    kind: str
    item_name: str
    full_text_part: str
    evidence: tuple[Evidence, ...]
    rule: str
    language: str
    key: str | None = None
    is_included: bool = True
    section_reference: str | None = None
    summary: str | None = None
    description: str | None = None
    value: str | None = None
    unit: str | None = None
    per: tuple[str, ...] = ()
    role: str | None = None
    plan: str | None = None
    unlimited: bool = False
    exception_to: str | None = None
    duplicate_of: str | None = None
    references: tuple[str, ...] = ()
    source: str = "text"
    confidence: float = 0.0
    children: tuple[Item, ...] = ()

    @property
    def page(self) -> int | None:
        """Return the page on which the quote begins."""
        return self.evidence[0].page if self.evidence else None


@dataclass(frozen=True, slots=True)
class PageState:
    """What became of a page: done, skipped or failed, and why."""

    page: int
    state: str = "done"
    reason: str | None = None
    chars: int = 0
    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class ChunkState:
    """What became of one chunk of a tier."""

    tier: str
    chunk: int
    state: str = "done"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """All pages and chunks, each with its state."""

    pages: tuple[PageState, ...] = ()
    chunks: tuple[ChunkState, ...] = ()


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An amount or period of the shown text that is in no item."""

    quote: str
    value: str
    unit: str
    page: int | None
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An answer of a model that was not taken, and why."""

    quote: str
    reason: str
    kind: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a reader of the result has to know."""

    code: str
    detail: str
    page: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DefinedTerm:
    """A term that the document defines."""

    term: str
    quote: str
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """The file: its name, content's SHA-256, pages, languages and encoding."""

    name: str
    sha256: str
    pages: int
    languages: tuple[str, ...] = ()
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document could not be read: a stable code and a sentence."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """All that an analysis says of one document."""

    document: DocumentInfo
    outcome: str
    text: str = ""
    items: tuple[Item, ...] = ()
    coverage: Coverage = Coverage()
    unassigned: tuple[Unassigned, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Warned, ...] = ()
    defined_terms: tuple[DefinedTerm, ...] = ()
    error: Failure | None = None

    def counts(self) -> dict[str, int]:
        """Return how many items of each kind there are, those further down and duplicates included."""
        kinds = [item.kind for top in self.items for item in walk(top)]
        return {kind: kinds.count(kind) for kind in KINDS}

    def as_json(self) -> dict[str, Any]:
        """Return the tree as it is stored and sent: lists for tuples."""
        document = {"outcome": self.outcome, "counts": self.counts(), **asdict(self)}
        return {name: _listed(value) for name, value in document.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def walk(item: Item) -> list[Item]:
    """Return an item and all below it, in reading order."""
    return [item, *(each for child in item.children for each in walk(child))]
