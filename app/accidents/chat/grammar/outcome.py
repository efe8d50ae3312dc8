"""What a question comes to when it is not answered: it is asked back, or refused, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.accidents.datasets.query import Field


class Why(StrEnum):
    """Why there is no answer."""

    FORECAST = "forecast"
    CAUSAL = "causal"
    OPINION = "opinion"
    OTHER_DATA = "other_data"
    CODE = "code"
    CHANGE_DATA = "change_data"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_VALUE = "unknown_value"
    AMBIGUOUS_COLUMN = "ambiguous_column"
    AMBIGUOUS_VALUE = "ambiguous_value"
    NO_MEASURE = "no_measure"
    NO_UNIT = "no_unit"
    NO_DATES = "no_dates"
    NO_SIDES = "no_sides"
    NOTHING_ASKED = "nothing_asked"
    MISSING_FIELDS = "missing_fields"


@dataclass(frozen=True)
class Open:
    """A question without an answer: refused, or asked back with what could be meant."""

    why: Why
    word: str = ""
    column: str = ""
    options: tuple[str, ...] = ()  # columns or values that could be meant, at most three
    message: str = ""  # the question that an option completes


class Ambiguous(Exception):
    """Raised when a word fits several columns and the question does not say which."""

    def __init__(self, word: str, fields: list[Field], kind: str) -> None:
        super().__init__(word)
        self.word = word
        self.fields = fields
        self.kind = kind


class UnknownValue(Exception):
    """Raised when a word stands where a column's value should, and is none of them."""

    def __init__(self, word: str, column: str) -> None:
        super().__init__(word)
        self.word = word
        self.column = column


class NoPlace(Exception):
    """Raised when a question asks where, when or who, and no one column says it."""

    def __init__(self, word: str, options: tuple[str, ...]) -> None:
        super().__init__(word)
        self.options = options
