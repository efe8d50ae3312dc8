"""Read a JSON array, or JSON lines, value by value and without holding the whole."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_CHARACTERS = 1 << 16
MAX_CHARACTERS = 1 << 20  # of one value; more is an array that is broken

_WRAPPED = re.compile(r'\s*\{\s*"(?:reviews|rows|data|items|texts|results)"\s*:\s*\[')
_GAP = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Value:
    """One value, or what is wrong with it."""

    content: Any
    error: str | None = None


def array_start(head: str) -> int | None:
    """Return where the first element may stand: in `[...` or in `{"reviews": [...`; else None."""
    if head.lstrip().startswith("["):
        return head.index("[") + 1
    match = _WRAPPED.match(head)
    return match.end() if match else None


def lines(stream: TextIO) -> Iterator[Value]:
    """Yield one value per line that is not blank."""
    while line := stream.readline(MAX_CHARACTERS):
        if line.strip():
            yield _parsed(line)


def _parsed(line: str) -> Value:
    try:
        return Value(json.loads(line))
    except (ValueError, RecursionError) as error:
        return Value(None, f"not JSON: {error}")


def elements(stream: TextIO, start: int) -> Iterator[Value]:
    """Yield the elements of an array that begins `start` characters into the stream.

    Behind a fault nothing can be told apart: it is one last value with an error.
    """
    stream.read(start)
    decoder = json.JSONDecoder()
    buffer, position = "", 0
    while True:
        match = _GAP.match(buffer, position)
        position = match.end() if match else position
        if buffer[position : position + 1] == "]":
            return
        try:
            content, end = decoder.raw_decode(buffer, position)
        except (ValueError, RecursionError) as error:
            fault = str(error)
            end = -1
        if end < 0 or end == len(buffer):  # perhaps cut: 12 of 123
            more = stream.read(READ_CHARACTERS) if len(buffer) - position < MAX_CHARACTERS else ""
            if more:
                buffer, position = buffer[position:] + more, 0
                continue
            if end < 0:
                yield Value(None, f"not JSON from here on: {fault}")
                return
        yield Value(content)
        position = end
