"""Read Universal Binary JSON (ubjson.org, draft 12), the format in which XGBoost keeps models."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

NUMBERS = {"i": ">b", "U": ">B", "I": ">h", "l": ">i", "L": ">q", "d": ">f", "D": ">d"}
CONSTANTS = {"Z": None, "T": True, "F": False}
MOST_DEEP = 64


class UbjError(ValueError):
    """Raised when bytes are not Universal Binary JSON, with the offset of what is wrong."""


def loads(data: bytes) -> Any:
    """Return the value that the bytes hold.

    Raises:
        UbjError: they hold none, or it is nested deeper than a model is.

    """
    try:
        return _Reader(data).value(0)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise UbjError(f"the bytes end or are broken: {error}") from error


class _Reader:
    """A place in the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def value(self, depth: int, marker: str | None = None) -> Any:
        """Read the next value, of a type that was said before or is said here."""
        if depth > MOST_DEEP:
            raise UbjError(f"nested deeper than {MOST_DEEP} at byte {self.at}")
        kind = marker or self._marker()
        if kind in CONSTANTS:
            return CONSTANTS[kind]
        if kind in NUMBERS:
            return self._number(kind)
        if kind == "{":
            return self._object(depth)
        if kind == "[":
            return self._array(depth)
        if kind in "SC":
            return self._text(1 if kind == "C" else self._length())
        raise UbjError(f"no type {kind!r}, at byte {self.at - 1}")

    def _marker(self) -> str:
        self.at += 1
        return chr(self.data[self.at - 1])

    def _peek(self) -> str:
        return chr(self.data[self.at])

    def _number(self, kind: str) -> Any:
        number = struct.unpack_from(NUMBERS[kind], self.data, self.at)[0]
        self.at += struct.calcsize(NUMBERS[kind])
        return number

    def _length(self) -> int:
        kind = self._marker()
        length = self._number(kind) if kind in "iUIlL" else -1
        if not 0 <= length <= len(self.data):
            raise UbjError(f"a length of type {kind!r} that is none, at byte {self.at}")
        return int(length)

    def _text(self, length: int) -> str:
        raw = self.data[self.at : self.at + length]
        if len(raw) < length:
            raise UbjError(f"a text of {length} bytes begins at byte {self.at}, where too few are left")
        self.at += length
        return raw.decode("utf-8")

    def _header(self) -> tuple[str | None, int | None]:
        """Read the type and the number of a container's members where they are said."""
        marker = None
        if self._peek() == "$":
            self.at += 1
            marker = self._marker()
        if self._peek() != "#":
            return marker, None
        self.at += 1
        return marker, self._length()

    def _object(self, depth: int) -> dict[str, Any]:
        marker, count = self._header()
        members: dict[str, Any] = {}
        while self._more(count, len(members), "}"):
            name = self._text(self._length())
            members[name] = self.value(depth + 1, marker)
        return members

    def _array(self, depth: int) -> Any:
        marker, count = self._header()
        if marker in NUMBERS and count is not None:
            return self._numbers(marker, count)
        elements: list[Any] = []
        while self._more(count, len(elements), "]"):
            elements.append(self.value(depth + 1, marker))
        return elements

    def _numbers(self, kind: str, count: int) -> list[Any]:
        """Read an array whose members are numbers of one type, at once."""
        size = struct.calcsize(NUMBERS[kind]) * count
        raw = self.data[self.at : self.at + size]
        if len(raw) < size:
            raise UbjError(f"an array of {count} numbers begins at byte {self.at}, where too few are left")
        self.at += size
        dtype = np.dtype(NUMBERS[kind][1]).newbyteorder(">")
        return list(np.frombuffer(raw, dtype).tolist())

    def _more(self, count: int | None, so_far: int, end: str) -> bool:
        if count is not None:
            return so_far < count
        if self._peek() == end:
            self.at += 1
            return False
        return True
