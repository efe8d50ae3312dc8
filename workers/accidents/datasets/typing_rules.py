"""Decide what a column is from all of its values, and read each of them as that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from app.accidents.datasets.profile import Role, Type
from workers.accidents.datasets import moments, numbers
from workers.accidents.datasets.faults import Warned, named
from workers.accidents.datasets.moments import Moments, NotMoments
from workers.accidents.datasets.overrides import ColumnOverride
from workers.accidents.datasets.tokens import TEXT_TOKENS, is_token
from workers.accidents.datasets.units import unit_of_heading

PAIRS = (
    ("y", "n"),
    ("yes", "no"),
    ("true", "false"),
    ("t", "f"),
    ("예", "아니오"),
    ("예", "아니요"),
    ("네", "아니오"),
    ("네", "아니요"),
    ("o", "x"),
    ("참", "거짓"),
    ("유", "무"),
    ("있음", "없음"),
    ("on", "off"),
    ("여", "부"),
)
MOST_LABELS = 50  # spellings of two labels; a column of more is none of them
LONE = {"true", "false"}  # words that are boolean without their counterpart
WIDER = {(Type.NUMBER, Type.INTEGER), (Type.DATETIME, Type.DATE)}  # what is wanted holds all that is read
LEAST_NUMBERS = 0.9  # share of numbers from which on a text column is asked about its other values
ID_DIGITS = 9  # of integers that all have as many: they are codes
_NAME_OF_IDS = re.compile(
    r"(?:^|[_\s])(?:id|no|seq|idx|index|code|key|uid|uuid|zip|phone)(?:$|[_\s])|[a-z]Id$|"
    r"번호|코드|순번|연번|일련|우편|전화",
    re.IGNORECASE,
)
_COORDINATES = re.compile(r"\s*\(?-?\d{1,3}\.\d+\s*[,;/ ]\s*-?\d{1,3}\.\d+\)?\s*")
Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Typed:
    """A column's type and what each of its different texts means; None is a missing one."""

    type: Type
    values: Mapping[str, Cell]
    unit: str | None = None
    role: Role | None = None
    missing_tokens: tuple[str, ...] = ()
    true_label: str | None = None
    format: str | None = None
    decimal_comma: bool = False
    warnings: tuple[Warned, ...] = ()
    wrong: tuple[str, ...] = ()  # texts that the first warning is about


def decide(
    name: str, texts: Collection[str], override: ColumnOverride | None = None, *, prefers_comma: bool = False
) -> Typed:
    """Return what a column is.

    Args:
        name: its name, which may hold a unit.
        texts: its different cells, empty ones too, first ones first.
        override: what the owner says of it.
        prefers_comma: whether other columns of the table have a decimal comma.

    """
    override = override or ColumnOverride()
    kept = {text: text.strip() for text in texts if text.strip()}
    missing = {text for text in kept if kept[text] in override.missing}
    present = {text: short for text, short in kept.items() if text not in missing}
    column = _typed(name, present, override, prefers_comma=prefers_comma)
    values: dict[str, Cell] = dict.fromkeys(texts)
    values |= column.values
    tokens = tuple(dict.fromkeys([*column.missing_tokens, *(kept[text] for text in missing)]))
    unit = override.unit or column.unit or unit_of_heading(name)
    role = Role(override.role) if override.role in set(Role) else column.role
    warnings = (*_not_as_wanted(name, override.type, column.type, present), *column.warnings)
    return replace(column, values=values, missing_tokens=tokens, unit=unit, role=role, warnings=warnings)


def _not_as_wanted(
    name: str, wanted: str | None, read: Type, present: Mapping[str, str]
) -> tuple[Warned, ...]:
    """Return what tells that a column does not hold what its owner says."""
    if wanted in {None, read} or (wanted, read) in WIDER:
        return ()
    warning = Warned(
        "type_does_not_fit",
        f"{name!r} is to be of the type {wanted}, but not all of its values are; it is read as {read}.",
        "Mend these values, or name them as missing.",
        column=name,
        value=next(iter(present.values()), None),
    )
    return (warning,)


def _typed(name: str, present: Mapping[str, str], override: ColumnOverride, *, prefers_comma: bool) -> Typed:
    """Return the type of a column's present texts; each goes with its form without spaces around."""
    if override.type in {None, Type.BOOLEAN} and (boolean := _boolean(present)):
        return boolean
    tokens = {short for short in present.values() if is_token(short)}
    rest = [short for short in dict.fromkeys(present.values()) if short not in tokens]
    if override.type in {None, Type.DATE, Type.DATETIME}:
        read = moments.read_moments(rest, name, order=override.order)
        if read is not None:
            if isinstance(read, Moments):
                return _moments(present, read, tokens)
            return _not_moments(name, present, read)
    if rest and override.type in {None, Type.INTEGER, Type.NUMBER}:
        figures = numbers.read_numbers(rest, prefers_comma=prefers_comma)
        if figures is not None:
            return _numbers(name, present, figures, tokens)
    return _text(name, present)


def _boolean(present: Mapping[str, str]) -> Typed | None:
    """Return a column of two labels, which stay as the file has them."""
    if len(present) > MOST_LABELS:
        return None
    folded = {short.casefold() for short in present.values()}
    pair = next((pair for pair in PAIRS if folded == set(pair)), None)
    if pair is None and folded <= LONE:
        pair = ("true", "false")
    if pair is None:
        return None
    labels: dict[str, str] = {}
    for short in present.values():
        labels.setdefault(short.casefold(), short)
    values = {text: labels[short.casefold()] for text, short in present.items()}
    return Typed(Type.BOOLEAN, values, true_label=labels.get(pair[0]))


