"""What a sentence is: cover, limit, condition, exclusion, exception or none, by its words and its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.documents.understanding import weak
from workers.documents.understanding.bounding import measures, only_bounds
from workers.documents.understanding.covering import (
    by_place,
    covers_or_denies,
    denies_plainly,
    excludes,
    gives,
    leads_a_list,
    waives,
)
from workers.documents.understanding.cues import (
    BY_WHEN,
    CONTACT,
    COVER,
    DEFINITION,
    DUTY,
    ENDED,
    EXCEPTION,
    EXCLUSION,
    IN_RETURN,
    LEGEND,
    NOISE,
    PREMIUM,
    TURN_COVER,
)
from workers.documents.understanding.duties import asks, commands, orders, tells_territory
from workers.documents.understanding.kinds import Kind, insurer_acts, main_clause
from workers.documents.understanding.listed import listed_kind
from workers.documents.understanding.number_words import in_digits

if TYPE_CHECKING:
    from workers.documents.understanding.kinds import Place

I = re.IGNORECASE  # noqa: E741


def classify(text: str, place: Place) -> Kind:
    """Return what a sentence is; rules are asked from the most telling to the least."""
    text = in_digits(text)
    for rule in (
        _noise,
        _definition,
        _exception,
        listed_kind,
        excludes,
        waives,
        only_bounds,
        asks,
        commands,
        tells_territory,
        covers_or_denies,
        denies_plainly,
        orders,
        measures,
        leads_a_list,
        by_place,
        gives,
    ):
        kind = rule(text, place)
        if kind is not None:
            return kind
    return Kind("none", "no_rule")


def _noise(text: str, place: Place) -> Kind | None:
    if text.endswith("?"):
        return Kind("none", "question")
    if LEGEND.search(text):
        return Kind("none", "legend")
    if NOISE.search(text) and not place.lead:
        return Kind("none", "noise")
    has_rule = (
        DUTY.search(text)
        or COVER.search(text)
        or insurer_acts(text)
        or (weak.IMPERATIVE.search(main_clause(text)) and BY_WHEN.search(text))
    )
    if CONTACT.search(text) and not place.lead and not has_rule:
        return Kind("none", "contact")
    if (
        not place.lead
        and PREMIUM.search(IN_RETURN.sub("", text))
        and not COVER.search(text)
        and not EXCLUSION.search(text)
    ):
        return Kind("none", "premium")
    if not place.lead and ENDED.search(main_clause(text)) and not COVER.search(text):
        return Kind("none", "end_of_contract")
    return None


def _definition(text: str, place: Place) -> Kind | None:
    if place.role == "definition" or (DEFINITION.search(text) and not place.lead):
        return Kind("definition", "definition")
    return None


def _exception(text: str, place: Place) -> Kind | None:
    below = place.after_exclusion and (TURN_COVER.search(text) or weak.GIVEN_BACK_BELOW.search(text))
    if EXCEPTION.search(text) or weak.GIVEN_BACK.search(text) or below:
        negative = re.search(r"^(?:ausser|außer|except)\b", text, I) and not place.after_exclusion
        if not negative:
            return Kind("benefit", "exception", exception=True)
    return None
