"""What a sentence is: cover, limit, condition, exclusion, exception or none, by its words and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workers.documents.understanding import weak
from workers.documents.understanding.cues import (
    ACTING,
    ANAPHORA,
    BY_WHEN,
    CONTACT,
    COVER,
    CROSS_REFERENCE,
    DEDUCTIBLE,
    DEFINITION,
    DUTY,
    ENDED,
    EXCEPTION,
    EXCLUSION,
    FILLERS,
    GENERAL_TERRITORY,
    HEADED,
    IF_CLAUSE,
    IN_RETURN,
    LEAST_STATED,
    LEGEND,
    LIMIT_NOUN,
    LIMIT_ONLY,
    LISTED_ONLY,
    MAY_NOT,
    NEGATED,
    NO_DEDUCTIBLE,
    NOISE,
    NOT_ATTRIBUTE,
    NOT_MORE,
    NOT_ONLY,
    ONLY,
    OPENING,
    PARTIES,
    PAYS_NO_MORE,
    PREMIUM,
    REASONS,
    RELATIVE,
    RIGHT,
    SAME,
    SUBORDINATE,
    SUPPOSES,
    TRAILING_BOUND,
    TURN_COVER,
    VALUED,
    WAITING,
    WAIVER,
    WE_GRANT,
)

I = re.IGNORECASE  # noqa: E741


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


def main_clause(text: str) -> str:
    """Return a sentence without what stands under a condition, and without `not only ... but also`."""
    text = CROSS_REFERENCE.sub("", NOT_ATTRIBUTE.sub(" ", NOT_ONLY.sub(" ", text)))
    text = RELATIVE.sub("", text)
    opening = OPENING.match(text)
    opened = text[opening.end() :] if opening and not ACTING.search(opening[0]) else text
    return SUBORDINATE.sub("", opened or text)


def classify(text: str, place: Place) -> Kind:
    """Return what a sentence is; rules are asked from the most telling to the least."""
    for rule in (
        _noise,
        _definition,
        _exception,
        _listed,
        _excluded,
        _waived,
        _bounded,
        _duty,
        _commanded,
        _territory,
        _covered,
        _denied,
        _ordered,
        _measured,
        _leading,
        _placed,
        _granted,
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
    told = DUTY.search(text) or COVER.search(text) or (weak.IMPERATIVE.search(text) and BY_WHEN.search(text))
    if CONTACT.search(text) and not place.lead and not told:
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


def _listed(text: str, place: Place) -> Kind | None:
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
    if bound and not COVER.search(text) and not _names_a_thing(main[: bound.start()]):
        return Kind("limit", "limit_cue")
    return None


def _names_a_thing(words: str) -> bool:
    """Say whether something is named before what bounds it: `contents in the garden, subject to a limit of 750`."""
    return not (_bare(words) or LIMIT_NOUN.search(words) or PAYMENT.search(words))


def _excluded(text: str, place: Place) -> Kind | None:
    if NO_DEDUCTIBLE.search(text):
        return Kind("condition", "no_deductible")
    if MAY_NOT.search(text):
        return Kind("condition", "duty_cue")
    if not place.has_amount and PAYS_NO_MORE.search(text):
        return Kind("condition", "no_more_than", confidence=0.7)
    if EXCLUSION.search(NOT_MORE.sub(" ", main_clause(text))):
        return Kind("exclusion", "exclusion_cue", confidence=0.93)
    return None


def _waived(text: str, place: Place) -> Kind | None:
    return Kind("benefit", "waiver") if WAIVER.search(text) else None


def _bounded(text: str, place: Place) -> Kind | None:
    """Return `limit` for a sentence that only bounds what others grant."""
    if not place.has_amount:
        return None
    borne = DEDUCTIBLE.search(text)
    if borne and not _grants_before(text, borne.start()):
        return Kind("limit", "deductible")
    if _names_its_subject(text):
        return None
    if WAITING.search(text) and not COVER.search(main_clause(text)):
        return Kind("limit", "waiting_period")
    return _only_bounds(text, place)


def _grants_before(text: str, deductible: int) -> bool:
    """Say whether a sentence grants an amount before it says what the insured bears of it."""
    before = text[:deductible]
    return bool(re.search(r"\d", before) and (COVER.search(before) or _insurer_acts(before)))


def _only_bounds(text: str, place: Place) -> Kind | None:
    main = main_clause(text)
    covers = bool(COVER.search(main) or weak.ACTS.search(main))
    if covers:
        main = TRAILING_BOUND.sub("", main)
    head = HEADED.match(text)
    if LIMIT_ONLY.search(main) or (head and LIMIT_NOUN.search(head[0])):
        return Kind("limit", "limit_cue")
    if DUTY.search(text) and not covers:
        return None
    if ANAPHORA.search(text):
        return Kind("limit", "limit_cue")
    if place.general and covers and not place.is_item:
        return Kind("limit", "general_limit")
    if covers and _bare(main) and not place.leads and not IF_CLAUSE.search(text):
        return Kind("limit", "no_object")
    return None


def _names_its_subject(text: str) -> bool:
    """Say whether a sentence begins with what it grants and a colon: `Lost passport: up to 200`."""
    head = HEADED.match(text)
    return head is not None and not any(
        cue.search(head[0]) for cue in (LIMIT_ONLY, LIMIT_NOUN, DEDUCTIBLE, WAITING)
    )


def _bare(text: str) -> bool:
    """Say whether a sentence names nothing but amounts and who pays them."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text.lower()) if word not in FILLERS]
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


