"""Numbers of a model's answer: filled in from evidence, or withheld with their sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.accidents.chat.answers.wording.phrases import number

_REFERENCE = re.compile(r"\[\[e(\d{1,3})\.(\d{1,4})\.([^\]\[]{1,80})\]\]")
_NUMERAL = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?")  # noqa: RUF001 - the sign that models write
_SENTENCE = re.compile(
    r"(?>\[\[[^\]\[]{1,100}\]\]|\.(?=\d)|[^.!?。\n])*(?:[.!?。\n]+|$)"
)  # no end within [[ ]]


@dataclass(frozen=True)
class Backed:
    """An answer all of whose numbers are backed, and how many sentences were withheld for want of it."""

    content: str
    withheld: int


def backed(text: str, evidence: Sequence[dict[str, Any]], question: str) -> Backed:
    """Return an answer with its references filled in; a sentence with a number that nothing backs is left out.

    A number counts as backed that the question says, or that equals a figure of the evidence as far as it is
    written out; a share may be written in percent.
    """
    figures = [*_figures(evidence)]
    asked = {_value(each) for each in _NUMERAL.findall(question)}
    kept, withheld = [], 0
    for sentence in (match.group() for match in _SENTENCE.finditer(text) if match.group()):
        whole = _filled(sentence, evidence)
        if whole is None or not all(_is_backed(each, figures, asked) for each in _NUMERAL.findall(whole)):
            withheld += 1
        else:
            kept.append(whole)
    return Backed("".join(kept).strip(), withheld)


def _filled(sentence: str, evidence: Sequence[dict[str, Any]]) -> str | None:
    """Return a sentence with the figures that it refers to; None where it refers to none that is there."""
    missing = False

    def cell(match: re.Match[str]) -> str:
        nonlocal missing
        value = _cell(evidence, int(match.group(1)), int(match.group(2)), match.group(3))
        missing = missing or value is None
        return number(value)

    whole = _REFERENCE.sub(cell, sentence)
    return None if missing or "[[" in whole else whole


def _cell(evidence: Sequence[dict[str, Any]], entry: int, row: int, column: str) -> Any:
    if not 1 <= entry <= len(evidence) or row >= len(evidence[entry - 1]["rows"]):
        return None
    names = evidence[entry - 1]["columns"]
    place = names.index(column) if column in names else int(column) if column.isdecimal() else -1
    cells = evidence[entry - 1]["rows"][row]
    return cells[place] if 0 <= place < len(cells) else None


def _figures(evidence: Sequence[dict[str, Any]]) -> Iterator[float]:
    for each in evidence:
        cells = [cell for row in each["rows"] for cell in row]
        for cell in [*cells, each.get("total_rows"), *each.get("summary", ())]:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                yield float(cell)
            elif isinstance(cell, str):
                yield from (_value(numeral) for numeral in _NUMERAL.findall(cell[:200]))


def _value(numeral: str) -> float:
    return float(numeral.replace(",", "").replace("−", "-"))  # noqa: RUF001


def _is_backed(numeral: str, figures: Sequence[float], asked: set[float]) -> bool:
    value, decimals = _value(numeral), len(numeral.partition(".")[2])
    if value in asked:
        return True
    close = 0.5 * 10**-decimals * 1.0001
    return any(
        abs(value - figure) <= close or (abs(figure) <= 1 and abs(value - 100 * figure) <= close)
        for figure in figures
    )
