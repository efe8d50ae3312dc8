"""Sentences that ask something of the insured, or say where cover applies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    COVER,
    DUTY,
    GENERAL_TERRITORY,
    HEADED,
    ONLY,
    OPENING,
    OWED,
    PARTIES,
    REFUSES,
    RIGHT,
)
from workers.documents.understanding.kinds import Kind, main_clause, names_its_subject

if TYPE_CHECKING:
    from workers.documents.understanding.kinds import Place

I = re.IGNORECASE  # noqa: E741


def asks(text: str, place: Place) -> Kind | None:
    """Return `condition` for a duty, and for what is covered only under one."""
    main = main_clause(text)
    we_pay = (
        weak.ACTS.search(main)
        or re.search(r"\bwe (?:shall|will)\b", main, I)
        or re.search(
            r"^(?:we|wir|die Gesellschaft|our)\b|\b(?:ersetzen|leisten|zahlen|übernehmen|organisieren|erstatten) wir\b|\bwe (?:will )?(?:also )?(?:pay|cover)\b",
            main,
            I,
        )
    )
    if RIGHT.search(main) and REFUSES.search(main):
        return Kind("condition", "insurers_right")
    named = HEADED.match(text) and re.search(r"\d", main)  # `Towing: 500, where ... must`
    asked = DUTY.search(main) or (
        not named
        and place.role != "cover"
        and not COVER.search(main)
        and DUTY.search(OWED.sub("", OPENING.sub("", text)))
    )
    if asked and not (we_pay and not re.search(r"\b(?:kürzen|reduce|refuse|leistungsfrei)\b", text)):
        return Kind("condition", "duty_cue")
    if (
        ONLY.search(main)
        and not re.search(
            r"[,;] (?:but|aber|jedoch) (?:only|nur)\b|\b(?:nur bis|only up to)\b[^.]{0,40}\d", main
        )
        and (COVER.search(main) or len(main.split()) < 12)
    ):
        return Kind("condition", "only_cue", confidence=0.8)
    return None


def commands(text: str, place: Place) -> Kind | None:
    """Return `condition` for a German sentence that tells the insured what to do."""
    if weak.COMMAND.search(main_clause(text)) and not COVER.search(text):
        return Kind("condition", "ordered", confidence=0.7)
    return None


def tells_territory(text: str, place: Place) -> Kind | None:
    """Return `condition` for a sentence that says where cover applies."""
    if GENERAL_TERRITORY.search(main_clause(text)) and not place.is_item:
        return Kind("condition", "territory", confidence=0.7)
    return None


def orders(text: str, place: Place) -> Kind | None:
    """Return `condition` for what is asked of the insured, or costs them their cover."""
    if place.has_amount and names_its_subject(text):
        return None
    if PARTIES.search(text):
        return Kind("condition", "ordered", confidence=0.7)
    if (place.in_part or place.general or place.role == "condition") and (
        weak.IMPERATIVE.search(main_clause(text)) or weak.FORFEIT.search(main_clause(text))
    ):
        return Kind("condition", "ordered", confidence=0.7)
    return None
