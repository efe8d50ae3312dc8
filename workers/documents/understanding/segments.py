"""Which headings are segments: parts of cover with a heading of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.tree import SEGMENT
from workers.documents.understanding.drafts import Draft
from workers.documents.understanding.kinds import grants
from workers.documents.understanding.sections import reference_of
from workers.documents.understanding.sentences import Piece
from workers.documents.understanding.taxonomy import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.understanding.sections import Passage, Section
    from workers.documents.understanding.taxonomy import Taxonomy

FUNCTIONS = frozenset(("cover", "exclusion", "condition", "definition", "deductible"))
LABELLED = frozenset(("part", "capital", "roman", "number", "article"))
ASKS = re.compile(r"^(?:wer|wann|wo|wie|who|when|where|how)\b", re.IGNORECASE)
WHEN = re.compile(r"^(?:wann|when) (?:gilt|liegt|ist|does|is|are|do)\b", re.IGNORECASE)
KIND_OF_COVER = re.compile(  # `Ambulante Leistungen`, `Hospital benefits`
    r"^versicherte (?!(?:leistung|sache|gefahr|person|sch[aä]d|kosten|ereignis|risik|gegenst|interess|ort|fahrzeug|eigenschaft|tätigkeit|summe|gebäude|objekt|wert))\w+$|^(?!(?:versicherte|unsere|ihre|your|our|insured|weitere|allgemeine|zusätzliche|additional|the|gedeckte|further|other)\b)[\w-]+(?: (?:and|und) [\w-]+)? (?:Leistungen|Deckungen|benefits?|cover(?:age)?)$",
    re.IGNORECASE,
)
PLAIN_NUMBER = re.compile(r"^\d{1,2}\.?$")
PRICE = re.compile(r"^(?:beitrag|beiträge|prämien?|premiums?|subscriptions?|preise?|prices?)$", re.IGNORECASE)
LONGEST_TITLE = 400  # characters
LEAST_LIKE = 0.34
LONG_STEM = 8  # letters of a stem that is probably of a compound


class Segments:
    """The segments of a document, and which of them a passage or a table's row belongs to."""

    def __init__(self, passages: Sequence[Passage], text: str, taxonomy: Taxonomy) -> None:
        self.text, self.taxonomy = text, taxonomy
        self.passages = passages
        headings = [p for p in passages if p.heading is not None]
        self.by_section: dict[int, Draft] = {}
        self.schedules: set[int] = set()
        self.generals: set[int] = set()
        self.order: list[Draft] = []
        for passage in self._chosen(headings):
            self._add(passage)
        self.words: dict[int, dict[str, float]] = {}

    def drafts(self) -> list[Draft]:
        """Return the segments; general parts only where something hangs below."""
        return [each for each in self.order if each.children or id(each) not in self.generals]

    def of(self, passage: Passage) -> Draft | None:
        """Return the segment whose section a passage stands in."""
        node = passage.section
        while node is not None:
            if id(node) in self.by_section:
                return self.by_section[id(node)]
            node = node.parent
        return None

    def is_general(self, passage: Passage) -> bool:
        """Say whether a passage stands in a segment of provisions for all others."""
        segment = self.of(passage)
        return segment is not None and id(segment) in self.generals

    def is_schedule(self, segment: Draft) -> bool:
        """Say whether a segment is only a table of what others grant."""
        return id(segment) in self.schedules

    def like(self, label: str) -> Draft | None:
        """Return the segment or benefit that a table's label speaks of, by words and taxonomy."""
        best: tuple[float, Draft] | None = None
        wanted = stems(label)
        keys = self.taxonomy.keys(label)
        named = re.search(r"\b(?:Section|Abschnitt|Teil|Part|Art\.|Ziff\.)\s*(\w{1,3})\b", label)
        for segment in self.order:
            if named and segment.section and re.search(rf"\b{re.escape(named[1])}$", segment.section):
                return segment
            score = self._score(segment, wanted, keys)
            if score >= LEAST_LIKE and (best is None or score > best[0]):
                best = (score, segment)
        return best[1] if best else None

    def _score(self, segment: Draft, wanted: frozenset[str], keys: frozenset[str]) -> float:
        """Return how much of a label's words a segment has, its heading weighing most."""
        if not wanted:
            return 0.0
        title = stems(self.text[segment.pieces[0].start : segment.pieces[0].end])
        own = self.words.get(id(segment))
        if own is None:
            own = self.words[id(segment)] = self._weights(segment)
        shared = sum(
            1.5 if stem in title else max(own.get(stem, 0.0), _kin(stem, title)) for stem in wanted
        ) / len(wanted)
        entry = 0.3 if keys & self._keys(segment) else 0.0
        return shared + entry

    def _weights(self, segment: Draft) -> dict[str, float]:
        """Return what a segment's words weigh: those of what it grants more than those of what it does not."""
        weights: dict[str, float] = {}
        for child in _all(segment):
            weight = 1.0 if child.kind in ("benefit", "limit") else 0.6
            for piece in child.pieces:
                for stem in stems(self.text[piece.start : piece.end]):
                    weights[stem] = max(weights.get(stem, 0.0), weight)
        return weights

    def _keys(self, segment: Draft) -> frozenset[str]:
        return self.taxonomy.keys(self.text[segment.pieces[0].start : segment.pieces[0].end])

    def _add(self, passage: Passage) -> None:
        assert passage.heading is not None
        section = passage.heading
        words = self.text[passage.start : passage.end]
        entry = self.taxonomy.match(words, "segments")
        draft = Draft(
            SEGMENT,
            (Piece(passage.block.start, passage.end),),
            _title(words),
            "heading" + (f"+{entry.key}" if entry else ""),
            passage.language,
            key=entry.key if entry else None,
            section=reference_of(section),
            source=passage.block.source,
            confidence=0.95 if entry else 0.85,
        )
        self.by_section[id(section)] = draft
        if section.role == "schedule":
            self.schedules.add(id(draft))
        if section.role == "general":
            self.generals.add(id(draft))
        self.order.append(draft)

    def _chosen(self, headings: Sequence[Passage]) -> list[Passage]:
        """Return the headings that are segments: the highest level that names parts of cover."""
        level = self._below_titles([p for p in headings if p.heading and _above(p.heading) is None], headings)
        for _ in range(3):
            if len(level) != 1:
                break
            below = [p for p in headings if p.heading and _above(p.heading) is level[0].heading]
            parts = [p for p in below if self._names_a_part(p)]
            labelled = level[0].heading is not None and level[0].heading.name in ("capital", "part", "roman")
            if not parts or labelled or _are_articles_of_one(below):
                break
            level = below
        title = self._title_of(level)
        chosen = [p for p in level if p is not title and self._names_a_part(p, general=True)]
        if not chosen:
            chosen = [p for p in level if p.heading and p.heading.role not in ("definition", "exclusion")][:1]
        return chosen

    def _below_titles(self, level: list[Passage], headings: Sequence[Passage]) -> list[Passage]:
        """Return the highest headings; below the title's lines, where nothing but its lines is as high."""
        first = self.passages[: len(level)]
        if len(level) < 2 or any(p is not q or p.label for p, q in zip(level, first, strict=True)):
            return level
        return [p for p in headings if p.heading and _above(p.heading) in [q.heading for q in level]] or level

    def _title_of(self, level: Sequence[Passage]) -> Passage | None:
        """Return the document's title among the highest headings: the first, larger and without a label."""
        if len(level) < 2 or level[0].heading is None or level[0].label:
            return None
        first = level[0].heading
        others = [p.heading for p in level[1:] if p.heading]
        larger = first.size and all(first.size > 1.04 * other.size for other in others)
        return level[0] if larger or all(other.label for other in others) else None

    def _grants(self, section: Section) -> bool:
        """Say whether a clause below a heading grants something, as where an excess is paid back."""
        below = [p for p in self.passages if p.heading is None and _is_below(p, section)]
        return any(grants(self.text[p.start : p.end]) for p in below if p.block.kind != "table")

    def _among_parts(self, section: Section) -> bool:
        """Say whether most headings beside one name parts of cover: then it does so too."""
        if ASKS.search(section.title):
            return False
        beside = [p.heading for p in self.passages if p.heading and _is_sibling(p.heading, section)]
        return len(beside) > 1 and sum(other.role is None for other in beside) >= 0.5 * len(beside)

    def _names_a_part(self, passage: Passage, *, general: bool = False) -> bool:
        section = passage.heading
        assert section is not None
        if PRICE.match(section.title):
            return False
        if section.role in FUNCTIONS:
            if section.label and section.role == "deductible":
                return self._grants(section) and self._among_parts(section)
            if not section.label or section.role != "cover":
                return False
            named = bool(self.taxonomy.match(section.title, "segments"))
            named = named and (
                section.name in ("part", "capital", "roman") or bool(PLAIN_NUMBER.match(section.label))
            )
            kind_of_cover = bool(KIND_OF_COVER.search(section.title))
            return named or kind_of_cover or self._among_parts(section) or self._is_whole_cover(section)
        if section.role == "schedule":
            return bool(section.label) and general
        if section.role is None and WHEN.search(section.title):
            return self._grants(section)
        return general or section.role != "general"

    def _is_whole_cover(self, section: Section) -> bool:
        """Say whether a heading holds all that a wording grants: the others beside it take out, or ask something."""
        beside = [p.heading for p in self.passages if p.heading and _is_sibling(p.heading, section)]
        roles = {other.role for other in beside}
        return "cover" not in roles and {"exclusion", "condition"} <= roles and self._grants(section)


