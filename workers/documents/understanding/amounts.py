"""Amounts, shares, periods and counts in a sentence: exact value, unit, basis and role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from workers.documents.understanding.number_words import BEGIN, CURRENCIES_NAMED, HALF, WRITTEN, value_of

CURRENCIES = {
    "chf": "CHF", "fr.": "CHF", "fr": "CHF", "sfr.": "CHF", "sfr": "CHF", "franken": "CHF",
    "eur": "EUR", "€": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "us$": "USD", "$": "USD", "dollars": "USD",
    "gbp": "GBP", "£": "GBP", "pounds": "GBP",
}  # fmt: skip
PERIODS = {
    "minute": "minute", "minuten": "minute", "minutes": "minute",
    "stunde": "hour", "stunden": "hour", "hour": "hour", "hours": "hour", "std.": "hour", "std": "hour", "hrs": "hour",
    "tag": "day", "tage": "day", "tagen": "day", "day": "day", "days": "day", "kalendertage": "day",
    "kalendertagen": "day", "arbeitstagen": "day", "arbeitstage": "day", "werktagen": "day", "werktage": "day",
    "nacht": "night", "nächte": "night", "nächten": "night", "night": "night", "nights": "night",
    "übernachtungen": "night",
    "woche": "week", "wochen": "week", "week": "week", "weeks": "week",
    "monat": "month", "monate": "month", "monaten": "month", "month": "month", "months": "month",
    "jahr": "year", "jahre": "year", "jahren": "year", "year": "year", "years": "year",
}  # fmt: skip
MEASURES = {
    "km": "km",
    "kilometer": "km",
    "kilometern": "km",
    "kilometres": "km",
    "miles": "mile",
    "kg": "kg",
    "m²": "m2",
    "m2": "m2",
    "quadratmeter": "m2",
}
TIMES_WORDS = {"einmal": 1, "zweimal": 2, "dreimal": 3, "viermal": 4, "twice": 2, "once": 1}
SCALES = {
    "mio": 1_000_000, "mio.": 1_000_000, "million": 1_000_000, "millionen": 1_000_000, "millions": 1_000_000,
    "m": 1_000_000, "mn": 1_000_000, "mrd": 1_000_000_000, "mrd.": 1_000_000_000, "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000, "billion": 1_000_000_000, "tausend": 1000, "tsd": 1000, "tsd.": 1000, "k": 1000,
}  # fmt: skip

_NUMBER = r"\d{1,3}(?:['’.,\u00a0\u202f\u2009 ]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d{1,3}(?!\d))?"
_TAIL = r"(?:[.,][-–—]{1,2}(?!\w))?"
_SCALE = r"Mio\.?|Mrd\.?|Millionen|Million|million|Milliarden|Milliarde|millions|billion|tausend|mn|Tsd\.?|m(?=\b)|k(?=\b)"
_CURRENCY = r"CHF|SFr\.?|Fr\.|EUR|€|Euros?|USD|US\$|\$|GBP|£|Franken"
_PERIOD = "|".join(sorted((re.escape(word) for word in PERIODS), key=len, reverse=True))
_MEASURE = r"km(?!/h)|Kilometern?|kilometres|miles|kg|m²|m2|Quadratmeter"

MONEY = re.compile(
    rf"(?<![\w.])(?P<c1>{_CURRENCY})\s?(?P<n1>{_NUMBER}){_TAIL}(?:\s?(?P<s1>{_SCALE}))?"
    rf"|(?<![\w.,'’/])(?P<n2>{_NUMBER}){_TAIL}(?:\s?(?P<s2>{_SCALE}))?\s?(?P<c2>{_CURRENCY}|Pounds|pounds|Dollars|dollars)(?!\w)",
)
MONEY_IN_WORDS = re.compile(
    rf"{BEGIN}(?:(?P<h>{HALF})(?=\s[Mm])|(?P<n>{WRITTEN}))(?:\s(?P<s>{_SCALE}))?\s(?P<c>{CURRENCIES_NAMED})(?!\w)",
    re.IGNORECASE,
)
PERCENT = re.compile(
    rf"(?<![\w.,'’])(?P<n>{_NUMBER}|{WRITTEN}(?=\s\w))\s?(?:%|Prozent\b|percent\b|per cent\b|v\.\s?H\.)",
    re.IGNORECASE,
)
PERIOD = re.compile(
    rf"(?<![\w.,'’/-])(?P<n>\d+(?:[.,]\d+)?|{WRITTEN})[\s-](?:(?:complete|full|further|consecutive|aufeinanderfolgende[nr]?|volle[nr]?|weitere[nr]?|whole|clear|working|calendar|additional)\s)?(?P<u>{_PERIOD})(?!['’]s\b|[\w-])",
    re.IGNORECASE,
)
MEASURE = re.compile(rf"(?<![\w.,'’])(?P<n>{_NUMBER})\s?(?P<u>{_MEASURE})(?![\w/])", re.IGNORECASE)
TIMES = re.compile(
    rf"(?<![\w.,'’-])(?:(?P<n>\d+)\s?(?:x|×|Mal|mal|times)(?!\w)|(?P<w>{'|'.join(TIMES_WORDS)})(?=\s+(?:pro|je|per|jährlich|im|(?:a|an|each|every|in (?:a|any|every)(?: one)?)\s(?:\d+\s)?(?:\w+\s)?(?:year|month|week|day|trip|period|claim|lifetime))\b)|(?P<w2>{WRITTEN})\s(?:times|Mal)\b)"
)
COUNTED = re.compile(
    rf"\b(?:höchstens|maximal|bis zu|längstens|up to|no more than|not more than|at most|(?:a )?maximum of|limited to|beschränkt auf|begrenzt auf|access to|entitled to|and|und|sowie)\s(?P<n>\d{{1,3}}|{WRITTEN})\s(?:\w{{3,20}}\s)?(?:\w{{0,12}}sitzungen|\w{{0,12}}behandlungen|konsultationen|\w{{0,12}}beratungen|einsätze|sessions|visits|treatments|consultations|call-?outs|(?:\w{{0,10}}fälle|fällen?|pannen|emergencies|claims|breakdowns)(?= (?:pro|je|im|in|an?|per|each|every|during)\b|\.?$))",
    re.IGNORECASE,
)  # how often a service is granted
UNLIMITED = re.compile(
    r"\b(?:der Höhe nach unbegrenzt|unbegrenzt\w*|unlimitiert\w*|unbeschränkt\w*|ohne (?:betragliche |summenmässige |summenmäßige |obere )?(?:\w{0,14}begrenzung|\w{0,14}limite|\w{0,14}limit|\w{0,10}obergrenze|\w{0,10}höchstgrenze|Grenze|Höchstbetrag|Plafond)|nach oben offen"
    r"|nach oben nicht (?:limitiert|begrenzt)|(?:der Höhe nach )?nicht (?:limitiert|begrenzt)|unlimited|without (?:any )?(?:financial |upper |monetary )?limit|no (?:upper |financial |monetary )?(?:limit|cap|ceiling)|in voller Höhe(?! der\b)|in full)\b",
    re.IGNORECASE,
)

SHARE = re.compile(r"%|prozent|per ?cent|v\.\s?h\.", re.IGNORECASE)
NAMED_CURRENCY = re.compile(rf"\s(?:{CURRENCIES_NAMED})", re.IGNORECASE)
MOST_KEPT = 1024  # sentences: a clause is asked for its amounts by several rules
REPEATED = re.compile(rf"\s\((?:{_CURRENCY})?\s?\d")
ANY = re.compile(
    r"\b(?:any|each|every|per|innerhalb|während|in)\s$", re.IGNORECASE
)  # `in any one year` is a basis
NOUNS = {
    "event": (
        r"Ereignis(?:ses)?|Schaden(?:fall|ereignis|s)?(?:es|s)?|Versicherungsfall(?:es|s)?|Notfall|Fall|Leistungsfall|Unfall|Rechtsfall|Rechtsschutzfall|Rechtsstreit|Einsatz|Schadensfall|Panne|Diebstahl"
        r"|event|claim|occurrence|incident|loss|accident|emergency|case|call-?out|legal dispute|dispute|breakdown|cause of action"
    ),
    "year": (
        r"Jahr(?:es)?|Kalenderjahr(?:es)?|Versicherungsjahr(?:es)?|Versicherungsperiode|Laufzeitjahr"
        r"|calendar year|policy year|insurance year|year of insurance|period of insurance|period of cover|insurance period|policy period|year|annum|12 months"
    ),
    "person": r"Person|Versicherten?|Kopf|Reisenden?|Insasse|Fahrgast|Kind|person|traveller|adult|member|passenger|head|child|employee|individual|guest|Mitarbeiter(?:in|s)?|Angestellten?",
    "day": r"Kalendertag|Arbeitstag|Tag(?:es)?|24 Stunden|day|24 hours",
    "night": r"Nacht|Übernachtung|night",
    "trip": r"Reise|Fahrt|trip|journey",
    "item": r"Gegenstand|Stück|Sache|Gerät|Fahrrad|Einzelgegenstand|Einzelstück|Objekt|article|item|object|bicycle|device|pair or set|pair|set",
    "month": r"Monat|month",
    "hour": r"Stunde|hour",
    "vehicle": r"Fahrzeug|vehicle",
    "policy": r"Vertrag|policy",
}  # fmt: skip
_ANY_NOUN = "|".join(f"(?P<{name}>{nouns})" for name, nouns in NOUNS.items())
_ADJECTIVE = r"(?:(?:versicherte[nrs]?|einzelne[nrs]?|insured|complete|full|covered|separate|volle[nrs]?|further|one|single|such|individual|angefangene[nrs]?|weitere[nrs]?|begonnene[nrs]?|geschädigte[nrs]?|verletzte[nrs]?|membership|injured)\s)*"
_EACH = r"(?:für (?:die|den|das)(?= einzelne)|je(?:de[rsnm]?|weils pro)?|pro|per|each|every|any one|for one|any(?= single)|for any|in (?:a|one)(?= (?:\w+ )?year)|in the(?= (?:policy|insurance) (?:period|year)| period of)|in any|in any one|im(?= \w*Jahr| Monat)|in(?= einem \w*[jJ]ahr) einem|eines(?= \w*[jJ]ahr)|innerhalb eines|during any(?: one)?|of any(?: one)?|/)"
PHRASE = re.compile(
    rf"(?<!\w){_EACH}\s?{_ADJECTIVE}(?:[a-zäöü]{{3,}}\s)??(?:{_ANY_NOUN})(?!\w)", re.IGNORECASE
)
CHAINED = re.compile(
    rf"\s?(?:und|and|oder|or|/|,|&)\s?(?:je|pro|per|each)?\s?{_ADJECTIVE}(?:{_ANY_NOUN})(?!\w)", re.IGNORECASE
)
DIRECT = re.compile(
    rf"\s*(?:an?|am|im)\s(?:{_ANY_NOUN})(?!\w)", re.IGNORECASE
)  # `30 days a year`, right behind an amount
ALONE = (
    ("year", re.compile(r"\b(?:jährlich|annually|per annum|p\. ?a\.|during the year|Jahres(?:höchst|maxim)\w+|annual (?:\w+ ){0,2}(?:limit|maximum|aggregate|cap|ceiling|allowance|deductible|excess|benefit))", re.IGNORECASE)),
    ("day", re.compile(r"\b(?:täglich|daily|Tagessatz|\w*Taggeld|\w*Tagegeld|Tagespauschale)\b", re.IGNORECASE)),
    ("night", re.compile(r"\bnightly\b", re.IGNORECASE)),
    ("item", re.compile(r"\bany one of (?:them|these|those)\b|\(each\)|\bsingle (?!event|claim|accident|occurrence|loss|incident|trip|premium|parent|person|room|policy|payment|journey|year|limit|sum)\w+|\bany one (?!event|claim|accident|occurrence|loss|person|year|period|policy|trip|incident)(?:\w+ ){0,2}\w+$|\bEinzel(?:stück|gegenst[aä]nd|sache)\w*|\beinzelne Gegenstände\b", re.IGNORECASE)),
    ("month", re.compile(r"\b(?:monatlich|monthly)\b", re.IGNORECASE)),
    ("hour", re.compile(r"\bhourly\b", re.IGNORECASE)),
    ("trip", re.compile(r"\btrips?\b.{0,40}(?<!\w)each(?= *[,.;]|$)|\bReisen?\b.{0,40}\bjeweils\b", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of a sentence; `start` and `end` count within it. `unlimited` amounts have no value."""

    start: int
    end: int
    value: Decimal | None
    unit: str
    kind: str  # money, percent, period, measure, times, unlimited
    unlimited: bool = False

    @property
    def text(self) -> str:
        """Return the value as a plain decimal string."""
        return plain(self.value) if self.value is not None else ""


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without nought at its end."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str, language: str) -> Decimal:
    """Return the value of a number as written in a language (de, en)."""
    digits = re.sub(r"['’\u00a0\u202f\u2009 ]", "", text)
    point, comma = digits.rfind("."), digits.rfind(",")
    if point >= 0 and comma >= 0:
        thousands = "," if point > comma else "."
        return Decimal(digits.replace(thousands, "").replace(",", "."))
    mark = "." if point >= 0 else ","
    if mark not in digits:
        return Decimal(digits)
    groups = digits.split(mark)
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    own_thousands = {"de": ".", "en": ","}.get(language, ",")
    if grouped and (mark == own_thousands or len(groups) > 2):
        return Decimal("".join(groups))
    return Decimal(digits.replace(",", "."))


