"""Read a JSON array, objects, or JSON lines, value by value and without holding the whole."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

from workers.reviews.reading.columns import TEXT_NAMES, UnreadableFileError, plain
from workers.tables.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_CHARACTERS = 1 << 16
MAX_CHARACTERS = 1 << 20  # of one value; more is an array that is broken
SAMPLE_LINES = 50
MOST_LINES = 0.5  # share of lines that are objects from which on a file is one of JSON lines
JSON, JSON_LINES = "json", "json_lines"
WRAPPERS = ("reviews", "rows", "data", "items", "texts", "results")

# A review may begin with a bracket too: `[edit] ...`, `{sarcasm} ...`, `[1] ...`
_LOOKS_LIKE = re.compile(r"""\s*(?:\[\s*(?:"|\{\s*["}]|\]?\s*\Z)|\{\s*(?:["}]|\Z))""")
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:\s*')
_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()
_FAULTS = (ValueError, RecursionError)


@dataclass(frozen=True)
class Value:
    """One value, or what is wrong with it."""

    content: Any
    error: str | None = None


def is_json(head: str, *, cut: bool) -> bool:
    """Say whether a text with this beginning is JSON, if perhaps broken JSON."""
    if _LOOKS_LIKE.match(head):
        return True
    first = head.lstrip()[:1]
    return (first == "{" and _is_lines(head)) or (first == "[" and not cut and _parsed(head).error is None)


def read(stream: TextIO, head: str) -> tuple[str, Iterator[Value]]:
    """Return which kind of JSON a stream is, and its values.

    Raises:
        UnreadableFileError: it is an object with several arrays, none of which has a usual name.

    """
    if head.lstrip().startswith("["):
        return JSON, elements(stream, head.index("[") + 1)
    if _is_lines(head):
        return JSON_LINES, lines(stream)
    arrays = dict(_arrays(head))
    first = _whole_object(head)
    named = next((name for name in WRAPPERS if name in arrays), None)
    if named is None and _has_text(first):
        return JSON, objects(stream)
    if len(arrays) > 1 and named is None:
        listed = ", ".join(repr(name[:40]) for name in arrays)
        raise UnreadableFileError(f"the object has several arrays, {listed}; call the one to read 'reviews'")
    if arrays:
        return JSON, elements(stream, arrays[named or next(iter(arrays))], wrapped=True)
    return (JSON_LINES, lines(stream)) if first is None else (JSON, objects(stream))


def _is_lines(head: str) -> bool:
    """Say whether each line of a text is a value, but for some broken ones."""
    sample = [line for line in islice(head.split("\n"), SAMPLE_LINES) if line.strip()]
    good = [isinstance(_parsed(line).content, dict) for line in sample]
    return len(good) > 1 and (good[0] or sum(good) > MOST_LINES * len(good))


def _arrays(head: str) -> Iterator[tuple[str, int]]:
    """Yield name and start of each array in the object that a text begins with, as far as it can be read."""
    position = head.index("{") + 1
    while match := _NAME.match(head, position):
        at = match.end()
        if head[at : at + 1] == "[":
            yield _parsed(match[1]).content, at + 1
        try:
            position = _DECODER.raw_decode(head, at)[1]
        except _FAULTS:
            return
        position = _end_of_space(head, position)
        if head[position : position + 1] != ",":
            return
        position += 1


def _whole_object(head: str) -> dict[str, Any] | None:
    """Return the object that a text begins with, None where it is broken or cut."""
    try:
        value, _ = _DECODER.raw_decode(head, _end_of_space(head, 0))
    except _FAULTS:
        return None
    return value if isinstance(value, dict) else None


def _has_text(value: dict[str, Any] | None) -> bool:
    return any(isinstance(value, str) and plain(name) in TEXT_NAMES for name, value in (value or {}).items())


def _end_of_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def lines(stream: TextIO) -> Iterator[Value]:
    """Yield one value per line that is not blank."""
    source = Lines(stream, MAX_CHARACTERS)
    while (line := source.take()) is not None:
        if line.strip():
            fault = source.fault_of(line)
            yield Value(None, fault) if fault else _parsed(line)


def _parsed(line: str) -> Value:
    try:
        return Value(json.loads(line))
    except _FAULTS as error:
        return Value(None, f"not JSON: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Return what a fault is; places are left out, which count from wherever was read from."""
    return (
        "it is nested too deeply" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
    )


def objects(stream: TextIO) -> Iterator[Value]:
    """Yield values that follow each other, such as one object over many lines."""
    values = _Values(stream)
    while values.peek():
        value = values.take()
        yield value
        if value.error:
            return


def elements(stream: TextIO, start: int, *, wrapped: bool = False) -> Iterator[Value]:
    """Yield the elements of an array that begins `start` characters into the stream.

    Behind a fault nothing can be told apart: it is one last value with an error. So is whatever
    follows the array, except for the rest of the object that it is `wrapped` in.
    """
    stream.read(start)
    values = _Values(stream)
    mark = ""
    while values.peek() != "]":
        value = values.take() if mark in {"", ","} else Value(None, f"a comma should stand before {mark!r}")
        yield value
        if value.error:
            return
        mark = values.peek()
        if mark == ",":
            values.skip()
    values.skip()
    fault = values.fault_of_rest(wrapped=wrapped)
    if fault:
        yield Value(None, fault)


# What follows a value where what was read ends, and may be its own: 12 of 123, 4. of 4.5, 1e of 1e-3.
_CUT = re.compile(r"(?:\.|[eE][+-]?)?\Z")


class _Values:
    """The values of a stream, and the marks between them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer, self._position = "", 0

    def peek(self) -> str:
        """Return the next character that is no white space, "" at the end."""
        self._position = _end_of_space(self._buffer, self._position)
        while self._position == len(self._buffer) and self._refill():
            self._position = _end_of_space(self._buffer, self._position)
        return self._buffer[self._position : self._position + 1]

    def skip(self) -> None:
        """Pass over the character that `peek` returned."""
        self._position += 1

    def take(self) -> Value:
        """Return the value that begins at the character that `peek` returned."""
        while True:
            try:
                content, end = _DECODER.raw_decode(self._buffer, self._position)
                fault = ""
            except _FAULTS as error:
                content, end, fault = None, len(self._buffer), f"not JSON from here on: {_reason(error)}"
            if _CUT.match(self._buffer, end) and self._is_short() and self._refill():
                continue
            self._position = end
            return Value(content, fault or None)

    def fault_of_rest(self, *, wrapped: bool) -> str | None:
        """Return what is wrong with what follows an array, None where nothing does."""
        if not wrapped:
            mark = self.peek()
            return f"something follows the array: {mark!r}" if mark else None
        rest = self._buffer[self._position :] + self._stream.read(MAX_CHARACTERS)
        fault = _parsed(f'{{"": 0{rest}').error
        return f"what follows the array is not the rest of an object: {fault}" if fault else None

    def _is_short(self) -> bool:
        return len(self._buffer) - self._position < MAX_CHARACTERS

    def _refill(self) -> bool:
        more = self._stream.read(READ_CHARACTERS)
        self._buffer, self._position = self._buffer[self._position :] + more, 0
        return bool(more)
