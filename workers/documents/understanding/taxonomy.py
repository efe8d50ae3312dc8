"""The taxonomy: what may be insured, by which names it goes, and what a text's words point to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "taxonomy.yaml"
SHORT = 4  # aliases no longer than this are whole words only
STOP = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "your",
        "you",
        "our",
        "of",
        "in",
        "to",
        "a",
        "an",
        "each",
        "per",
        "any",
        "one",
        "all",
        "section",
        "cover",
        "covered",
        "insurance",
        "costs",
        "cost",
        "claim",
        "der",
        "die",
        "das",
        "und",
        "für",
        "mit",
        "von",
        "bei",
        "im",
        "in",
        "zu",
        "je",
        "pro",
        "ein",
        "eine",
        "versicherung",
        "versicherte",
        "kosten",
        "schäden",
        "schaden",
        "leistung",
        "leistungen",
        "under",
        "more",
        "than",
        "by",
        "is",
        "are",
        "what",
        "we",
        "pay",
        "will",
        "not",
        "or",
        "nach",
        "durch",
        "an",
        "auf",
        "aus",
        "up",
        "benefit",
        "benefits",
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that may be insured: its key, line of business, tier, names and aliases."""

    key: str
    line: str
    tier: str
    names: dict[str, str]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """All entries, asked by text."""

    entries: tuple[Entry, ...]

    @staticmethod
    @cache
    def load(path: Path | None = None) -> Taxonomy:
        """Return the taxonomy of a YAML file, or the one that ships."""
        with (path or SHIPPED).open(encoding="utf-8") as stream:
            return Taxonomy.of(yaml.safe_load(stream))

    @staticmethod
    def of(document: dict[str, Any]) -> Taxonomy:
        """Return the taxonomy of a document: `{line: {tier: {key: {de, en, aliases}}}}`."""
        entries = []
        for line, tiers in document.items():
            for tier, items in tiers.items():
                for key, facts in items.items():
                    names = {language: facts[language] for language in ("de", "en") if language in facts}
                    aliases = {
                        *(name.lower() for name in names.values()),
                        *map(str.lower, facts.get("aliases", [])),
                    }
                    entries.append(
                        Entry(
                            f"{line}.{key}", line, tier, names, tuple(sorted(aliases, key=len, reverse=True))
                        )
                    )
        return Taxonomy(tuple(entries))

    def match(self, text: str, tier: str | None = None) -> Entry | None:
        """Return the entry whose longest alias stands earliest in a text."""
        lower = spelled(text)
        best: tuple[int, int, Entry] | None = None
        for entry in self.entries:
            if tier and entry.tier != tier:
                continue
            for alias in entry.aliases:
                at = _place(spelled(alias), lower)
                if at >= 0 and (best is None or (-len(alias), at) < best[:2]):
                    best = (-len(alias), at, entry)
                    break
        return best[2] if best else None

    def keys(self, text: str) -> frozenset[str]:
        """Return the keys of all entries that a text names."""
        lower = spelled(text)
        return frozenset(
            entry.key for entry in self.entries if any(_place(spelled(a), lower) >= 0 for a in entry.aliases)
        )


@cache
def spelled(text: str) -> str:
    """Return a text in the one spelling that aliases are compared in: small letters, ss for ß."""
    return text.lower().replace("ß", "ss")


def _place(alias: str, text: str) -> int:
    """Return where an alias stands; short ones only as whole words, longer ones inside compounds too."""
    at = text.find(alias)
    if at < 0 or len(alias) > SHORT:
        return at if at < 0 or at == 0 or not text[at - 1].isalpha() or len(alias) > 6 else -1
    match = re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text)
    return match.start() if match else -1


def stems(text: str) -> frozenset[str]:
    """Return a text's content words, each cut to its stem, for likeness of labels and clauses."""
    words = re.findall(r"[^\W\d_]{3,}", spelled(text))
    return frozenset(_stem(word) for word in words if word not in STOP)


def _stem(word: str) -> str:
    for ending in ("ungen", "ation", "ings", "ing", "ung", "ies", "en", "er", "es", "ed", "e", "s", "n", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
