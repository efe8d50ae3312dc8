"""A reading's segments, benefits, limits, conditions and exclusions, by rules and a taxonomy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workers.documents.tree import (
    ChunkState,
    DefinedTerm,
    Item,
    PageState,
    Unassigned,
    Warned,
)
from workers.documents.understanding.amounts import amounts
from workers.documents.understanding.builder import Builder
from workers.documents.understanding.drafts import Draft, finished
from workers.documents.understanding.duplicates import linked
from workers.documents.understanding.language import SUPPORTED
from workers.documents.understanding.sections import Passage
from workers.documents.understanding.structure import structure
from workers.documents.understanding.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workers.documents.reading.model import Reading


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a reading says."""

    items: tuple[Item, ...]
    pages: tuple[PageState, ...]
    chunks: tuple[ChunkState, ...]
    unassigned: tuple[Unassigned, ...]
    warnings: tuple[Warned, ...]
    defined_terms: tuple[DefinedTerm, ...]
    languages: tuple[str, ...]


def understand(reading: Reading, *, taxonomy: Path | None = None) -> Understanding:
    """Return the items of a reading, and what of it is in none."""
    passages = structure(reading)
    spoken = [passage for passage in passages if passage.language in SUPPORTED]
    builder = Builder(reading, Taxonomy.load(taxonomy))
    drafts = builder.build(spoken)
    foreign = [passage for passage in passages if passage.language not in SUPPORTED]
    pages, warnings = _pages(reading, spoken, foreign)
    return Understanding(
        items=linked(finished(drafts, reading)),
        pages=pages,
        chunks=tuple(ChunkState("rules", number) for number in range(1)),
        unassigned=_unassigned(reading, spoken, drafts, builder.reasons),
        warnings=(*warnings, *builder.warnings),
        defined_terms=tuple(builder.terms),
        languages=_languages(passages),
    )


def _languages(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the languages, the one with most text first."""
    sizes: dict[str, int] = {}
    for passage in passages:
        sizes[passage.language] = sizes.get(passage.language, 0) + passage.end - passage.start
    return tuple(sorted(sizes, key=lambda name: -sizes[name]))


def _pages(
    reading: Reading, spoken: Sequence[Passage], foreign: Sequence[Passage]
) -> tuple[tuple[PageState, ...], list[Warned]]:
    """Return the pages' states; a page all in a language without rules is skipped."""
    good = {passage.block.page for passage in spoken}
    bad: dict[int, Passage] = {}
    for passage in foreign:
        bad.setdefault(passage.block.page, passage)
    states = []
    for page in reading.pages:
        if page.page in bad and page.page not in good and page.state == "done":
            states.append(replace(page, state="skipped", reason="unsupported_language"))
        else:
            states.append(page)
    warnings = [
        Warned("unsupported_language", f"a passage in {passage.language!r} is not read; de and en are", page)
        for page, passage in sorted(bad.items())
    ]
    return tuple(states), warnings


def _unassigned(
    reading: Reading, passages: Sequence[Passage], drafts: Sequence[Draft], reasons: dict[int, str]
) -> tuple[Unassigned, ...]:
    """Return each amount that no item's quote holds, with the reason."""
    held = sorted((piece.start, piece.end) for draft in _all(drafts) for piece in draft.pieces)
    unassigned = []
    for passage in passages:
        for amount in amounts(reading.text[passage.start : passage.end], passage.language):
            start, end = passage.start + amount.start, passage.start + amount.end
            if any(low <= start and end <= high for low, high in held):
                continue
            reason = next((why for at, why in reasons.items() if at <= start < at + 4000), "no_rule")
            unassigned.append(
                Unassigned(
                    reading.text[start:end], amount.text, amount.unit, passage.block.page, start, end, reason
                )
            )
    return tuple(unassigned)


def _all(drafts: Sequence[Draft]) -> list[Draft]:
    return [each for draft in drafts for each in (draft, *_all(draft.children))]
