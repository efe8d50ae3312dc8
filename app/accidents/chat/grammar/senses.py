"""What a span of a question can mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from app.accidents.datasets.query import Field


class Rank(IntEnum):
    """How directly a word names a column or a value; the lowest wins."""

    EXACT = 0
    ALIAS = 1
    BASE = 2
    PART = 3
    NEAR = 4


@dataclass(frozen=True)
class ColumnSense:
    """A word names a column, or a level of one."""

    field: Field
    rank: Rank
    adjective: bool = False


@dataclass(frozen=True)
class ValueSense:
    """A word names a value of a column or of a level of one: `label`, which stands for `values`."""

    field: Field
    label: str
    values: tuple[str, ...]
    rank: Rank


@dataclass(frozen=True)
class RowSense:
    """A word names whole rows; `own` where the table itself gives the name."""

    own: bool


@dataclass(frozen=True)
class WordSense:
    """A function word, by its name in the lexicon."""

    name: str


@dataclass(frozen=True)
class NumberSense:
    """A number as written."""

    number: float
    percent: bool = False
    decade: bool = False  # 20대, in their 20s


@dataclass(frozen=True)
class TimeSense:
    """A point or a span of time, each part given or not: 2015, March, 1 January 2018, 18 o'clock."""

    year: int | None = None
    half: int | None = None
    quarter: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None


@dataclass(frozen=True)
class PunctuationSense:
    """A comma, a bracket, a question mark."""

    text: str


@dataclass(frozen=True)
class ParticleSense:
    """A Korean particle or a form of the copula."""

    text: str


@dataclass(frozen=True)
class UnknownSense:
    """A word that nothing explains."""


Sense = (
    ColumnSense
    | ValueSense
    | RowSense
    | WordSense
    | NumberSense
    | TimeSense
    | PunctuationSense
    | ParticleSense
    | UnknownSense
)


@dataclass(frozen=True)
class Mark:
    """A span of a question with all that it can mean."""

    start: int
    end: int
    text: str
    senses: tuple[Sense, ...]
    joined: bool = False  # written together with what stands before it
    quoted: bool = False
