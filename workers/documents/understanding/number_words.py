"""Numbers written in words, German in one word and English in several, and the same with digits."""

from __future__ import annotations

import re
from decimal import Decimal

UNITS = {
    "null": 0, "zero": 0, "ein": 1, "eins": 1, "eine": 1, "einem": 1, "einen": 1, "einer": 1, "eines": 1, "one": 1,
    "zwei": 2, "two": 2, "drei": 3, "three": 3, "vier": 4, "four": 4, "fünf": 5, "five": 5, "sechs": 6, "six": 6,
    "sieben": 7, "seven": 7, "acht": 8, "eight": 8, "neun": 9, "nine": 9, "zehn": 10, "ten": 10,
    "elf": 11, "eleven": 11, "zwölf": 12, "twelve": 12, "dreizehn": 13, "thirteen": 13, "vierzehn": 14,
    "fourteen": 14, "fünfzehn": 15, "fifteen": 15, "sechzehn": 16, "sixteen": 16, "siebzehn": 17, "seventeen": 17,
    "achtzehn": 18, "eighteen": 18, "neunzehn": 19, "nineteen": 19,
}  # fmt: skip
TENS = {
    "zwanzig": 20, "twenty": 20, "dreissig": 30, "dreißig": 30, "thirty": 30, "vierzig": 40, "forty": 40,
    "fünfzig": 50, "fifty": 50, "sechzig": 60, "sixty": 60, "siebzig": 70, "seventy": 70, "achtzig": 80,
    "eighty": 80, "neunzig": 90, "ninety": 90,
}  # fmt: skip
HUNDREDS = frozenset(("hundert", "hundred"))
THOUSANDS = frozenset(("tausend", "thousand"))
VALUES = UNITS | TENS


def _any(words: object) -> str:
    return "|".join(sorted(map(str, words), key=len, reverse=True))  # type: ignore[call-overload]


_UNIT_DE = r"(?:eins?|zwei|drei|vier|fünf|sechs|sieben|acht|neun)"
_TENS_DE = r"(?:zwanzig|drei(?:ss|ß)ig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
_TEENS_DE = r"(?:zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn)"
_BELOW_HUNDRED_DE = rf"(?:{_UNIT_DE}und{_TENS_DE}|{_TENS_DE}|{_TEENS_DE}|{_UNIT_DE})"
_BELOW_THOUSAND_DE = (
    rf"(?:{_UNIT_DE}?hundert(?:(?:und)?{_BELOW_HUNDRED_DE})?|{_TEENS_DE}hundert|{_BELOW_HUNDRED_DE})"
)
_GERMAN = (
    rf"(?:{_BELOW_THOUSAND_DE}?tausend(?:(?:und)?{_BELOW_THOUSAND_DE})?|{_BELOW_THOUSAND_DE}|eine[mnrs]?)"
)
_TOKEN_EN = rf"(?:{_any([w for w in VALUES if w.isascii()])}|hundred|thousand)"
_ENGLISH = rf"(?:an?\s(?=hundred|thousand))?{_TOKEN_EN}(?:(?:\s(?:and\s)?|-){_TOKEN_EN}){{0,9}}"
WRITTEN = rf"(?:{_GERMAN}|{_ENGLISH})(?![a-zäöüß])"
HALF = r"(?:an? |eine[rn]? )?(?:half|halben?)(?: an?)?"
CURRENCIES_NAMED = "CHF|EUR|GBP|Franken|Euros?|Pounds|Dollars"  # behind a number in words
BEGIN = r"\b(?=\w{3}|an?\s(?:half|hundred|thousand))"  # no shorter word begins a number: most places are passed over at once
_TOKENS = re.compile(_any([*VALUES, *HUNDREDS, *THOUSANDS]))
_UNIT = re.compile(rf"\s(?:{CURRENCIES_NAMED}|Prozent|per ?cent)", re.IGNORECASE)
_MONEY = re.compile(
    rf"{BEGIN}(?:(?P<h>{HALF})|(?P<n>{WRITTEN}))(?P<s>\s(?:Mio\.|Millionen|Million|Milliarden?))?(?=\s(?:{CURRENCIES_NAMED}|Prozent|per ?cent)\b)",
    re.IGNORECASE,
)


def value_of(words: str) -> Decimal | None:
    """Return the value of a number in words, `fünfundzwanzigtausend` or `two hundred and fifty`; None for no number."""
    total = below = 0
    tokens = _TOKENS.findall(words.lower())
    for token in tokens:
        if token in HUNDREDS:
            below = max(below, 1) * 100
        elif token in THOUSANDS:
            total, below = total + max(below, 1) * 1000, 0
        else:
            below += VALUES[token]
    return Decimal(total + below) if tokens else None


def in_digits(text: str) -> str:
    """Return a text with numbers in words before a currency or `per cent` in digits, as patterns look for them."""
    return _MONEY.sub(_digits, text) if _UNIT.search(text) else text


def _digits(match: re.Match[str]) -> str:
    scale = match["s"] or ""
    if match["h"]:
        return f"0.5{scale}" if scale else match[0]
    return f"{value_of(match['n'])}{scale}"
