"""Read the numbers of a column as people write them: one decimal mark, one unit, signs of all kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workers.accidents.datasets.units import BEHIND_NUMBERS, CURRENCIES, standard

MOST_DIGITS = 15  # of an integer that a double and a browser hold exactly

# Full-width forms, signs and spaces that mean the same; no other compatibility form: ① is no 1.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x2212: "-",
    0x2013: "-",
    0xFFE6: "₩",
    0x00A0: " ",
    0x202F: " ",
    0x2009: " ",
    0x2019: "'",
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,17}")
_CURRENCY = "|".join(re.escape(each) for each in sorted(CURRENCIES, key=len, reverse=True))
_UNIT = "|".join(re.escape(each) for each in sorted(BEHIND_NUMBERS, key=len, reverse=True))
# Blanks are matched possessively: n of them could be shared out among these groups in about n ** 4 ways.
_WRITTEN = re.compile(
    rf"(?P<open>\()?\s*+(?P<sign>[-+△▲▽▼])?\s*+(?P<currency>{_CURRENCY})?\s*+(?P<inner>[-+△▲▽▼])?\s*+"
    r"(?P<body>\.?\d(?:[\d.,']|\ (?=\d{3}))*(?:[eE][-+]?\d{1,3})?)"
    rf"\s*+(?P<unit>{_UNIT})?\s*+(?P<trail>-)?\s*+(?P<close>\))?",
    re.ASCII,
)
_POINT = re.compile(
    r"(\d+|[1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d\d)+,\d{3}|[1-9]\d{0,2}([ ']\d{3})+)?(\.\d+)?([eE][-+]?\d+)?"
)
_COMMA = re.compile(r"(\d+|[1-9]\d{0,2}(\.\d{3})+|[1-9]\d{0,2}( \d{3})+)(,\d+)?")
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")  # may be thousands, or decimals of three digits
_LEADING_ZERO = re.compile(r"0\d")
_CODE = re.compile(r"\d+[eE]\d+")  # 1e1 is a code of a lot, not ten


@dataclass(frozen=True)
class Written:
    """A number as it is written: what stands before its digits, they, and what stands behind them."""

    negative: bool
    body: str
    unit: str | None
    percent: bool = False


@dataclass(frozen=True)
class Numbers:
    """A column's texts as numbers."""

    values: Mapping[str, int | float]
    whole: bool
    unit: str | None
    decimal_comma: bool
    ambiguous: bool = False


def dissect(text: str) -> Written | None:
    """Return the parts of a number, None where a text is none."""
    plain = text.translate(_PLAIN).strip()
    match = _WRITTEN.fullmatch(plain)
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["sign"], match["inner"], match["trail"]) if sign]
    if len(signs) + bool(match["open"]) > 1 or (match["currency"] and match["unit"] in CURRENCIES):
        return None
    negative = bool(match["open"]) or (bool(signs) and signs[0] != "+")
    unit = match["unit"] or match["currency"]
    return Written(negative, match["body"], standard(unit) if unit else None)


def is_code(body: str) -> bool:
    """Say whether digits are a code: with a zero in front, too long to be exact, or as `1e1`."""
    digits = re.sub(r"[^\d]", "", re.split(r"[.,](?=\d*$)", body)[0])
    return bool(_LEADING_ZERO.match(body) or _CODE.fullmatch(body)) or len(digits) > MOST_DIGITS


def read_numbers(texts: Collection[str], *, prefers_comma: bool = False) -> Numbers | None:
    """Return the values of texts, None where one of them is no number, or a code.

    Args:
        texts: the different cells of a column, without missing ones.
        prefers_comma: whether other columns of the table have a decimal comma.

    """
    if all(map(_INTEGER.fullmatch, texts)):
        return Numbers({text: int(text) for text in texts}, whole=True, unit=None, decimal_comma=False)
    if not any(_GROUPED.fullmatch(text) for text in texts) and all(
        _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text) for text in texts
    ):
        return Numbers({text: float(text) for text in texts}, whole=False, unit=None, decimal_comma=False)
    written: dict[str, Written] = {}
    for text in texts:
        number = dissect(text)
        if number is None or is_code(number.body):
            return None
        written[text] = number
    if not _has_one_unit(written):
        return None
    unit = next((each.unit for each in written.values() if each.unit), None)
    return _valued(written, unit, prefers_comma=prefers_comma)


def _has_one_unit(written: Mapping[str, Written]) -> bool:
    """Say whether numbers have one unit or none; percents among bare numbers are two."""
    named = {each.unit for each in written.values() if each.unit}
    if len(named) > 1:
        return False
    if named == {"%"}:
        return not any(each.unit is None and each.body.strip("0.,") for each in written.values())
    # 10대, 20대: ages by decades are labels
    return named != {"대"} or not all(re.fullmatch("[1-9]0", each.body) for each in written.values())


def _valued(written: Mapping[str, Written], unit: str | None, *, prefers_comma: bool) -> Numbers | None:
    bodies = {each.body for each in written.values()}
    point = all(_POINT.fullmatch(body) and body for body in bodies)
    comma = all(map(_COMMA.fullmatch, bodies))
    if not point and not comma:
        return None
    ambiguous = point and comma and any("," in body or "." in body for body in bodies)
    by_comma = comma and (not point or (prefers_comma and ambiguous))
    ups = _ups_and_downs(written)
    values: dict[str, int | float] = {}
    whole = True
    for text, each in written.items():
        value, is_whole = _value(each.body, by_comma=by_comma)
        whole = whole and is_whole
        values[text] = -value if each.negative and not (ups and "▲" in text) else value
    if not whole:
        values = {text: float(value) for text, value in values.items()}
    return Numbers(
        values, whole=whole, unit=unit, decimal_comma=by_comma, ambiguous=ambiguous and not by_comma
    )


def _ups_and_downs(written: Mapping[str, Written]) -> bool:
    """Say whether ▲ and ▼ stand side by side, where ▲ means more; alone it is the accountant's minus."""
    return any("▲" in text for text in written) and any("▼" in text or "▽" in text for text in written)


def _value(body: str, *, by_comma: bool) -> tuple[int | float, bool]:
    """Return the value of digits, and whether it is written as a whole number."""
    body = body.replace(".", "").replace(",", ".") if by_comma else body.replace(",", "")
    body = body.replace(" ", "").replace("'", "")
    whole = body.isdigit()
    return (int(body) if whole else float(body)), whole
