"""References of one clause to another, and those that lead nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.tree import Warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.documents.understanding.drafts import Draft
    from workers.documents.understanding.sections import Passage

NAMED = re.compile(
    r"\b(?:Art\.|Artikel|Article|Ziff\.|Ziffer|Abschnitt|Section|Clause|Kapitel|Chapter|Baustein|Part|Teil|Modul)\s*(?:\d{1,3}[a-z]?(?:\.\d{1,2})*|[A-Z](?:\s?\d{1,2}(?:\.\d{1,2})*)?)\b(?:\s*(?:Abs\.|lit\.|Ziff\.)\s*\w{1,2}\b)*"
    r"|§{1,2}\s*\d{1,3}[a-z]?(?:\.\d{1,2})*(?:\s*(?:Abs\.|lit\.)\s*\w{1,2}\b)*"
    r"|(?<=\s)[A-Z]\s?\d{1,2}(?:\.\d{1,2})*(?:\s[a-z]\))?(?=[\s,.;:)]|$)"
)
CALLING = re.compile(
    r"(?:von|entgegen|gemäss|gemäß|nach|siehe|see|in|under|to|of|und|and|section|oder|or|bei|zu|ziffer|unter|\()\s*$",
    re.IGNORECASE,
)
LAW = re.compile(
    r"\s{0,3}(?:des |der )?(?:VVG|BGB|OR|ZGB|StGB|KVG|UVG|SVG|StVG|AHVG|Act|Gesetz\w*|\w+gesetz\w*|\w+verordnung)\b"
)


def named(sentence: str) -> tuple[str, ...]:
    """Return the sections that a sentence points to, as it names them; paragraphs of laws are none."""
    names = []
    for match in NAMED.finditer(sentence):
        bare = bool(re.match(r"[A-Z]\s?\d", match[0]))
        if LAW.match(sentence[match.end() :]) or (bare and not CALLING.search(sentence[: match.start()])):
            continue
        names.append(match[0].strip())
    return tuple(dict.fromkeys(names))


def resolve(drafts: Iterable[Draft], passages: Sequence[Passage], text: str) -> list[Warned]:
    """Return a warning for each reference to a section that the document does not have; bind exceptions."""
    labels = {_key(label) for passage in passages for label in _labels(passage)}
    everything = list(drafts)
    for draft in everything:
        if draft.is_exception and draft.references:
            draft.exception_to = _target(draft.references[0], everything) or draft.exception_to
    warnings = []
    seen: set[str] = set()
    if not labels:
        return []
    for passage in passages:
        if passage.block.kind == "table":
            continue
        for reference in named(text[passage.start : passage.end]):
            if _key(reference) not in labels and reference not in seen:
                seen.add(reference)
                detail = f"{reference!r} is named, but the document has no such section"
                warnings.append(Warned("unresolved_reference", detail, passage.block.page))
    return warnings


def _labels(passage: Passage) -> list[str]:
    if passage.section is None:
        return []
    return [section.label for section in passage.section.path() if section.label] + [passage.label]


def _key(label: str) -> str:
    """Return what two spellings of a section's name have in common: its first letter or number."""
    bare = re.sub(
        r"^(?:Art\.|Artikel|Article|Ziff\.|Ziffer|Abschnitt|Section|Clause|Kapitel|Chapter|Baustein|Part|Teil|Modul|§+)\s*",
        "",
        label,
    )
    bare = re.split(r"\s(?:Abs\.|lit\.|[a-z]\))", bare)[0]
    return "".join(bare.split()).rstrip(".)").lower()


def _target(reference: str, drafts: Sequence[Draft]) -> Draft | None:
    """Return the exclusion that stands in the section which a reference names."""
    key = _key(reference)
    item = re.search(r"\b([a-z])\)", reference)
    best = None
    for draft in drafts:
        if draft.kind != "exclusion" or not draft.section:
            continue
        if _key(draft.section).startswith(key):
            best = best or draft
            if item and draft.section.rstrip(")").endswith(item[1]):
                return draft
    return best
