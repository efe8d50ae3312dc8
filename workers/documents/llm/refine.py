"""Put what a language model named into the tree that the rules made: only what the text itself says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from workers.documents.llm.align import Aligned, Aligner
from workers.documents.llm.answers import Answered
from workers.documents.llm.tiers import Heard
from workers.documents.reading.model import Reading
from workers.documents.tree import (
    BENEFIT,
    EXCLUSION,
    LIMIT,
    SEGMENT,
    DocumentResult,
    Evidence,
    Item,
    Rejected,
    Warned,
)
from workers.documents.understanding.amounts import Amount, amounts, basis
from workers.documents.understanding.drafts import Draft, finished
from workers.documents.understanding.language import language_of

LEAST_OVERLAP = 0.5  # of the shorter quote: then two items speak of one clause
CONFIDENCE = {"exact": 0.8, "gap": 0.6, "fuzzy": 0.5}


@dataclass
class _Node:
    """An item of the tree while others are put below it."""

    item: Item
    children: list[_Node] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.item.evidence[0].start if self.item.evidence else 0

    def walk(self) -> Iterator[_Node]:
        """Yield the node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def frozen(self) -> Item:
        """Return the item with its children, in reading order."""
        ordered = sorted(self.children, key=lambda each: each.start)
        return replace(self.item, children=tuple(each.frozen() for each in ordered))


@dataclass
class Refiner:
    """Takes or rejects what a model named for one document."""

    reading: Reading
    result: DocumentResult
    model: str
    rejected: dict[tuple[str, str], Rejected] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aligner = Aligner(self.reading.text)
        self.tops = [_node(item) for item in self.result.items]

    def take(self, heard: Iterable[Heard]) -> None:
        """Put named items into the tree, parents' tiers first."""
        for each in heard:
            aligned = self.aligner.find(each.answered.quote, each.chunk.start, each.chunk.end)
            if aligned is None:
                self._reject(each, "quote_not_in_text")
                continue
            item = self._item(each, aligned)
            if item is not None:
                self._put(item)

    def refined(self) -> DocumentResult:
        """Return the result with what was taken, and what was not."""
        items = tuple(node.frozen() for node in sorted(self.tops, key=lambda node: node.start))
        spans = [(e.start, e.end) for top in self.tops for node in top.walk() for e in node.item.evidence]
        left = [
            each
            for each in self.result.unassigned
            if not any(start <= each.start and each.end <= end for start, end in spans)
        ]
        return replace(
            self.result,
            items=items,
            unassigned=tuple(left),
            rejected=(*self.result.rejected, *self.rejected.values()),
            warnings=(*self.result.warnings, *self.warnings),
        )

    def _reject(self, heard: Heard, reason: str) -> None:
        answered = heard.answered
        rejected = Rejected(answered.quote, reason, answered.kind, heard.tier)
        self.rejected.setdefault((answered.kind, answered.quote), rejected)

    def _item(self, heard: Heard, aligned: Aligned) -> Item | None:
        """Return an item of an aligned quote; its number is read from the quote, whatever the model said."""
        answered, piece = heard.answered, aligned.piece
        quote = self.reading.text[piece.start : piece.end]
        language = language_of(quote, (self.result.document.languages or ("de",))[0])
        draft = Draft(
            answered.kind,
            (piece,),
            answered.name or quote[:60],
            f"llm:{self.model}:{aligned.how}:{aligned.likeness:.2f}",
            language,
            included=answered.kind != EXCLUSION,
            confidence=CONFIDENCE[aligned.how],
        )
        if answered.kind == LIMIT and not self._bound(draft, heard, quote):
            return None
        (item,) = finished([draft], self.reading)
        return replace(item, summary=answered.summary or item.summary)

    def _bound(self, draft: Draft, heard: Heard, quote: str) -> bool:
        """Give a limit the amount of its quote; say whether it has one."""
        read = amounts(quote, draft.language)
        if not read:
            self._reject(heard, "no_amount_in_quote")
            return False
        chosen = _of_value(read, heard.answered) or read[0]
        if chosen.value is not None and not _equal(chosen, heard.answered.value):
            detail = f"the model said {heard.answered.value!r}, the quote says {chosen.text}"
            self.warnings.append(Warned("number_mismatch", detail, text=quote[:200]))
        draft.value = chosen.text or None
        draft.unit, draft.unlimited = chosen.unit or None, chosen.unlimited
        draft.per, draft.role = basis(quote), "max"
        return True

    def _put(self, item: Item) -> None:
        """Add an item below what it belongs to, but where the tree says the same already."""
        for node in self._nodes():
            if _same_clause(node.item, item):
                node.item = replace(node.item, summary=node.item.summary or item.summary)
                return
        node = _Node(item)
        above = self._above(item)
        (above.children if above else self.tops).append(node)

    def _nodes(self) -> Iterator[_Node]:
        for top in self.tops:
            yield from top.walk()

    def _above(self, item: Item) -> _Node | None:
        """Return the nearest segment, or benefit of it, that begins before an item."""
        start = item.evidence[0].start
        segments = [each for each in self.tops if each.item.kind == SEGMENT and each.start <= start]
        if item.kind == SEGMENT or not segments:
            return None
        segment = max(segments, key=lambda each: each.start)
        benefits = [each for each in segment.walk() if each.item.kind == BENEFIT and each.start <= start]
        if item.kind == BENEFIT or not benefits:
            return segment
        return max(benefits, key=lambda each: each.start)


def _node(item: Item) -> _Node:
    return _Node(item, [_node(child) for child in item.children])


def _same_clause(one: Item, other: Item) -> bool:
    """Say whether two items are one: of the same kind and value, out of the same words."""
    if one.kind != other.kind or (one.kind == LIMIT and (one.value, one.unit) != (other.value, other.unit)):
        return False
    return any(_overlap(a, b) >= LEAST_OVERLAP for a in one.evidence for b in other.evidence)


def _overlap(one: Evidence, other: Evidence) -> float:
    """Return which share of the shorter piece two pieces have in common."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / max(min(one.end - one.start, other.end - other.start), 1)


def _of_value(read: Sequence[Amount], answered: Answered) -> Amount | None:
    """Return the amount of a quote that the model meant."""
    return next((amount for amount in read if _equal(amount, answered.value)), None)


def _equal(amount: Amount, stated: str | None) -> bool:
    if stated is None or amount.value is None:
        return stated is None and amount.value is None
    plain = stated.replace("'", "").replace("\u2019", "").replace(" ", "")
    try:
        return Decimal(plain) == amount.value
    except InvalidOperation:
        return False