def _kin(stem: str, title: frozenset[str]) -> float:
    """Return what a long word weighs that begins as one of a title does: `Zahnreinigung`, `Zahnärztliche`."""
    alike = len(stem) >= LONG_STEM and any(len(t) >= LONG_STEM and t[:4] == stem[:4] for t in title)
    return 0.6 if alike else 0.0


def _is_below(passage: Passage, section: Section) -> bool:
    return passage.section is not None and any(each is section for each in passage.section.path())


def _is_sibling(one: Section, other: Section) -> bool:
    return one is not other and one.name == other.name and _above(one) is _above(other)


def _are_articles_of_one(below: Sequence[Passage]) -> bool:
    """Say whether headings are articles that treat one part of cover: what is covered, what is not, sums."""
    headings = [p.heading for p in below if p.heading]
    with_part = [h for h in headings if h.role is not None]
    return all(h.name == "article" for h in headings) and len(with_part) >= 0.5 * len(headings) > 0


def _above(section: Section) -> Section | None:
    node = section.parent
    while node is not None and not node.heading:
        node = node.parent
    return node


def _title(words: str) -> str:
    return re.sub(r"\([^()]*\)\s*$", "", words[:LONGEST_TITLE]).strip(" -–—:")


def _all(draft: Draft) -> list[Draft]:
    return [each for child in draft.children for each in (child, *_all(child))]