def amounts(sentence: str, language: str) -> list[Amount]:
    """Return a sentence's amounts in order; dates, article and telephone numbers are none."""
    return list(_amounts(sentence, language))


@lru_cache(MOST_KEPT)
def _amounts(sentence: str, language: str) -> tuple[Amount, ...]:
    read: list[Amount] = []
    for match in MONEY.finditer(sentence):
        text = match["n1"] or match["n2"]
        scale = SCALES.get((match["s1"] or match["s2"] or "").lower(), 1)
        unit = CURRENCIES.get((match["c1"] or match["c2"]).lower(), match["c1"] or match["c2"])
        read.append(Amount(match.start(), match.end(), number(text, language) * scale, unit, "money"))
    read += _in_words(sentence)
    read += [
        Amount(match.start(), match.end(), _counted(match["n"], language), "%", "percent")
        for match in (PERCENT.finditer(sentence) if SHARE.search(sentence) else ())
    ]
    for match in PERIOD.finditer(sentence):
        amount = _counted(match["n"], language)
        if amount == 1 and not match["n"].isdigit() and ANY.search(sentence[: match.start()]):
            continue
        read.append(Amount(match.start(), match.end(), amount, PERIODS[match["u"].lower()], "period"))
    for match in MEASURE.finditer(sentence):
        unit = MEASURES[match["u"].lower()]
        read.append(Amount(match.start(), match.end(), number(match["n"], language), unit, "measure"))
    for match in TIMES.finditer(sentence):
        word = (match["w"] or match["w2"] or "").lower()
        count = Decimal(TIMES_WORDS[word]) if word in TIMES_WORDS else _counted(match["n"] or word, language)
        read.append(Amount(match.start(), match.end(), count, "times", "times"))
    for match in COUNTED.finditer(sentence):
        count = _counted(match["n"], language)
        read.append(Amount(match.start("n"), match.end(), count, "times", "times"))
    read += [
        Amount(match.start(), match.end(), None, "", "unlimited", unlimited=True)
        for match in UNLIMITED.finditer(sentence)
    ]
    return tuple(_apart(read))


