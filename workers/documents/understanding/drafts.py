"""Items while they are put together; `finished` makes the frozen tree of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.documents.tree import Evidence, Item
from workers.documents.understanding.sentences import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.documents.reading.model import Reading, Span
    from workers.documents.tree import Rect

QUOTE_JOIN = " | "
OCR_FACTOR = 0.9  # what OCR reads is trusted less


@dataclass(slots=True, eq=False)
class Draft:
    """An item to be: its quote as pieces of the text, and what is known of it."""

    kind: str
    pieces: tuple[Piece, ...]
    name: str
    rule: str
    language: str
    key: str | None = None
    included: bool = True
    section: str | None = None
    value: str | None = None
    unit: str | None = None
    per: tuple[str, ...] = ()
    role: str | None = None
    plan: str | None = None
    unlimited: bool = False
    exception_to: Draft | None = None
    is_exception: bool = False
    references: tuple[str, ...] = ()
    source: str = "text"
    confidence: float = 0.9
    description: str | None = None
    children: list[Draft] = field(default_factory=list)
    parent: Draft | None = None

    @property
    def start(self) -> int:
        """Return where the quote begins."""
        return self.pieces[0].start


def quote(text: str, pieces: Iterable[Piece]) -> str:
    """Return the quote that pieces make."""
    return QUOTE_JOIN.join(text[piece.start : piece.end] for piece in pieces)


def finished(drafts: Iterable[Draft], reading: Reading) -> tuple[Item, ...]:
    """Return drafts as items, in the order of the text."""
    return tuple(_Finisher(reading).item(draft) for draft in sorted(drafts, key=lambda d: d.start))


class _Finisher:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def item(self, draft: Draft) -> Item:
        text = quote(self.reading.text, draft.pieces)
        children = sorted(draft.children, key=lambda each: each.start)
        return Item(
            id=self.id_of(draft),
            kind=draft.kind,
            item_name=draft.name,
            full_text_part=text,
            evidence=tuple(each for piece in draft.pieces for each in evidence(self.reading, piece)),
            rule=draft.rule,
            language=draft.language,
            key=draft.key,
            is_included=draft.included,
            section_reference=draft.section,
            summary=_summary(draft, text),
            description=draft.description,
            value=draft.value,
            unit=draft.unit,
            per=draft.per,
            role=draft.role,
            plan=draft.plan,
            unlimited=draft.unlimited,
            exception_to=self.id_of(draft.exception_to) if draft.exception_to else None,
            references=draft.references,
            source=self.source_of(draft),
            confidence=round(draft.confidence * (OCR_FACTOR if draft.source == "ocr" else 1), 2),
            children=tuple(self.item(child) for child in children),
        )

    def source_of(self, draft: Draft) -> str:
        """Return `form` for a quote with what was filled in, else how its block was read."""
        spans = (span for p in draft.pieces for span in self.reading.spans_of(p.start, p.end))
        return "form" if any(span.source == "form" for span in spans) else draft.source

    def id_of(self, draft: Draft) -> str:
        """Return an id that is the same in every run over the same text."""
        text = quote(self.reading.text, draft.pieces)
        places = ",".join(str(piece.start) for piece in draft.pieces)
        facts = (draft.kind, text, places, draft.value, draft.unit, draft.plan, draft.role)
        return hashlib.sha256("\x1f".join(map(str, facts)).encode()).hexdigest()[:20]


def _summary(draft: Draft, text: str) -> str:
    """Return one line: the name, and the value with its unit and basis."""
    if draft.unlimited:
        return f"{draft.name}: unlimited"
    if draft.value is not None:
        basis = f" per {' and '.join(draft.per)}" if draft.per else ""
        return f"{draft.name}: {draft.value} {draft.unit}{basis}"
    return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + "..."


def evidence(reading: Reading, piece: Piece) -> list[Evidence]:
    """Return a piece's evidence, one a page, with one rectangle a shown line."""
    spans = reading.spans_of(piece.start, piece.end)
    if not spans:
        return [Evidence(_page_of(reading, piece.start), piece.start, piece.end)]
    pieces: list[Evidence] = []
    pages = sorted({span.page for span in spans})
    for page in pages:
        own = [span for span in spans if span.page == page]
        start = piece.start if page == pages[0] else own[0].start
        end = piece.end if page == pages[-1] else own[-1].end
        pieces.append(Evidence(page, max(start, piece.start), min(end, piece.end), _rects(own)))
    return pieces


def _rects(spans: list[Span]) -> tuple[Rect, ...]:
    lines: dict[int, list[Rect]] = {}
    for span in spans:
        lines.setdefault(span.line, []).append(span.rect)
    return tuple(
        (
            round(min(r[0] for r in rects), 2),
            round(min(r[1] for r in rects), 2),
            round(max(r[2] for r in rects), 2),
            round(max(r[3] for r in rects), 2),
        )
        for rects in lines.values()
    )


def _page_of(reading: Reading, offset: int) -> int | None:
    """Return the page of a place in a text whose words have no boxes."""
    page = None
    for block in reading.blocks:
        if block.start > offset:
            break
        page = block.page
    return page
