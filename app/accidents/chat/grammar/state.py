"""The state of reading one question."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.accidents.chat.grammar.items import Items
from app.accidents.chat.grammar.text import Text
from app.accidents.chat.grammar.vocabulary import Vocabulary


@dataclass
class Parse:
    """The state of reading one question."""

    text: Text
    words: Vocabulary
    items: Items
    notes: list[tuple[str, str]] = field(default_factory=list)
    stated: bool = False  # the question says by itself what it asks for
