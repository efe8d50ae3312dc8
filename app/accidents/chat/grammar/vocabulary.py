"""The words that one data set understands: its columns, their values, and what its rows are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.accidents.chat.grammar import columns, values
from app.accidents.chat.grammar.hangul import letters
from app.accidents.chat.grammar.index import Index, phrase
from app.accidents.chat.grammar.lexicon import Term, term_key, terms
from app.accidents.chat.grammar.senses import ColumnSense, Rank, RowSense, Sense, ValueSense
from app.accidents.chat.grammar.text import squeezed
from app.accidents.datasets.profile import Column, Profile
from app.accidents.datasets.query import Field, Part

_PEOPLE = {"사람", "고객", "손님"}  # who may be counted as rows of a table about what they did
_MANY = 400  # values of a column from which on only plain spellings are kept
_COUNTS = re.compile(r"건수|발생건수|count|n|cnt|횟수|빈도|frequency|cases|인원|인원수", re.IGNORECASE)


@dataclass
class Vocabulary:
    """All names of a data set, ready for look-ups, and what its columns are for."""

    name: str
    profile: Profile
    index: Index = field(default_factory=Index)
    levels: list[values.Level] = field(default_factory=list)
    spellings: dict[str, set[Sense]] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """Return a column of the profile."""
        return self.profile.column(name)

    def is_called(self, column: Column, term: str) -> bool:
        """Tell whether a term of the lexicon names a column."""
        senses = self.index.phrases.get(phrase(term), ())
        return any(isinstance(s, ColumnSense) and s.field.column == column.name for s in senses)

    @property
    def dates(self) -> tuple[Column, ...]:
        """The columns that hold dates."""
        return tuple(column for column in self.profile.columns if column.type.is_temporal)

    @property
    def numbers(self) -> tuple[Column, ...]:
        """The columns that can be added up or averaged."""
        return tuple(column for column in self.profile.columns if column.is_measure)

    @property
    def weight(self) -> Column | None:
        """The column that says how often each row counts, in a table that is counted already."""
        counts = [column for column in self.numbers if _COUNTS.fullmatch(column.source_name)]
        return counts[0] if len(counts) == 1 and not self.dates else None

    def part_column(self, part: Part) -> Column | None:
        """Return a column that itself holds years, months, hours or weekdays."""
        wanted = {
            Part.YEAR: "year",
            Part.MONTH: "month",
            Part.HOUR: "hour",
            Part.WEEKDAY: "weekday",
            Part.QUARTER: "quarter",
        }
        name = wanted.get(part)
        same = {term.key for term in terms().same(name)} | {name} if name else set()
        for column in self.profile.columns:
            if columns_key(column) & same and not column.type.is_temporal:
                return column
        return None


def columns_key(column: Column) -> set[str]:
    """Return the plain keys of a column's name."""
    words = columns.tokens(column.source_name)
    return {squeezed(column.source_name), squeezed(column.name), *(words[:1] if len(words) == 1 else ())} | {
        squeezed(word) for word in words if len(words) == 2
    }


def vocabulary(profile: Profile, name: str = "") -> Vocabulary:
    """Return the words that a data set understands."""
    made = Vocabulary(name, profile)
    for column in profile.columns:
        _add_column(made, column)
        for level in values.levels_of(column) if column.categories else ():
            made.levels.append(level)
            _add_level(made, level)
    if made.dates and made.part_column(Part.WEEKDAY) is None:
        _add_weekdays(made)
    _add_rows(made)
    return made


def _add_column(made: Vocabulary, column: Column) -> None:
    flag = values.flags(column)
    for name, rank, adjective in columns.aliases(column):
        sense = ColumnSense(Field(column.name), rank, adjective)
        if rank is Rank.EXACT:
            made.index.add_name(name, sense)
        made.index.add(name, sense)
        _spell(made, name, sense)
        if flag and not name.endswith("~"):
            _add_negated(made, column, name, flag[1])


def _add_negated(made: Vocabulary, column: Column, name: str, label: str) -> None:
    """Add the words for the other half of a yes or no: 비회원, non-member."""
    sense = ValueSense(Field(column.name), label, (label,), Rank.ALIAS)
    for word in (f"비{name}", f"미{name}", f"non {name}", f"non{name}", f"un{name}"):
        made.index.add(word, sense)


def _add_level(made: Vocabulary, level: values.Level) -> None:
    for name in level.names:
        made.index.add(name, ColumnSense(level.field, Rank.ALIAS))
    many = len(level.values) > _MANY
    for label, stands_for in level.values.items():
        sexes = [(word, Rank.ALIAS) for word in values.sex_terms(made.column(level.field.column), label)]
        for name, rank in (*values.aliases(label, many=many), *sexes):
            sense = ValueSense(level.field, label, stands_for, rank)
            if rank is Rank.EXACT:
                made.index.add_name(name, sense)
            made.index.add(name, sense)
            _spell(made, name, sense)


def _add_weekdays(made: Vocabulary) -> None:
    """Add the weekdays as parts of the dates, where no column holds them."""
    column = made.dates[0]
    for number, name in enumerate(("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"), 1):
        sense = ValueSense(Field(column.name, Part.WEEKDAY), name, (str(number),), Rank.ALIAS)
        for term in terms().same(name):
            made.index.add(term.text, sense)


def _spell(made: Vocabulary, name: str, sense: Sense) -> None:
    """Keep a spelling for comparison with what is misspelt."""
    key = letters(squeezed(name.removesuffix("~")))
    if len(key) > 3:
        made.spellings.setdefault(key, set()).add(sense)


def _add_rows(made: Vocabulary) -> None:
    """Add the nouns for rows: those that the table's names bring are its own, others stand in for want of one."""
    own = set(_words_of(made))
    nouns = [line for line in terms().lines if any(term.rows for term in line)]
    owned = [line for line in nouns if any(term.key in own or _begins(own, term) for term in line)]
    counts_people = any(columns.is_counted(column) for column in made.profile.columns)
    for line in nouns:
        stands_in = not owned or (not counts_people and any(term.text in _PEOPLE for term in line))
        if line in owned or stands_in:
            for term in line:
                made.index.add(term.text, RowSense(line in owned))


def _begins(words: set[str], term: Term) -> bool:
    """Tell whether a table's name begins with a Korean noun: 사고일시 with 사고."""
    return not term.text.isascii() and len(term.key) > 1 and any(word.startswith(term.key) for word in words)


def _words_of(made: Vocabulary) -> Iterator[str]:
    """Yield the words of the table's name and of columns that identify or date its rows."""
    names = [made.name, *(column.source_name for column in made.profile.columns)]
    for name in names:
        words = columns.tokens(name)
        yield from (term_key(word) for word in words if len(words) > 1 or name == made.name)
        if words and words[-1].casefold() in {"at", "date"} and words[0].endswith("ed"):
            yield from (term_key(words[0][:-2]), term_key(words[0][:-1]))
        yield term_key(re.sub(r"(번호|일시|일자|일|시각|코드|ID|id)$", "", name.replace(" ", "")))
        yield squeezed(name)
