"""What a table's rows, columns and cells say, and the words by which a cell is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.documents.reading.model import Cell
    from workers.documents.understanding.amounts import Amount

GENERIC = re.compile(
    r"\b(?:summen?|höchst\w+|betrag|limite?s?|leistung(?:en)?|versicherungssumme\w*|einheit|sums?|insured|amounts?|maximum|cover(?:age|ed)?|benefits?|deductibles?"
    r"|selbstbe\w+|excess|franchise|bemerkung\w*|remarks?|entschädigung\w*|entschädigungsgrenze|was|what|gegenstand|deckung|schaden|wartezeit|per|pro|je|item|kosten|risiko|peril|wertsachen|position|artikel|section)\b",
    re.IGNORECASE,
)
NOT_COVERED = re.compile(
    r"^(?:[–—−☐-]|✗|✘|x|nein|no|not (?:covered|insured|included|available)|nicht (?:versichert|gedeckt|enthalten|mitversichert)|n/?a|excluded|ausgeschlossen|kein(?:e)? Deckung)$",
    re.IGNORECASE,
)
INCLUDED = re.compile(
    r"^(?:✓|✔|ja|yes|inbegriffen|included|inklusive|enthalten|versichert|mitversichert|gedeckt|covered|insured|inkl\.)$",
    re.IGNORECASE,
)
UNLIMITED = re.compile(
    r"^(?:unbegrenzt|unlimited|unlimitiert|unbeschränkt|no limit|no (?:upper |annual |overall |financial )?(?:limit|cap|maximum)|ohne (?:limite?|begrenzung|obergrenze)|in voller höhe|(?:volle|sämtliche|alle|tatsächliche) kosten|(?:paid |covered |refunded |met )?in full|full (?:refund|cover|cost)s?|(?:actual|full|all) costs?|fully (?:covered|paid|refunded))$",
    re.IGNORECASE,
)
REMARKS = re.compile(
    r"\b(?:bedingung|voraussetzung|bemerkung|hinweis|condition|requirement|remark|note)(?:s|en)?\b",
    re.IGNORECASE,
)
NOTHING = re.compile(r"^(?:nil|none|keiner?|keine|kein selbstbehalt|no excess|nichts)$", re.IGNORECASE)
COUNTED_CELL = re.compile(
    r"^(\d{1,3})\s(?:\w{3,20}\s)?(?:visits?|sessions?|treatments?|consultations?|call-?outs?|claims?|sitzungen|behandlungen|konsultationen|beratungen|einsätze|besuche|fälle)$",
    re.IGNORECASE,
)  # how often a service is granted
BARE_NUMBER = re.compile(r"^\d{1,3}(?:['’.,\u202f ]\d{3})*(?:[.,]\d{1,2})?(?:[.,][-–—]{1,2})?$")
SUB_ROW = re.compile(
    r"^(?:davon|of which|of this|thereof|hiervon|darin|including|any one|per item|je Gegenstand|[-–•·]\s)",
    re.IGNORECASE,
)
UNIT_IN_LABEL = re.compile(
    r"\b(?:in |\(|anzahl |number of |max\. )(tagen?|monaten?|wochen|stunden|jahren?|days|months|weeks|hours|years|nights)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says: an amount, `included`, `excluded` or text, and for which plan."""

    cell: Cell
    amount: Amount | None
    state: str  # amount, included, excluded, text
    plan: str | None
    per: tuple[str, ...]
    deductible: bool


@dataclass(slots=True)
class Row:
    """A row: its label and values; `group` rows only name what follows."""

    label: Cell
    values: list[Value] = field(default_factory=list)
    group: bool = False
    sub: bool = False
    more: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    """What the headings say of a column."""

    plan: str | None = None
    unit: str | None = None
    per: tuple[str, ...] = ()
    deductible: bool = False
    waiting: bool = False
    remarks: bool = False
    is_basis: bool = False

    def says_nothing(self, words: str) -> bool:
        """Say whether a cell neither grants nor takes: one of remarks, or `none` below waiting periods."""
        return self.remarks or (self.waiting and bool(NOT_COVERED.match(words) or NOTHING.match(words)))
