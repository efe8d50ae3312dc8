"""Sentences of a passage, and the clauses of a sentence that speak for themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

ABBREVIATIONS = frozenset(
    [
        "z.b.",
        "bzw.",
        "art.",
        "abs.",
        "lit.",
        "ziff.",
        "mio.",
        "mrd.",
        "ca.",
        "inkl.",
        "exkl.",
        "fr.",
        "sfr.",
        "nr.",
        "s.",
        "st.",
        "dr.",
        "prof.",
        "usw.",
        "etc.",
        "e.g.",
        "i.e.",
        "no.",
        "vs.",
        "d.h.",
        "u.a.",
        "u.",
        "a.",
        "b.",
        "z.",
        "d.",
        "h.",
        "evtl.",
        "ggf.",
        "gem.",
        "max.",
        "min.",
        "mind.",
        "höchst.",
        "einschl.",
        "zzgl.",
        "bspw.",
        "allg.",
        "vers.",
        "jährl.",
        "monatl.",
        "std.",
        "resp.",
        "sog.",
        "vgl.",
        "insb.",
        "approx.",
        "incl.",
        "excl.",
        "para.",
        "sec.",
        "g.",
        "v.",
        "i.",
        "p.",
        "co.",
        "ltd.",
        "inc.",
        "mr.",
        "mrs.",
        "ms.",
        "ff.",
        "f.",
        "bst.",
        "tel.",
        "kfz.",
        "pkw.",
        "lkw.",
    ]
)
MONTH = re.compile(
    r"^(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|January|February|March|"
    r"May|June|July|October|December)\b"
)
ORDINAL = re.compile(  # words before the number of a day, a year of life or a floor
    r"(?:vollendete[nmrs]?|de[rmns]|die|das|am|im|ab|zum|zur|bis|vom|jede[nmrs]?|beim|ihre[nmrs]?|seine[nmrs]?)$"
)
END = re.compile(r"[.!?][\"“”»)]*\s+(?=[A-ZÄÖÜ„\"«(\d§])|[.!?][\"“”»)]*$")

TAILS = re.compile(
    r"(?<!\s)[,;]?\s+(?=(?:sofern|soweit|vorausgesetzt|solange|unter der (?:Voraussetzung|Bedingung)|provided(?: that)?|providing|as long as|so long as|on condition that|on the condition|subject to|only if|nur wenn)\b)",
    re.IGNORECASE,
)
LONGEST = 2000  # characters of a sentence
NEAR_CHARS = 40  # before a full stop, that say whether it ends a sentence
LEAST_HALF = 3  # words of a clause before or behind a semicolon
LEAST_TAIL = 4  # words: `soweit notwendig` states nothing that could be checked
BOUND = re.compile(
    r"subject to (?:a|an|the|any)? ?(?:\w+ )?(?:maximum|overall|limit|excess|sub-?limit|ceiling|cap|deductible)\b",
    re.IGNORECASE,
)
TURNS = re.compile(
    r"[,;]\s+(?=(?:(?:[^\s,;.]+ ){2,5}(?:jedoch|hingegen|dagegen)|(?:although|though) (?:we|it|they)\b|but(?! not\b)|however|aber|jedoch|dagegen|hingegen|wohl aber|yet|while|whereas|während)\b)",
    re.IGNORECASE,
)

INSERTED = re.compile(r"\s[–—-]\s(?=\S+ (?:[^–—]{3,80} )?(?:sind|ist|bleib\w+|are|is|remains?)\b)")
TAKES_BACK = re.compile(
    r"[,;–]\s+(?=(?:nicht (?:aber|jedoch|hingegen|dagegen)|(?:aber|jedoch|hingegen) (?:nicht|keine?)|(?:but|though|yet) (?:not|no|never)|not,? however)\b"
    r"(?! (?:for )?(?:limited|restricted|only|nur|mehr|öfter|häufiger|more often|länger|über|vor|nach|später|früher|more|longer|exceeding|before|after|later|less|earlier|fewer|weniger)\b)(?: \S+){2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text: `text[start:end]`."""

    start: int
    end: int


def sentences(text: str, start: int, end: int) -> list[Piece]:
    """Return the sentences of `text[start:end]`; dates and abbreviations end none."""
    pieces: list[Piece] = []
    begin = start
    for match in END.finditer(text[start:end]):
        at = start + match.start()
        if match.end() < end - start and _goes_on(text, begin, at, start + match.end()):
            continue
        stop = start + match.end()
        while stop > begin and text[stop - 1].isspace():
            stop -= 1
        if stop > begin:
            pieces.append(Piece(begin, stop))
        begin = start + match.end()
    if begin < end and text[begin:end].strip():
        pieces.append(Piece(begin, end))
    return [part for piece in pieces for part in _short(text, piece)]


def _short(text: str, piece: Piece) -> list[Piece]:
    """Cut what is too long for a sentence: the patterns of clauses take time quadratic in what they read."""
    parts = []
    start = piece.start
    while piece.end - start > LONGEST:
        cut = text.rfind(" ", start + 1, start + LONGEST)
        stop = cut if cut > start else start + LONGEST
        parts.append(Piece(start, stop))
        start = stop + 1 if cut > start else stop
    return [*parts, Piece(start, piece.end)] if start < piece.end else parts


def _goes_on(text: str, begin: int, at: int, after: int) -> bool:
    """Say whether a full stop is an abbreviation's or a date's."""
    if text[at] != ".":
        return False
    words = text[max(begin, at - NEAR_CHARS) : at + 1].split()
    last = words[-1].lower().lstrip('(„"') if words else ""
    if last in ABBREVIATIONS:
        return True
    if re.fullmatch(r"\d{1,2}\.", last):
        before = words[-2].lower() if len(words) > 1 else ""
        return bool(MONTH.match(text[after : after + 12]) or before in ABBREVIATIONS or ORDINAL.match(before))
    return bool(re.fullmatch(r"[a-z]\.", last))


def halves(text: str, piece: Piece) -> list[Piece]:
    """Return a sentence cut at its semicolon, if both halves are clauses."""
    at = text.find("; ", piece.start, piece.end)
    if at < 0 or min(len(text[piece.start : at].split()), len(text[at + 2 : piece.end].split())) < LEAST_HALF:
        return [piece]
    return [Piece(piece.start, at + 1), Piece(at + 2, piece.end)]


def tail(text: str, piece: Piece) -> Piece | None:
    """Return the clause at a sentence's end that states a condition, if there is one."""
    match = TAILS.search(text[piece.start : piece.end])
    if match is None or match.start() < 8:
        return None
    words = text[piece.start + match.end() : piece.end].split()
    if len(words) < LEAST_TAIL or BOUND.match(" ".join(words)):
        return None
    return Piece(piece.start + match.end(), piece.end)


def turns(text: str, piece: Piece) -> list[Piece]:
    """Return a sentence cut before `but` and its like."""
    return _cut(text, piece, TURNS)


def inserted(text: str, piece: Piece) -> list[Piece]:
    """Return a sentence cut at a dash, behind which another subject has its own verb."""
    return _cut(text, piece, INSERTED)


def takes_back(text: str, piece: Piece) -> list[Piece]:
    """Return a sentence cut before `but not` and its like."""
    return _cut(text, piece, TAKES_BACK)


def _cut(text: str, piece: Piece, pattern: re.Pattern[str]) -> list[Piece]:
    match = pattern.search(text[piece.start : piece.end])
    if match is None:
        return [piece]
    return [Piece(piece.start, piece.start + match.start()), Piece(piece.start + match.end(), piece.end)]
