"""Which amounts of a sentence bound a payment, and what they count by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.documents.understanding.amounts import basis
from workers.documents.understanding.cues import DEDUCTIBLE, NO_DEDUCTIBLE, WAITING, WAIVER
from workers.documents.understanding.kinds import main_clause, names_its_subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.documents.understanding.amounts import Amount

I = re.IGNORECASE  # noqa: E741
CUE = re.compile(
    r"(?:\bbis(?: zu| zum| zur| auf)?(?: einem| einer)?(?: Betrag| Höchstbetrag| Gesamtbetrag| Summe)?(?: von)?|\bhöchstens(?: jedoch| aber)?(?: für| auf)?|\bmaximal(?: für)?|\blängstens(?: jedoch| aber)?(?: für| während)?|\bmax\.|\bnicht mehr als|\bnicht über|\bnot (?:over|above|beyond)|\bauf|\bwährend(?: höchstens| maximal)?|\bfür die Dauer von|\b(?:Haftzeit|Haftdauer|Leistungsdauer|Leistungszeit|(?:indemnity|benefit|payment) period)(?: von| of)?"
    r"|\bup to(?: a (?:maximum|total|limit)(?: of)?)?(?: an amount of)?|\b(?:no|not) (?:for )?more than|\bat most|\bnever (?:for )?more than|\b(?:for )?no longer than|\bnicht länger als|\bnie mehr als|\bextended to|\b(?:in|for|during) the following|\bin den (?:darauf ?)?folgenden|\b(?:ends?|ending|endet) (?:after|nach)|\bmaximum(?: of)?(?: period of)?|\ba total of|\blimited to|\bnot exceeding|\bfor (?:a maximum of|at most|up to|no more than|not more than)|\bat the longest(?: for)?|\bfor a period of(?: up to)?|\bfor|\balle|\bevery|\bper)\s*$",
    I,
)
LOOSE_FOR = re.compile(r"\b(?:for|für|auf|per|alle|every|während)\s*$", I)
THRESHOLD = re.compile(
    r"(?:\b(?:mehr als|länger als|älter als|ab|nach|innert|innerhalb(?: von)?|binnen|vor|seit|mindestens|wenigstens|über|unter|weniger als|jünger als|more than|longer than|older than|within|after|before|at least|over|under|less than|exceeds?|exceeding|during|in|in the|in den|in den letzten|in the last|younger than|minimum of|for more than|for at least|by more than)(?: (?:den|der|the|first|ersten|last|letzten|next|period of|einem|einer|einen|a|an))*(?: \w{4,} (?:von|of))?)\s*$",
    I,
)
EXCEEDING = re.compile(
    r"\b(?:über|above|over|more than|mehr als|exceeding|in excess of|oberhalb(?: von)?)\s*$",
    I,
)
LOSSES_BELOW = re.compile(
    r"\b(?:schäden|schaden|losses|loss|claims?|damage) (?:bis(?: zu)?|unter|up to|below|under)\s*$", I
)  # up to which the insurer waives an objection
SURPASSED = re.compile(  # from which something is done: `if the loss exceeds`, in German behind the amount
    r"^\s*(?:nicht )?(?:übersteig|überschreit|erreich|unterschreit)\w+", I
)
COMPARED = re.compile(r"\b(?:älter|jünger|länger|older|younger|longer) (?:als|than)\s*$", I)
WORTH = re.compile(r"\b(?:wert|werte|worth|value|valued|kosten|preis|price)\b(?:\s\w+){0,3}\s*$", I)
MINIMUM = re.compile(r"\b(?:mindestens|at least|minimum(?: of)?|min\.)(?: aber| jedoch| but)?\s*$", I)
UP_TO = re.compile(
    r"\b(?:at most|up to|bis zu|höchstens|maximal|längstens|no more than|not more than)(?: jedoch| aber| but)?\s*$",
    I,
)
DEDUCTED = re.compile(r"\b(?:nach Abzug(?: eines \w+)? von|after deducting|less(?: an? \w+ of)?)\s*$", I)
SIZES = frozenset(("m2", "kg"))  # they tell which things are meant, not what is paid
APART = re.compile(r"[,;–]\s|\s(?:and|und)\s", I)
ACCESS = re.compile(r"\b(?:access to|entitled to|anspruch auf)\s*$", I)
LASTS = re.compile(r"\b(?:for|während|für)\s*$", I)
BEHIND = re.compile(r"^\s*(?:after|from|nach|ab)\b", I)
QUALIFIES = re.compile(  # a clause that says which ones are meant: `devices that are hired for up to a year`
    r",\s(?:die|der|das|welche[rs]?)\s(?!wir\b)[^,;:.]{3,120}?\b(?:gemietet|geliehen|vermietet|verreist|abwesend|leer ?steh\w+|bewohnt|aufbewahrt|alt|gebraucht)\b[^,;:.]{0,20},"
    r"|\b(?:that|which|who) (?:are|is|were|was|have been|has been) (?:not )?(?:hired|rented|borrowed|let|unoccupied|away|aged|kept|used)\b[^,;:.]{0,60}",
    I,
)
WITHIN = re.compile(r"\b(?:innert|innerhalb(?: von)?|binnen|within)\s*$", I)
FURTHER = re.compile(r"\b(?:während|für|for) (?:weitere[rn]?|(?:a )?further|another)\s*$", I)
BASIS_PERIOD = re.compile(
    r"\b(?:each|every|je|pro|per|first|ersten|further|weitere[nr]?|jede[nrs]?|complete|volle[nr]?|additional)(?:\s(?:complete|further|full|weitere[nr]?|volle[nr]?|additional|period of|angefangene[nr]?))*\s*$",
    I,
)
NEAR_CHARS = 12  # between an amount and the word for a deductible behind it
WAITING_CHARS = 60  # between a period and the word that says one has to wait
WORTH_LIMIT = re.compile(r"\b(?:bis|up to|to (?:the|a) value of)\b", I)
TIME_OF_DAY = re.compile(r"^\s*(?:in advance|im Voraus|zuvor|before|vor|prior|after|nach|old|alt)\b", I)
SUBLIMIT = re.compile(r"\b(?:davon|of which|hiervon|within this|darunter|innerhalb dieser Summe)\b", I)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence says of a limit beside its amount."""

    per: tuple[str, ...]
    role: str


