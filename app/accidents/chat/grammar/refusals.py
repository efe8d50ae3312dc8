"""Questions that no table answers: the future, causes, other people's data, commands."""

from __future__ import annotations

from app.accidents.chat.grammar.items import Item, Items
from app.accidents.chat.grammar.outcome import Open, Why

_REFUSED = {
    "inject": Why.CODE, "sql": Why.CODE, "others": Why.OTHER_DATA, "forecast": Why.FORECAST, "causal": Why.CAUSAL,
    "write": Why.CHANGE_DATA, "opinion": Why.OPINION, "predict": Why.FORECAST,
}  # fmt: skip


def refused(items: Items) -> Open | None:
    """Return why a question cannot be answered from a table, if a word of it says so."""
    for name, why in _REFUSED.items():
        for item in items:
            if item.says(name) and not _is_name(item) and not _other_meaning(item, name):
                return Open(why, item.mark.text)
    return None


def _is_name(item: Item) -> bool:
    return bool(item.columns or item.values or item.mark.quoted)


def _other_meaning(item: Item, name: str) -> bool:
    """Tell whether a word has another sense here that asks for something."""
    return (
        bool(item.words - {name})
        and name not in {"inject", "others"}
        and not item.words <= {"forecast", "causal", "opinion"}
    )
