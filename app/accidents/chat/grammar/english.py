"""English words in the one form under which lexicons hold them."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "people": "people", "men": "man", "women": "woman", "children": "child", "injuries": "injury",
    "mice": "mouse", "days": "day", "bus": "bus", "gas": "gas", "is": "is", "was": "was", "has": "has",
    "does": "does", "this": "this", "its": "its", "us": "us", "his": "his", "series": "series",
    "less": "less", "as": "as", "versus": "versus", "vs": "vs", "news": "news", "plus": "plus",
    "yes": "yes", "whose": "whose", "status": "status", "always": "always", "diabetes": "diabetes",
    "mathematics": "mathematics", "maths": "maths", "statistics": "statistics", "statuses": "status",
    "busiest": "busiest", "analyses": "analysis", "basis": "basis", "s": "s", "los": "los", "illness": "illness",
}  # fmt: skip


@lru_cache(maxsize=10_000)
def lemma(word: str) -> str:
    """Return the word that a plural or an upper-case form belongs to."""
    word = word.casefold().replace("’", "'")
    word = word.removesuffix("'s") or word
    if word in _IRREGULAR or len(word) < 4:
        return _IRREGULAR.get(word, word)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
