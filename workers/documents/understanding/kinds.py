"""What a sentence can be, where it stands, and its main clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    ACTING,
    COVER,
    CROSS_REFERENCE,
    DEDUCTIBLE,
    HEADED,
    INSERTED_NOT,
    LIMIT_NOUN,
    LIMIT_ONLY,
    NOT_ATTRIBUTE,
    NOT_ONLY,
    OPENING,
    OWED,
    RELATIVE,
    SUBORDINATE,
    WAITING,
)
from workers.documents.understanding.fillers import FILLERS
from workers.documents.understanding.number_words import VALUES

I = re.IGNORECASE  # noqa: E741
MOST_KEPT = 1024  # sentences: each rule asks for the main clause of the same one


PAYMENT = re.compile(
    r"\b(?:ist|sind|wird|werden|is|are|we|wir|(?:(?:die|der|das|eine|unsere?) \w*)?(?:entschädigung|leistung|ersatz)(?:en)?|payments?|benefits?|liability)\b",
    I,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: its heading's role, its list's kind, what came before."""

    role: str | None = None
    lead: str | None = None  # the kind of the sentence that leads the list
    events: bool = False  # that sentence ends in `because` or its like
    general: bool = False
    after_exclusion: bool = False
    after_benefit: bool = False
    after_deductible: bool = False  # the sentence before it speaks of what the insured bears
    has_amount: bool = False
    is_item: bool = False
    leads: bool = False  # a list hangs on it
    in_part: bool = False  # it stands in a part of cover


@dataclass(frozen=True, slots=True)
class Kind:
    """What a sentence is, and which rule says so; `exception` gives back what an exclusion takes."""

    name: str  # benefit, limit, condition, exclusion, definition, none
    rule: str
    exception: bool = False
    confidence: float = 0.9


@lru_cache(MOST_KEPT)
def main_clause(text: str) -> str:
    """Return a sentence without what stands under a condition, and without `not only ... but also`."""
    text = CROSS_REFERENCE.sub("", NOT_ATTRIBUTE.sub(" ", NOT_ONLY.sub(" ", INSERTED_NOT.sub(",", text))))
    text = OWED.sub("", RELATIVE.sub("", text))
    opening = OPENING.match(text)
    opened = text[opening.end() :] if opening and not ACTING.search(opening[0]) else text
    return SUBORDINATE.sub("", opened or text)


def names_a_thing(words: str) -> bool:
    """Say whether something is named before what bounds it: `contents in the garden, subject to a limit of 750`."""
    return not (is_bare(words) or LIMIT_NOUN.search(words) or PAYMENT.search(words))


def names_its_subject(text: str) -> bool:
    """Say whether a sentence begins with what it grants and a colon: `Lost passport: up to 200`."""
    head = HEADED.match(text)
    return head is not None and not any(
        cue.search(head[0]) for cue in (LIMIT_ONLY, LIMIT_NOUN, DEDUCTIBLE, WAITING)
    )


def is_bare(text: str) -> bool:
    """Say whether a sentence names nothing but amounts and who pays them."""
    text = re.sub(r", (?:bei|for) (?:[^\W\d_]+ (?:und|oder|and|or) )?[^\W\d_]+(?= )", "", text)
    words = [
        word
        for word in re.findall(r"[^\W\d_]{2,}", text.lower())
        if word not in FILLERS and word not in VALUES
    ]
    return (
        len(
            [
                word
                for word in words
                if word not in {"chf", "eur", "gbp", "usd", "mio", "mrd", "prozent", "percent"}
            ]
        )
        < 1
    )


def grants(text: str) -> bool:
    """Say whether a clause grants something, by a telling word or by who acts in it."""
    return bool(COVER.search(main_clause(text))) or insurer_acts(text)


def insurer_acts(text: str) -> bool:
    """Say whether the insurer does something in the main clause, or something is granted there."""
    main = main_clause(text)
    return bool(weak.ACTS.search(main) or weak.GRANTED.search(main))
