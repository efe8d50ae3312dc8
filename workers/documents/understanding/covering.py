"""Sentences that grant something or deny it, by a telling word or by their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    COVER,
    EXCLUSION,
    LEAST_STATED,
    LIMIT_NOUN,
    LIMIT_ONLY,
    LISTED_ONLY,
    MAY_NOT,
    NEGATED,
    NO_DEDUCTIBLE,
    NOT_MORE,
    PAYS_NO_MORE,
    REASONS,
    RIGHT,
    SAME,
    WAIVER,
)
from workers.documents.understanding.kinds import Kind, insurer_acts, main_clause, names_its_subject

if TYPE_CHECKING:
    from workers.documents.understanding.kinds import Place


ANNOUNCES_LIMITS = re.compile(
    r"\b(?:(?:die )?folgende[nr]?|nachstehende[nr]?|the following|these)\b[^.]{0,40}\b(?:\w*grenzen|höchst\w+|\w*limiten|\w*beträge|\w*summen|(?:sub-?)?limits?|maximum amounts|ceilings)\b",
    re.IGNORECASE,
)
TAKEN_BACK = re.compile(
    r"^(?:dies|das|this|that|der verzicht|the waiver) (?:gilt|greift|does|will) (?:jedoch |allerdings |aber )?(?:nicht|not apply)\b",
    re.IGNORECASE,
)
ENDS_EXCLUDED = re.compile(  # with no clause of condition behind the verb
    r"^(?:[^,;:]|,(?! (?:wenn|falls|sofern|soweit|if|unless|except)\b))*\b(?:are|is|sind|ist|bleibt|bleiben) (?:excluded|not (?:covered|insured|included|payable)|ausgeschlossen|nicht (?:versichert|gedeckt|mitversichert))\.$",
    re.IGNORECASE,
)


def excludes(text: str, place: Place) -> Kind | None:
    """Return `exclusion` for what a telling word takes out, `condition` for what only sounds so."""
    if NO_DEDUCTIBLE.search(text) and not names_its_subject(text):
        return Kind("condition", "no_deductible")
    if place.after_benefit and TAKEN_BACK.search(text):
        return Kind("exclusion", "taken_back", confidence=0.7)
    if MAY_NOT.search(text):
        return Kind("condition", "duty_cue")
    if not place.has_amount and PAYS_NO_MORE.search(text):
        return Kind("condition", "no_more_than", confidence=0.7)
    if ENDS_EXCLUDED.search(text) or EXCLUSION.search(NOT_MORE.sub(" ", main_clause(text))):
        return Kind("exclusion", "exclusion_cue", confidence=0.93)
    return None


def waives(text: str, place: Place) -> Kind | None:
    """Return `benefit` for a right that the insurer gives up."""
    return Kind("benefit", "waiver") if WAIVER.search(text) else None


def covers_or_denies(text: str, place: Place) -> Kind | None:
    """Return `benefit` or `exclusion` by a word of cover, and whether it is negated."""
    main = main_clause(text)
    if place.role == "exclusion" and not COVER.search(main):
        return Kind("exclusion", "heading", confidence=0.8)
    cover = COVER.search(main)
    if cover and NEGATED.match(main, cover.end()):
        return Kind("exclusion", "negated_cover")
    if weak.denies(NOT_MORE.sub(" ", main)):
        return Kind("exclusion", "negated_cover", confidence=0.8)
    return Kind("benefit", "cover_cue") if cover else None


def denies_plainly(text: str, place: Place) -> Kind | None:
    """Return `exclusion` for what is denied without a word of cover."""
    main = main_clause(text)
    if weak.DENIED.search(main) and not weak.NOT_REFUSED.search(main):
        return Kind("exclusion", "denied", confidence=0.7)
    return None


def leads_a_list(text: str, place: Place) -> Kind | None:
    """Return `benefit` for a sentence that leads a list in a part of cover; reasons are conditions."""
    if place.leads and ANNOUNCES_LIMITS.search(text) and not insurer_acts(text):
        return Kind("limit", "leads_limits", confidence=0.7)
    if place.leads and place.in_part and place.role != "cover" and REASONS.search(text):
        return Kind("condition", "leads_reasons", confidence=0.7)
    if place.leads and place.in_part and RIGHT.search(text):
        return Kind("condition", "insurers_right", confidence=0.6)
    is_list = place.leads and place.in_part and not place.has_amount
    if is_list and LISTED_ONLY.search(text):
        return Kind("benefit", "leads_list", confidence=0.6)
    if is_list and place.role in (None, "cover") and not (LIMIT_ONLY.search(text) or LIMIT_NOUN.search(text)):
        return Kind("benefit", "leads_list", confidence=0.6)
    return None


def gives(text: str, place: Place) -> Kind | None:
    """Return `benefit` for what the insurer does, or any statement under a heading of cover."""
    if not place.in_part:
        return None
    if insurer_acts(text):
        return Kind("benefit", "insurer_acts", confidence=0.6)
    if place.role == "cover" and not text.endswith(":") and (place.is_item or not text[0].islower()):
        return Kind("benefit", "heading", confidence=0.5)
    if SAME.search(text) and place.after_exclusion:
        return Kind("exclusion", "same_applies", confidence=0.6)
    return _stated(text, place)


def _stated(text: str, place: Place) -> Kind | None:
    """Return `benefit` for a whole sentence in a part of cover that nothing speaks against: most such tell what it grants."""
    whole = len(text.split()) >= LEAST_STATED and text.endswith(".")
    if (
        place.role in (None, "cover")
        and whole
        and not place.is_item
        and not text[0].islower()
        and not RIGHT.search(text)
    ):
        return Kind("benefit", "stated", confidence=0.4)
    return None


def by_place(text: str, place: Place) -> Kind | None:
    """Return what a sentence without a telling word is by its amount or heading."""
    if place.role == "condition":
        return Kind("condition", "heading", confidence=0.7)
    if place.has_amount:
        telling = place.role == "cover" or insurer_acts(text)
        if place.general and not telling and not place.is_item:
            return Kind("limit", "general_limit")
        return Kind("bare", "insurer_acts" if telling else "amount")
    if place.role == "cover" and place.is_item:
        return Kind("benefit", "heading", confidence=0.7)
    return None