def _moments(present: Mapping[str, str], read: Moments, tokens: set[str]) -> Typed:
    values = {text: read.values.get(short) for text, short in present.items()}
    kind = Type.DATE if read.dates else Type.DATETIME
    return Typed(kind, values, missing_tokens=_shown(tokens), format=read.order)


def _numbers(name: str, present: Mapping[str, str], read: numbers.Numbers, tokens: set[str]) -> Typed:
    values = {text: read.values.get(short) for text, short in present.items()}
    warnings = []
    if read.decimal_comma:
        warnings.append(
            Warned(
                "decimal_comma",
                f"The numbers of {name!r} have a comma as decimal mark.",
                "Nothing has to be done, unless the comma groups thousands: say so by its type.",
                column=name,
            )
        )
    return Typed(
        Type.INTEGER if read.whole else Type.NUMBER,
        values,
        unit=read.unit,
        role=_role(name, read),
        missing_tokens=_shown(tokens),
        decimal_comma=read.decimal_comma,
        warnings=tuple(warnings),
    )


def _role(name: str, read: numbers.Numbers) -> Role | None:
    """Return that whole numbers are identifiers, if they are."""
    if not read.whole or read.unit:
        return None
    if _NAME_OF_IDS.search(name):
        return Role.ID
    lengths = {len(text) for text in read.values}
    are_codes = len(lengths) == 1 and lengths.pop() >= ID_DIGITS and len(read.values) > 1
    return Role.ID if are_codes and all(text.isdigit() for text in read.values) else None


def _not_moments(name: str, present: Mapping[str, str], read: NotMoments) -> Typed:
    """Return a column of text that looks like one of dates, with the reason why it is none."""
    as_text = _text(name, present)
    if read.ambiguous:
        warning = Warned(
            "ambiguous_date",
            f"{name!r} may have the day first or the month first: every value fits both; it stays text.",
            f'Say which: {{"columns": {{"{name}": {{"type": "date", "format": "DD/MM/YYYY"}}}}}}.',
            column=name,
        )
        return replace(as_text, warnings=(warning, *as_text.warnings))
    wrong = set(read.wrong)
    warning = Warned(
        "not_all_dates",
        f"Most values of {name!r} are dates ({read.order}), not {named(read.wrong[:3])}; it stays text."
        if wrong
        else f"The times of {name!r} are in several time zones; it stays text.",
        "Mend these rows, or name their values as missing.",
        column=name,
        value=read.wrong[0] if read.wrong else None,
    )
    texts = tuple(text for text, short in present.items() if short in wrong)
    return replace(as_text, warnings=(warning, *as_text.warnings), wrong=texts)


def _text(name: str, present: Mapping[str, str]) -> Typed:
    """Return a column of text: the cells as they are, but for forms that only look different."""
    values, warnings = _merged(name, present)
    wrong: tuple[str, ...] = ()
    if present and all(map(_COORDINATES.fullmatch, present)):
        warnings.append(
            Warned(
                "looks_like_coordinates",
                f"{name!r} holds two coordinates in one cell; maps need a column for each.",
                "Split it into a column of latitudes and one of longitudes.",
                column=name,
            )
        )
    elif wrong := _not_numbers(present):
        warnings.insert(
            0,
            Warned(
                "not_all_numbers",
                f"Most values of {name!r} are numbers, and some are not: {named(wrong[:3])}; it stays text.",
                "Mend these rows, or name their values as missing.",
                column=name,
                value=wrong[0],
            ),
        )
    tokens = [short for short in dict.fromkeys(present.values()) if is_token(short, TEXT_TOKENS)]
    frequent = [short for short in tokens if short.casefold() not in {"na", "none", "nan"}]
    if frequent:
        warnings.append(
            Warned(
                "missing_tokens",
                f"{name!r} is text and has {named(frequent[:5])}, which may mean that there is no value.",
                f'If so, say it: {{"columns": {{"{name}": {{"missing": ["{frequent[0]}"]}}}}}}.',
                column=name,
                value=frequent[0],
            )
        )
    return Typed(Type.TEXT, values, warnings=tuple(warnings), wrong=wrong)


def _merged(name: str, present: Mapping[str, str]) -> tuple[dict[str, Cell], list[Warned]]:
    """Return texts; those that differ only by spaces around them, or by composed letters, are one."""
    plain = {
        text: short if short.isascii() else unicodedata.normalize("NFC", short)
        for text, short in present.items()
    }
    if len(set(plain.values())) == len(present):
        return {text: text for text in present}, []
    twins = [text for text, short in plain.items() if text != short]
    warning = Warned(
        "same_but_for_spaces",
        f"Values of {name!r} differ only by spaces around them or by how letters are composed; they are one.",
        "Nothing has to be done.",
        column=name,
        value=twins[0] if twins else None,
    )
    return dict(plain), [warning]


def _not_numbers(present: Mapping[str, str]) -> tuple[str, ...]:
    """Return the few texts that keep a column from being one of numbers; none where most are no numbers."""
    few = list(islice(present.values(), 200))
    if len(few) < 5 or sum(_is_number(short) for short in few) < LEAST_NUMBERS / 2 * len(few):  # noqa: PLR2004
        return ()
    wrong = tuple(text for text, short in present.items() if not _is_number(short))
    codes = any(_is_number(short, codes=True) and not _is_number(short) for short in few)
    if codes or not wrong or len(wrong) > max(1, (1 - LEAST_NUMBERS) * len(present)):
        return ()
    return wrong


def _is_number(short: str, *, codes: bool = False) -> bool:
    number = numbers.dissect(short)
    return number is not None and (codes or not numbers.is_code(number.body))


def _shown(tokens: set[str]) -> tuple[str, ...]:
    return tuple(sorted(tokens))


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value
