"""Signs by which paragraphs, items and words are told apart."""

from __future__ import annotations

import re

BULLETS = "·•–▪◦‣●○■□✓✗➢►*"
UNITS = (
    r"Tag|Monat|Jahr|Woche|Stunde|Minute|Prozent|Person|Januar|Februar|März|April|Mai|Juni|Juli|August|"
    r"September|Oktober|November|Dezember|January|February|March|May|June|July|October|December|"
    r"EUR|CHF|GBP|USD|Euro|Franken|Mio|Uhr|Mal\b|Nächte|Kilometer"
)
LABELLED = re.compile(
    r"^(?:(?:Art\.|§{1,2}|Abs\.|lit\.|Ziff\.)\s*[\dA-Za-z]|(?:Artikel|Article|Absatz|Ziffer|Section|Abschnitt|Part|Teil|Clause|Kapitel|Chapter)\s+(?:\d|[A-Z]{1,4}\b)"
    rf"|[{BULLETS}]\s+\S|-\s+\S"
    r"|\(?[a-z]{1,2}\)\s|\(?\d{1,2}\)\s|\([ivx]{1,4}\)\s|[ivx]{1,4}\)\s"
    r"|[A-Z][\s.]?\d{1,2}(?:\.\d{1,2})*\.?\s+\S"
    rf"|\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}\.?\s+(?!(?:{UNITS}|%|km|m²|kg))[A-ZÄÖÜa-z„\"«])"
)
LETTERED = re.compile(r"^\(?([a-z])\)\s")
CITED = re.compile(r"(?:\d|\b[A-Z])[.)]?$")  # before a letter, it is a reference: `A 2.2 c)`
PLAIN = re.compile(rf"^(\d{{1,2}})\.?\s+(?!(?:{UNITS}))[A-ZÄÖÜ„\"«]")
CONNECTORS = frozenset(
    [
        "von",
        "nach",
        "gemäss",
        "gemäß",
        "in",
        "und",
        "oder",
        "zu",
        "siehe",
        "art.",
        "abs.",
        "lit.",
        "ziff.",
        "to",
        "under",
        "see",
        "of",
        "and",
        "or",
        "section",
        "article",
        "bis",
        "ziffer",
        "absatz",
        "entgegen",
        "bei",
        "the",
        "im",
    ]
)
BULLET = re.compile(r"^[·•▪◦‣●○■□✓✗➢►]\s*\S")
UNFINISHED = re.compile(  # no item of a list ends in such a word
    r"\b(?:a|an|the|your|our|their|its|his|her|any|each|every|this|these|of|in|to|for|by|with|from|on|at|and|or|is|are|was|be|if|that|which|who|we|you|not|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|ihr|ihre|ihren|ihrem|ihrer|unser|unsere|und|oder|von|vom|in|im|zu|zum|zur|für|mit|bei|nach|auf|an|am|aus|"
    r"durch|wenn|dass|ist|sind|wird|werden|wir|sie|nicht|kein|keine|sowie|bis|CHF|EUR|GBP)$"
)
ENDS = re.compile(r"[.;:!?…][\"“”»)]*$")
