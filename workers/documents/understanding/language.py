"""Which language a block is in, by its function words and script."""

from __future__ import annotations

import re
import unicodedata

WORDS = {
    "de": frozenset(
        [
            "der",
            "die",
            "das",
            "und",
            "ist",
            "sind",
            "nicht",
            "von",
            "mit",
            "bei",
            "für",
            "auf",
            "wir",
            "sie",
            "ein",
            "eine",
            "einer",
            "eines",
            "im",
            "den",
            "dem",
            "des",
            "zu",
            "bis",
            "oder",
            "wird",
            "werden",
            "durch",
            "als",
            "auch",
            "nach",
            "nur",
            "wenn",
            "je",
            "pro",
            "sowie",
            "kein",
            "keine",
            "ihr",
            "ihre",
            "ihren",
            "sich",
            "aus",
            "an",
            "am",
            "zum",
            "zur",
            "gilt",
            "versichert",
            "schäden",
            "leistungen",
            "versicherung",
            "höchstens",
            "maximal",
            "ausgeschlossen",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "and",
            "is",
            "are",
            "not",
            "of",
            "with",
            "for",
            "on",
            "we",
            "you",
            "your",
            "a",
            "an",
            "in",
            "to",
            "by",
            "or",
            "will",
            "be",
            "if",
            "as",
            "at",
            "any",
            "up",
            "this",
            "that",
            "from",
            "which",
            "have",
            "has",
            "our",
            "it",
            "they",
            "their",
            "per",
            "each",
            "than",
            "under",
            "when",
            "unless",
            "cover",
            "covered",
            "insured",
            "what",
            "pay",
            "benefit",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "la",
            "les",
            "des",
            "du",
            "et",
            "est",
            "sont",
            "pas",
            "de",
            "avec",
            "pour",
            "sur",
            "nous",
            "vous",
            "un",
            "une",
            "dans",
            "au",
            "aux",
            "ou",
            "par",
            "si",
            "que",
            "qui",
            "en",
            "ne",
            "à",
            "jusqu",
            "sont",
            "assurés",
            "assurance",
            "bagages",
            "dommages",
            "votre",
            "notre",
            "chaque",
            "personne",
        ]
    ),
    "it": frozenset(
        [
            "il",
            "lo",
            "la",
            "gli",
            "le",
            "dei",
            "delle",
            "e",
            "è",
            "sono",
            "non",
            "di",
            "con",
            "per",
            "su",
            "noi",
            "voi",
            "un",
            "una",
            "nel",
            "al",
            "alla",
            "o",
            "da",
            "se",
            "che",
            "in",
            "del",
            "della",
            "fino",
            "assicurazione",
            "persona",
            "ogni",
            "danni",
        ]
    ),
    "es": frozenset(
        [
            "el",
            "los",
            "las",
            "y",
            "es",
            "son",
            "no",
            "de",
            "con",
            "por",
            "para",
            "una",
            "en",
            "al",
            "o",
            "si",
            "que",
            "del",
            "hasta",
            "seguro",
            "cada",
            "persona",
        ]
    ),
    "nl": frozenset(
        [
            "het",
            "een",
            "en",
            "zijn",
            "niet",
            "van",
            "met",
            "voor",
            "op",
            "wij",
            "u",
            "uw",
            "in",
            "aan",
            "of",
            "door",
            "als",
            "dat",
            "die",
            "tot",
            "per",
        ]
    ),
}
SUPPORTED = ("de", "en")
LEAST_WORDS = 4
LEAST_FOREIGN, FOREIGN_SHARE = 3, 0.25  # function words that show a language without rules


def language_of(text: str, default: str | None) -> str:
    """Return a text's language, `default` where too little says so; `und` for letters that are not Latin."""
    if _foreign_script(text):
        return "und"
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {name: sum(word in vocabulary for word in words) for name, vocabulary in WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    rest = max(value for name, value in counts.items() if name != best)
    if best not in SUPPORTED:
        most = max(counts[name] for name in SUPPORTED)
        if (
            counts[best] >= LEAST_FOREIGN
            and counts[best] >= 2 * most
            and counts[best] >= FOREIGN_SHARE * len(words)
        ):
            return best
        best = max(SUPPORTED, key=lambda name: counts[name])
        rest = min(counts[name] for name in SUPPORTED)
    if counts[best] and counts[best] > rest and (len(words) >= LEAST_WORDS or default is None):
        return best
    if re.search(r"[äöüß]", text.lower()) and counts["de"] >= rest:
        return "de"
    return default or ("en" if not counts["de"] else "de")


def _foreign_script(text: str) -> bool:
    """Say whether most letters are of another script than Latin."""
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return False
    latin = sum(sign.isascii() or "LATIN" in unicodedata.name(sign, "") for sign in letters)
    return latin < 0.5 * len(letters)