def _counted(text: str, language: str) -> Decimal:
    """Return the value of digits or of a number in words."""
    return number(text, language) if text[0].isdigit() else value_of(text) or Decimal(0)


def _in_words(sentence: str) -> list[Amount]:
    """Return the sums of money that are written in words; none where digits behind say the same."""
    read: list[Amount] = []
    if not NAMED_CURRENCY.search(sentence):
        return read
    for match in MONEY_IN_WORDS.finditer(sentence):
        if REPEATED.match(sentence, match.end()):
            continue
        value = Decimal("0.5") if match["h"] else value_of(match["n"])
        if value is not None:
            scale = SCALES.get((match["s"] or "").lower(), 1)
            read.append(
                Amount(match.start(), match.end(), value * scale, CURRENCIES[match["c"].lower()], "money")
            )
    return read


def _apart(read: list[Amount]) -> list[Amount]:
    """Return the amounts that do not overlap an earlier, longer one."""
    kept: list[Amount] = []
    for each in sorted(read, key=lambda a: (a.start, -a.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def basis(words: str) -> tuple[str, ...]:
    """Return what a piece of a sentence counts by: event, year, person, day, night, trip, item."""
    bases: list[str] = []
    direct = DIRECT.match(words)
    if direct and direct.lastgroup:
        bases.append(direct.lastgroup)
    for match in PHRASE.finditer(words):
        bases.append(match.lastgroup or "")
        more = CHAINED.match(words, match.end())
        if more and more.lastgroup:
            bases.append(more.lastgroup)
    bases += [name for name, pattern in ALONE if pattern.search(words)]
    return tuple(dict.fromkeys(name for name in bases if name))
