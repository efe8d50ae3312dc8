"""What a list's lead or heading makes of an item, and what the item says against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    COVER,
    DEDUCTIBLE,
    DUTY,
    EXCLUSION,
    LIMIT_ONLY,
    SUPPOSES,
    WE_GRANT,
)
from workers.documents.understanding.kinds import Kind, main_clause, names_a_thing

if TYPE_CHECKING:
    from workers.documents.understanding.kinds import Place


def listed_kind(text: str, place: Place) -> Kind | None:
    """Return what a list's lead says of its items, and what a heading says of a list below it."""
    kind = place.lead or (
        {"exclusion": "exclusion", "condition": "condition"}.get(place.role or "") if place.is_item else None
    )
    if kind is None or kind == "none":
        return None
    if kind == "exclusion":
        return _listed_exclusion(text, place)
    if kind == "benefit" and place.events:
        return Kind("condition", "insured_event")
    own = _says_otherwise(text, place, kind)
    if own is not None:
        return own
    if kind == "limit" and not place.has_amount:
        return Kind("condition", "list_lead")
    return Kind(kind, "list_lead")


def _listed_exclusion(text: str, place: Place) -> Kind:
    if weak.GIVEN_BACK.search(text):
        return Kind("benefit", "exception", exception=True)
    if DEDUCTIBLE.search(text) and place.has_amount:
        return Kind("limit", "deductible_in_exclusions")
    return Kind("exclusion", "list_lead")


def _says_otherwise(text: str, place: Place, kind: str) -> Kind | None:
    """Return what an item's own sentence says against the lead of its list."""
    main = main_clause(text)
    if kind in ("benefit", "condition") and EXCLUSION.search(main):
        return Kind("exclusion", "exclusion_cue")
    if kind == "benefit" and (SUPPOSES.search(text) or (DUTY.search(main) and not COVER.search(main))):
        return Kind("condition", "duty_cue")
    if kind == "condition" and WE_GRANT.search(text) and COVER.search(main):
        return Kind("benefit", "cover_cue")
    bound = LIMIT_ONLY.search(main) if kind == "benefit" and place.has_amount else None
    if bound and not COVER.search(text) and not names_a_thing(main[: bound.start()]):
        return Kind("limit", "limit_cue")
    return None
