"""Answer a message about a data set without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accidents.chat.answers import open_wording, plan
from app.accidents.chat.answers.wording import Wording
from app.accidents.chat.grammar.hangul import is_hangul
from app.accidents.chat.grammar.outcome import Open
from app.accidents.chat.grammar.parse import parse
from app.accidents.chat.grammar.reading import Reading
from app.accidents.chat.grammar.text import squeezed
from app.accidents.chat.grammar.vocabulary import Vocabulary
from app.accidents.datasets.query import Query

MOST_CHARACTERS = 1000  # of a message: reading it takes time that grows with it


@dataclass(frozen=True)
class Answer:
    """What the chat says to a message, and the evidence for each number in it."""

    content: str
    evidence: list[dict[str, Any]] = field(default_factory=list)
    reading: Reading | None = None
    open: Open | None = None


@dataclass(frozen=True)
class Memory:
    """What a conversation has come to: the last question that was understood, and one that waits for a word."""

    reading: Reading | None = None
    waiting: Open | None = None


def language(message: str) -> str:
    """Return ko or en, the language of a message: that of its words that no table gives it."""
    hangul = sum(map(is_hangul, message))
    latin = sum(char.isascii() and char.isalpha() for char in message)
    return "ko" if hangul and hangul * 2 >= latin else "en"


def answer(
    message: str, words: Vocabulary, run: Callable[[Query, str], dict[str, Any]], memory: Memory | None = None
) -> Answer:
    """Answer a message; `run` asks the data set, `memory` is what the conversation has come to."""
    memory = memory or Memory()
    lang = language(message)
    outcome = _understood(message, words, memory)
    if isinstance(outcome, Open):
        return Answer(open_wording.say(outcome, lang, words), open=outcome, reading=memory.reading)
    result = plan.carry_out(outcome, plan.Data(words.profile, run))
    content = Wording(lang, words).answer(result)
    return Answer(
        content, result.evidence, outcome
    )  # the reading as it was understood: a follow-up builds on it


def remembered(message: str, words: Vocabulary, memory: Memory) -> Memory:
    """Return what a conversation has come to after one more message."""
    outcome = _understood(message, words, memory)
    if isinstance(outcome, Open):
        return Memory(memory.reading, outcome)
    return Memory(outcome, None)


def _understood(message: str, words: Vocabulary, memory: Memory) -> Reading | Open:
    """Return a message's reading; a word that the last answer asked for completes the question before it."""
    waiting = memory.waiting
    outcome: Reading | Open | None = None
    if waiting is not None and waiting.message and waiting.options:
        outcome = _completed(message, words, waiting, memory)
    return outcome or parse(message, words, memory.reading)


def _completed(message: str, words: Vocabulary, waiting: Open, memory: Memory) -> Reading | None:
    """Return the reading of the question that a reply to it completes, if the reply does."""
    options = [option for option in waiting.options if _names(message, option, waiting.options)]
    if len(options) != 1:
        return None
    quoted = f'"{options[0]}"'
    for whole in (
        waiting.message.replace(waiting.word, quoted, 1),
        waiting.message.replace(waiting.word, f"{quoted} {waiting.word}", 1),
    ):
        outcome = parse(whole, words, memory.reading)
        if isinstance(outcome, Reading):
            return outcome
    return None


def _names(message: str, option: str, options: Sequence[str]) -> bool:
    """Tell whether a short reply names an option: whole, or by the words that only this option has."""
    said = squeezed(message)
    if squeezed(option) in said:
        return True
    others = " ".join(other for other in options if other != option)
    own = [
        word
        for word in re.findall(r"[\w]+", option)
        if word not in re.findall(r"[\w]+", others) and len(word) > 1
    ]
    return len(said) <= 30 and any(squeezed(word) in said for word in own)