def cued(sentence: str, amount: Amount) -> bool:
    """Say whether words such as `up to` stand right before an amount."""
    before = sentence[: amount.start]
    if LOOSE_FOR.search(before) and amount.kind == "period":
        return not TIME_OF_DAY.match(sentence[amount.end :])
    return bool(CUE.search(before))


def is_rhythm(sentence: str, amount: Amount) -> bool:
    """Say whether a period says how often: `every two years`."""
    return bool(re.search(r"\b(?:alle|every)\s*$", sentence[: amount.start], I))


def is_deductible(sentence: str) -> bool:
    """Say whether a sentence speaks of what the insured bears."""
    return bool(DEDUCTIBLE.search(sentence)) and not NO_DEDUCTIBLE.search(sentence)


def _supposed(sentence: str, amount: Amount) -> bool:
    """Say whether a period belongs to what is supposed, not to what is paid: `if you live for 14 days`."""
    if any(match.start() < amount.start < match.end() for match in QUALIFIES.finditer(sentence)):
        return True
    loose = LOOSE_FOR.search(sentence[: amount.start])
    if loose is None or UP_TO.search(sentence[: loose.start()]):
        return False
    return sentence[amount.start : amount.end] not in main_clause(sentence)


def bounds_benefit(sentence: str, amount: Amount) -> bool:
    """Say whether an amount bounds what a covering sentence grants."""
    before = sentence[: amount.start]
    if amount.unlimited or amount.kind == "times":
        return True
    if amount.unit in SIZES:
        return False
    if LOSSES_BELOW.search(before) and WAIVER.search(sentence):
        return False
    if amount.kind in ("money", "percent"):
        return not SURPASSED.match(sentence[amount.end :]) and _grants_money(before, amount)
    return _grants_time(sentence, amount)


def _grants_money(before: str, amount: Amount) -> bool:
    if MINIMUM.search(before):
        return amount.kind == "money"
    if DEDUCTED.search(before):
        return True
    if WORTH.search(before) and not WORTH_LIMIT.search(before[-25:]):
        return False
    return not (THRESHOLD.search(before) and not CUE.search(before))


def _grants_time(sentence: str, amount: Amount) -> bool:
    before, after = sentence[: amount.start], sentence[amount.end :]
    if FURTHER.search(before):
        return True
    if BASIS_PERIOD.search(before):
        return False
    if WAITING.search(sentence) and not WITHIN.search(before):
        return True
    if _supposed(sentence, amount) or (THRESHOLD.search(before) and not CUE.search(before)):
        return False
    if ACCESS.search(before) or (before.endswith(": ") and names_its_subject(sentence)):
        return True
    if LASTS.search(before) and BEHIND.match(after):
        return True
    return cued(sentence, amount) and (bool(UP_TO.search(before)) or not TIME_OF_DAY.match(after))


