"""Answer a message about a data set without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accidents.chat.answers import open_wording, prediction
from app.accidents.chat.answers.plans.plan import carry_out
from app.accidents.chat.answers.plans.result import Data
from app.accidents.chat.answers.prediction import Predict
from app.accidents.chat.answers.slots import Accident, asks_prediction, read_accident
from app.accidents.chat.answers.wording.wording import Wording
from app.accidents.chat.grammar.hangul import is_hangul
from app.accidents.chat.grammar.outcome import Open, Why
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
    accident: Accident | None = None

    def memory(self, before: Memory) -> Memory:
        """Return what a conversation has come to with this answer."""
        return Memory(self.reading or before.reading, self.open, self.accident)


@dataclass(frozen=True)
class Memory:
    """What a conversation has come to: the last question that was understood, and what waits for a word.

    `accident` is one whose severity is asked for and of which something is still to be said.
    """

    reading: Reading | None = None
    waiting: Open | None = None
    accident: Accident | None = None


def language(message: str) -> str:
    """Return ko or en, the language of a message: that of its words that no table gives it."""
    hangul = sum(map(is_hangul, message))
    latin = sum(char.isascii() and char.isalpha() for char in message)
    return "ko" if hangul and hangul * 2 >= latin else "en"


def answer(
    message: str,
    words: Vocabulary,
    run: Callable[[Query, str], dict[str, Any]],
    memory: Memory | None = None,
    predict: Predict | None = None,
) -> Answer:
    """Answer a message.

    Args:
        message: what is asked.
        words: the data set's.
        run: asks the data set.
        memory: what the conversation has come to.
        predict: tells an accident's severity; without it, no prediction is made.

    """
    memory = memory or Memory()
    lang = language(message)
    accident = _accident(message, memory) if predict else None
    if predict and accident is not None:
        return _predicted(accident, predict, lang, memory)
    outcome = _understood(message, words, memory)
    if isinstance(outcome, Open):
        return Answer(open_wording.say(outcome, lang, words), open=outcome, reading=memory.reading)
    result = carry_out(outcome, Data(words.profile, run))
    content = Wording(lang, words).answer(result)
    return Answer(
        content, result.evidence, outcome
    )  # the reading as it was understood: a follow-up builds on it


def _accident(message: str, memory: Memory) -> Accident | None:
    """Return the accident that a message asks of, or says more of."""
    if asks_prediction(message):
        return read_accident(message)
    if memory.accident is None:
        return None
    more = read_accident(message)
    return memory.accident.with_more(more) if more.fields else None


def _predicted(accident: Accident, predict: Predict, lang: str, memory: Memory) -> Answer:
    """Return an accident's severity, or the question for what is still to be said of it."""
    if accident.lacks:
        waiting = Open(Why.MISSING_FIELDS, options=accident.lacks[: prediction.MOST_ASKED])
        return Answer(prediction.ask_back(accident, lang), [], memory.reading, waiting, accident)
    figures = predict(accident.fields)
    evidence = [prediction.evidence_of(accident, figures)]
    return Answer(prediction.say(accident, figures, lang), evidence, memory.reading)


def remembered(message: str, words: Vocabulary, memory: Memory, *, predicts: bool = False) -> Memory:
    """Return what a conversation has come to after one more message."""
    accident = _accident(message, memory) if predicts else None
    if accident is not None:
        return Memory(memory.reading, None, accident if accident.lacks else None)
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
    text = squeezed(message)
    if squeezed(option) in text:
        return True
    others = " ".join(other for other in options if other != option)
    own = [
        word
        for word in re.findall(r"[\w]+", option)
        if word not in re.findall(r"[\w]+", others) and len(word) > 1
    ]
    return len(text) <= 30 and any(squeezed(word) in text for word in own)