def _duty(text: str, place: Place) -> Kind | None:
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
    named = HEADED.match(text) and re.search(r"\d", main)  # `Towing: 500, where ... must`
    asked = DUTY.search(main) or (not named and not COVER.search(main) and DUTY.search(OPENING.sub("", text)))
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


def _commanded(text: str, place: Place) -> Kind | None:
    """Return `condition` for a German sentence that tells the insured what to do."""
    if weak.COMMAND.search(main_clause(text)) and not COVER.search(text):
        return Kind("condition", "ordered", confidence=0.7)
    return None


def _territory(text: str, place: Place) -> Kind | None:
    if GENERAL_TERRITORY.search(main_clause(text)) and not place.is_item:
        return Kind("condition", "territory", confidence=0.7)
    return None


def _covered(text: str, place: Place) -> Kind | None:
    main = main_clause(text)
    if place.role == "exclusion" and not COVER.search(main):
        return Kind("exclusion", "heading", confidence=0.8)
    cover = COVER.search(main)
    if cover and NEGATED.match(main, cover.end()):
        return Kind("exclusion", "negated_cover")
    if weak.denies(NOT_MORE.sub(" ", main)):
        return Kind("exclusion", "negated_cover", confidence=0.8)
    return Kind("benefit", "cover_cue") if cover else None


def _denied(text: str, place: Place) -> Kind | None:
    if weak.DENIED.search(main_clause(text)) and not place.general:
        return Kind("exclusion", "denied", confidence=0.7)
    return None


def _ordered(text: str, place: Place) -> Kind | None:
    """Return `condition` for what is asked of the insured, or costs them their cover."""
    if place.has_amount and _names_its_subject(text):
        return None
    if PARTIES.search(text):
        return Kind("condition", "ordered", confidence=0.7)
    if (place.in_part or place.general) and (
        weak.IMPERATIVE.search(text) or weak.FORFEIT.search(main_clause(text))
    ):
        return Kind("condition", "ordered", confidence=0.7)
    return None


def _measured(text: str, place: Place) -> Kind | None:
    """Return `condition` for what says how a payment is measured, without an amount."""
    whole = text.endswith(".") and len(text.split()) >= LEAST_STATED
    if place.has_amount or place.leads or not whole or not (place.in_part or place.general):
        return None
    main = main_clause(text)
    if LIMIT_ONLY.search(main) or DEDUCTIBLE.search(main) or VALUED.search(main):
        return Kind("condition", "measured", confidence=0.6)
    return None


def _leading(text: str, place: Place) -> Kind | None:
    """Return `benefit` for a sentence that leads a list in a part of cover; reasons are conditions."""
    if place.leads and place.in_part and REASONS.search(text):
        return Kind("condition", "leads_reasons", confidence=0.7)
    if place.leads and place.in_part and RIGHT.search(text):
        return Kind("condition", "insurers_right", confidence=0.6)
    is_list = place.leads and place.in_part and not place.has_amount
    if is_list and LISTED_ONLY.search(text):
        return Kind("benefit", "leads_list", confidence=0.6)
    if is_list and place.role in (None, "cover") and not (LIMIT_ONLY.search(text) or LIMIT_NOUN.search(text)):
        return Kind("benefit", "leads_list", confidence=0.6)
    return None


def grants(text: str) -> bool:
    """Say whether a clause grants something, by a telling word or by who acts in it."""
    return bool(COVER.search(main_clause(text))) or _insurer_acts(text)


def _insurer_acts(text: str) -> bool:
    main = main_clause(text)
    return bool(weak.ACTS.search(main) or weak.GRANTED.search(main))


def _granted(text: str, place: Place) -> Kind | None:
    """Return `benefit` for what the insurer does, or any statement under a heading of cover."""
    if not place.in_part:
        return None
    if _insurer_acts(text):
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


def _placed(text: str, place: Place) -> Kind | None:
    """Return what a sentence without a telling word is by its amount or heading."""
    if place.role == "condition":
        return Kind("condition", "heading", confidence=0.7)
    if place.has_amount:
        telling = place.role == "cover" or _insurer_acts(text)
        if place.general and not telling and not place.is_item:
            return Kind("limit", "general_limit")
        return Kind("bare", "insurer_acts" if telling else "amount")
    if place.role == "cover" and place.is_item:
        return Kind("benefit", "heading", confidence=0.7)
    return None