def bounds_payment(sentence: str, amount: Amount) -> bool:
    """Say whether an amount of a sentence that only bounds does so; periods need a telling word."""
    if amount.kind not in ("period", "measure"):
        return True
    before = sentence[: amount.start]
    if BASIS_PERIOD.search(before) or TIME_OF_DAY.match(sentence[amount.end :]):
        return bool(WAITING.search(sentence)) and not BASIS_PERIOD.search(before)
    if WAITING.search(sentence):
        return not (COMPARED.search(before) or WITHIN.search(before))
    return cued(sentence, amount) or not THRESHOLD.search(before)


def bounds_exclusion(sentence: str, amount: Amount) -> bool:
    """Say whether an amount of an exclusion bounds a payment: `cash above 300`."""
    before = sentence[: amount.start]
    return amount.kind == "money" and bool(EXCEEDING.search(before)) and not WORTH.search(before[:-5])


def bounds_condition(sentence: str, amount: Amount) -> bool:
    """Say whether an amount of a condition bounds a payment, beside what has to be done."""
    before = sentence[: amount.start]
    if amount.kind == "period":
        return bool(re.search(r"\b(?:up to|bis zu|höchstens|maximal|längstens|no more than)\s*$", before, I))
    return amount.kind in ("money", "percent") and bool(CUE.search(before))


def facts(sentence: str, amount: Amount, every: Sequence[Amount], lead: str) -> Facts:
    """Return what a limit counts by and which role it has."""
    return Facts(_per(sentence, amount, every, lead), _role(sentence, amount))


def _per(sentence: str, amount: Amount, every: Sequence[Amount], lead: str) -> tuple[str, ...]:
    """Return the basis behind an amount, else the one before it, else that of the list's lead."""
    following = [
        each.start
        for each in every
        if each.start >= amount.end
        and (
            each.kind in ("money", "percent", "unlimited")
            or (amount.kind == "money" and cued(sentence, each))
        )
    ]
    stop = min(following, default=len(sentence))
    after = re.split(
        r"[;.](?:\s|$)|,\s(?:für|for|insgesamt|zusammen|höchstens|maximal|längstens|up to|but)\b",
        sentence[amount.end : stop],
    )[0]
    bases = basis(after)
    own = _right_before(sentence, amount)
    if own and (not bases or after.lstrip().startswith(",")):
        return own
    if bases:  # `an annual deductible of 250 per person`
        bases += tuple(each for each in own if each not in bases)
    if re.match(r"(?:each|jeweils)\b", after.lstrip(), I):
        bases = basis(sentence[: amount.start] + after) or (("item",) if amount.kind == "money" else ())
    if bases:
        return bases
    earlier = [each.end for each in every if each.end <= amount.start and each.kind in ("money", "percent")]
    before = sentence[max(earlier, default=0) : amount.start]
    if earlier and APART.search(before):  # what stands right behind the other amount is its own
        before = APART.split(before, maxsplit=1)[1]
    first = sentence[: min(each.start for each in every)]  # it may hold for all: `at each event 100 or 200`
    whole = basis(first) if amount.kind == "money" and "event" in basis(first) else ()
    return basis(before) or whole or basis(lead)


def _right_before(sentence: str, amount: Amount) -> tuple[str, ...]:
    """Return the basis that stands before an amount in its own piece of the sentence: `je Gerät 500, je Fall 900`."""
    return basis(re.split(r"[,;–(]\s?", sentence[: amount.start])[-1])


def _borne(sentence: str, amount: Amount) -> bool:
    """Say whether an amount is what the insured bears: a word for it stands before, or right behind."""
    if not is_deductible(sentence):
        return False
    return any(
        match.start() < amount.start or match.start() - amount.end <= NEAR_CHARS
        for match in DEDUCTIBLE.finditer(sentence)
    )


def _waits(sentence: str, amount: Amount) -> bool:
    """Say whether a period is one of waiting: the word for it stands near, with no other amount between."""
    return any(
        amount.start - WAITING_CHARS <= match.start() <= amount.end + WAITING_CHARS
        and not (match.start() > amount.end and UP_TO.search(sentence[: amount.start]))
        and not re.search(r"[,;]\s(?!(?:für|bei|for|in)\b)", sentence[match.end() : amount.start])
        for match in WAITING.finditer(sentence)
    )


def _role(sentence: str, amount: Amount) -> str:
    before = sentence[: amount.start]
    if _borne(sentence, amount):
        return "deductible"
    if amount.kind == "period" and _waits(sentence, amount):
        return "waiting_period"
    if MINIMUM.search(before):
        return "min"
    if SUBLIMIT.search(before):
        return "sublimit"
    return "max"
