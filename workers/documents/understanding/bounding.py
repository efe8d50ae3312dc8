"""Sentences that bound what others grant, or say how a payment is measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    ANAPHORA,
    COVER,
    DEDUCTIBLE,
    DUTY,
    HEADED,
    IF_CLAUSE,
    LEAST_STATED,
    LIMIT_NOUN,
    LIMIT_ONLY,
    OPENING,
    PAID_UP_TO,
    TRAILING_BOUND,
    VALUED,
    WAITING,
)
from workers.documents.understanding.kinds import Kind, insurer_acts, is_bare, main_clause, names_its_subject

if TYPE_CHECKING:
    from workers.documents.understanding.kinds import Place


WITH_DEDUCTIBLE = re.compile(  # `are insured with an excess of 200`
    r"\b(?:mit|unter Abzug|abzüglich|with|subject to|less)\s(?:eine[mrs]?|an?|the|dem|der)?\s?(?:\w+ )?(?:selbstbe\w+|franchise|excess|deductible)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"^(?:it|this|that|er|sie|diese[rs]?|dies|es)\b|\b(?:sind|ist) es\b|\bbeträgt (?:er|sie)\b|\bit is\b",
    re.IGNORECASE,
)
DEDUCTED = re.compile(r"nach Abzug|after deducting|less an?\b", re.IGNORECASE)
REFUNDED = re.compile(  # the cover is of an excess that somebody else asks for
    r"\b(?:selbstbehalt|selbstbeteiligung|franchise|excess|deductible)\w*(?! (?:von|beträgt|in höhe|of|is)\b)[^.;]*\b(?:gedeckt|mitversichert|versichert|erstattet|übernommen|ersetzt|vergütet|refunded|reimbursed|covered|insured)\.?$",
    re.IGNORECASE,
)


def only_bounds(text: str, place: Place) -> Kind | None:
    """Return `limit` for a sentence that only bounds what others grant."""
    if not place.has_amount:
        return None
    borne = DEDUCTIBLE.search(text)
    if borne and not REFUNDED.search(text) and not _grants_before(text, borne.start()):
        return Kind("limit", "deductible")
    if place.after_deductible and PRONOUN.search(text):
        return Kind("limit", "deductible", confidence=0.7)
    if names_its_subject(text):
        return None
    if WAITING.search(text) and not COVER.search(main_clause(text)):
        return Kind("limit", "waiting_period")
    return _only_bounds(text, place)


def _grants_before(text: str, deductible: int) -> bool:
    """Say whether a sentence grants an amount before it says what the insured bears of it."""
    before = text[:deductible]
    if WITH_DEDUCTIBLE.search(text) and COVER.search(main_clause(text)) and not LIMIT_NOUN.search(before):
        return not is_bare(before)
    if DEDUCTED.match(text, deductible) and (COVER.search(before) or insurer_acts(before)):
        return not is_bare(before)
    return bool(
        re.search(r"\d", before) and (COVER.search(before) or insurer_acts(before) or names_its_subject(text))
    )


def _only_bounds(text: str, place: Place) -> Kind | None:
    main = main_clause(text)
    covers = bool(COVER.search(main) or weak.ACTS.search(main))
    if covers:
        main = TRAILING_BOUND.sub("", main)
    head = HEADED.match(text)
    if LIMIT_ONLY.search(main) or (head and LIMIT_NOUN.search(head[0])):
        return Kind("limit", "limit_cue")
    if PAID_UP_TO.search(main) and not (IF_CLAUSE.search(text) or OPENING.match(text)):
        return Kind("limit", "limit_cue")
    if DUTY.search(text) and not covers:
        return None
    if ANAPHORA.search(text):
        return Kind("limit", "limit_cue")
    if place.general and covers and not place.is_item:
        return Kind("limit", "general_limit")
    if covers and is_bare(main) and not place.leads and not (IF_CLAUSE.search(text) or OPENING.match(text)):
        return Kind("limit", "no_object")
    return None


def measures(text: str, place: Place) -> Kind | None:
    """Return `condition` for what says how a payment is measured, without an amount."""
    whole = text.endswith(".") and len(text.split()) >= LEAST_STATED
    if (
        place.has_amount
        or place.leads
        or names_its_subject(text)
        or not whole
        or not (place.in_part or place.general)
    ):
        return None
    main = main_clause(text)
    if LIMIT_ONLY.search(main) or DEDUCTIBLE.search(main) or VALUED.search(main):
        return Kind("condition", "measured", confidence=0.6)
    return None
