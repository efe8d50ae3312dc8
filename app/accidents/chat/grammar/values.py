"""What the values of a data set may be called: as written, without what they all end in, in the other language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.accidents.chat.grammar.hangul import is_hangul
from app.accidents.chat.grammar.lexicon import levels, term_key, terms
from app.accidents.chat.grammar.senses import Rank
from app.accidents.datasets.profile import Column, Type
from app.accidents.datasets.query import Field, Part
from app.accidents.severity.romanisation import romanised

_HEAD = getattr(Part, "HEAD", Part.VALUE)
TRUE = {"y", "yes", "true", "t", "1", "o", "예", "네", "유", "있음", "참", "해당"}
FALSE = {"n", "no", "false", "f", "0", "x", "아니오", "아니요", "무", "없음", "거짓", "비해당"}
_MOST_WORDS = 6  # of an address
_SYLLABLES = 8  # of a value that people would write in Latin letters
_SUFFIXES = (
    ("광역시", ("시", "")), ("특별시", ("시", "")), ("특별자치시", ("시", "")), ("특별자치도", ("도", "")), ("점", ("지점", " 지점", "매장", "")),
    ("구", ("",)), ("군", ("",)), ("시", ("",)), ("읍", ("",)), ("면", ("",)), ("동", ("",)), ("과", ("",)), ("팀", ("",)), ("부", ("",)), ("역", ("",)), ("병동", ("",)),
)  # fmt: skip
_LATIN_SUFFIXES = {
    "구": "gu", "군": "gun", "시": "si", "동": "dong", "읍": "eup", "면": "myeon", "점": "jeom", "역": "station", "도": "do",
}  # fmt: skip
_SMALL_WORD = 2  # letters up to which a Latin value counts only as it is written


@dataclass(frozen=True)
class Level:
    """A column's values, or one part of each: the second word of an address."""

    field: Field
    values: dict[str, tuple[str, ...]]  # what is looked for, by the label
    names: tuple[str, ...] = ()


def labels_of(column: Column) -> tuple[str, ...]:
    """Return a column's values as text."""
    return tuple(str(value) for value, _ in column.categories)


_SEXES = {"f": "여성", "m": "남성", "w": "여성"}


def sex_terms(column: Column, label: str) -> Iterator[str]:
    """Yield the words for a label of one letter in a column of sexes: F is women."""
    names = {term_key(word) for word in (column.name, column.source_name)}
    terms_of_sex = {term.key for term in terms().same("gender")}
    if label.casefold() in _SEXES and names & terms_of_sex:
        yield from (term.text for term in terms().same(_SEXES[label.casefold()]))


def flags(column: Column) -> tuple[str, str] | None:
    """Return the labels for yes and no of a column that has only these two."""
    labels = labels_of(column)
    if column.type is Type.BOOLEAN and column.true_label in labels:
        others = [label for label in labels if label != column.true_label]
        return str(column.true_label), others[0] if others else ""
    if len(labels) == 2 and {label.casefold() for label in labels} & TRUE:
        yes = [label for label in labels if label.casefold() in TRUE]
        no = [label for label in labels if label.casefold() in FALSE]
        return (yes[0], no[0]) if yes and no else None
    return None


def levels_of(column: Column) -> Iterator[Level]:
    """Yield a column's values, and its parts where they say something of their own."""
    labels = labels_of(column)
    yield Level(Field(column.name), {label: (label,) for label in labels})
    if column.type is Type.TEXT and len(labels) > 1:
        yield from _heads(column, labels)
        yield from _words(column, labels)


def _heads(column: Column, labels: Sequence[str]) -> Iterator[Level]:
    """Yield each first part before ' - ', with all values that begin so; and each last part."""
    split = [label.split(" - ") for label in labels]
    if sum(len(parts) > 1 for parts in split) * 2 < len(labels):
        return
    for place in range(3):
        values: dict[str, list[str]] = defaultdict(list)
        for label, parts in zip(labels, split, strict=True):
            if place < len(parts) and not (place and parts[place] == parts[0]):
                values[parts[place]].append(label)
        field = Field(column.name, _HEAD) if place == 0 else Field(column.name)
        yield Level(
            field, {part: tuple(of) for part, of in values.items() if part not in labels or place == 0}
        )


def _words(column: Column, labels: Sequence[str]) -> Iterator[Level]:
    """Yield the words of addresses: levels that hold fewer values than the whole."""
    split = [label.split() for label in labels]
    if not all(1 <= len(words) <= _MOST_WORDS for words in split) or any(" - " in label for label in labels):
        return
    if sum(len(words) > 1 for words in split) < 0.9 * len(split):
        return
    parts = [
        {words[number] for words in split if number < len(words)} for number in range(max(map(len, split)))
    ]
    if not any(map(level_names, parts)):
        return  # words of a phrase, and no address
    for number, values in enumerate(parts):
        names = level_names(values)
        if names or len(values) <= 0.5 * len(labels):
            field = Field(column.name, Part.WORD, number=number + 1)
            yield Level(field, {value: (value,) for value in sorted(values)}, names)


def level_names(values: set[str]) -> tuple[str, ...]:
    """Return what a level is called whose values end alike: 구, 군 are districts."""
    for ends, names in levels():
        if (
            sum(value.rstrip("0123456789").endswith(ends) for value in values) >= 0.8 * len(values)
            and len(values) > 0
        ):
            return names
    return ()


def aliases(label: str, *, many: bool) -> Iterator[tuple[str, Rank]]:
    """Yield each way to write a value; `many` leaves out the far-fetched."""
    yield label, Rank.EXACT
    for term in terms().same(label):
        if not term.rows:  # 직원 names rows of people, and not those that are a 사원
            yield term.text, Rank.ALIAS
    for short in _shortened(label):
        yield short, Rank.BASE
        for term in terms().same(short) if len(short) > 1 else ():
            yield term.text, Rank.BASE
    if not many and all(is_hangul(char) for char in label) and 1 < len(label) <= _SYLLABLES:
        yield from _in_latin(label)


def _shortened(label: str) -> Iterator[str]:
    for suffix, others in _SUFFIXES:
        base = label.removesuffix(suffix)
        if base != label and len(base) > 1:
            yield from (base + other for other in others)
    bracket = re.sub(r"(?<!\s)\s*\([^(]+\)$", "", label)
    if bracket not in {label, ""}:
        yield bracket


def _in_latin(label: str) -> Iterator[tuple[str, Rank]]:
    """Yield a Korean value in Latin letters: 달서구 is dalseo-gu, dalseogu and dalseo."""
    for exact in (True, False):
        yield romanised(label, exact=exact), Rank.ALIAS
        ending = _LATIN_SUFFIXES.get(label[-1])
        if ending:
            base = romanised(label[:-1], exact=exact)
            yield f"{base} {ending}", Rank.ALIAS
            yield from ((f"{base} {word}", Rank.ALIAS) for word in _ENGLISH.get(ending, ()))
            if len(base) > _SMALL_WORD:
                yield base, Rank.BASE


_ENGLISH = {
    "gu": ("district",), "gun": ("county", "district"), "si": ("city",), "jeom": ("branch", "store", "shop", "outlet"), "dong": ("neighbourhood",),
}  # fmt: skip
