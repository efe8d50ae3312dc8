"""Where tags, quotes and attributes lie in a chunk of XML that has nothing but plain tags.

The chunk is scanned as an array of bytes. Whatever is out of the ordinary (comments, CDATA,
single quotes, a quote that stays open) is left to `exact`, which reads token by token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.mood.reading.exact import ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

LT, QUOTE, APOSTROPHE, EQUALS, SPACE = (ord(sign) for sign in "<\"'= ")
BEFORE_VALUE = np.frombuffer(b"= \t\r\n", np.uint8)
WORD = 8
SEVEN = np.uint64((1 << 56) - 1)
RECORD = np.uint64(int.from_bytes(b"<Record", "little"))
SPACES = np.frombuffer(b" \t\r\n", np.uint8)
NAMED = frozenset(  # records of these alone are read at speed
    {
        "type",
        "sourceName",
        "sourceVersion",
        "device",
        "unit",
        "creationDate",
        "startDate",
        "endDate",
        "value",
    }
)
MOST_LAYOUTS = 24  # orders of attributes in one chunk; more of them are read one by one


@dataclass(frozen=True)
class Tags:
    """A chunk, and where its tags begin.

    `words[i]` are the 8 bytes from i on; `tags` are the positions of `<`, `quotes` those of `"`;
    `first_quote[i]` counts the quotes before tag i, with one more entry for the end.
    """

    data: bytes
    buffer: Bytes
    words: Words
    tags: Ints
    quotes: Ints
    first_quote: Ints

    def first_words(self) -> Words:
        """Return the first 8 bytes of each tag that has as many before the chunk's end."""
        inside = self.tags[: int(np.searchsorted(self.tags, len(self.words)))]
        return self.words[inside]

    def records(self) -> Ints:
        """Return the indexes of the tags that are records."""
        named = np.flatnonzero((self.first_words() & SEVEN) == RECORD)
        return named[np.isin(self.buffer[self.tags[named] + WORD - 1], SPACES)]


@dataclass(frozen=True)
class Columns:
    """Records of one layout: `rows` are indexes of tags; each span is where the values begin and end."""

    rows: Ints
    spans: dict[str, tuple[Ints, Ints]]
    ends: Ints  # position of the byte after the last quote: `/` or `>`


def find_tags(data: bytes) -> Tags | None:
    """Return a chunk's tags, None where it has anything but plain ones."""
    buffer = np.frombuffer(data, np.uint8)
    if len(buffer) < 2 * WORD:
        return None
    words = np.ndarray((len(data) - WORD + 1,), "<u8", data, strides=(1,))
    tags = np.flatnonzero(buffer == LT)
    if not len(tags) or tags[-1] == len(data) - 1 or _is_unusual(buffer, tags):
        return None
    quotes = np.flatnonzero(buffer == QUOTE)
    first_quote = np.append(np.searchsorted(quotes, tags), len(quotes))
    if (np.diff(first_quote[:-1]) & 1).any():  # the last tag may be cut
        return None
    return Tags(data, buffer, words, tags, quotes, first_quote)


def _is_unusual(buffer: Bytes, tags: Ints) -> bool:
    """Say whether there are comments, sections, instructions or values in single quotes."""
    second = buffer[tags + 1]
    if ((second == ord("!")) | (second == ord("?"))).any():
        return True
    apostrophes = np.flatnonzero(buffer == APOSTROPHE)
    return bool(np.isin(buffer[np.maximum(apostrophes - 1, 0)], BEFORE_VALUE).any())


def columns(found: Tags, records: Ints) -> Iterator[Columns | Ints]:
    """Yield the records of each layout, then those that must be read one by one.

    `records` are indexes of tags, none of them the last of the chunk.
    """
    spaced = found.buffer[found.tags[records] + WORD - 1] == SPACE
    left = [records[~spaced]]
    records = records[spaced]
    amount = found.first_quote[records + 1] - found.first_quote[records]
    layouts = 0
    for size in np.unique(amount):
        rows = records[amount == size]
        while len(rows) and size and layouts < MOST_LAYOUTS:
            layouts += 1
            layout, fits = _layout(found, rows, int(size))
            if layout is None:
                left.append(rows[:1])
                rows = rows[1:]
                continue
            yield layout
            rows = rows[~fits]
        left.append(rows)
    yield np.sort(np.concatenate(left))


def _layout(found: Tags, rows: Ints, size: int) -> tuple[Columns | None, npt.NDArray[np.bool_]]:
    """Return the columns of all rows that look like the first, and which they are."""
    places = found.quotes[found.first_quote[rows][:, None] + np.arange(size)]
    opened, closed = places[:, 0::2], places[:, 1::2]
    begins = np.column_stack([found.tags[rows] + WORD, closed[:, :-1] + 2])
    names = _names_of(found.data, begins[0], opened[0])
    if names is None:
        return None, np.zeros(len(rows), bool)
    fits = np.isin(found.buffer[np.minimum(closed[:, -1] + 1, len(found.buffer) - 1)], (ord("/"), ord(">")))
    for place, name in enumerate(names):
        fits &= _is_named(found, begins[:, place], opened[:, place], name.encode())
        if place:
            fits &= found.buffer[begins[:, place] - 1] == SPACE
    if not fits[0]:
        return None, fits
    spans = {name: (opened[fits, place] + 1, closed[fits, place]) for place, name in enumerate(names)}
    return Columns(rows[fits], spans, closed[fits, -1] + 1), fits


def _names_of(data: bytes, begins: Ints, opened: Ints) -> list[str] | None:
    """Return the names of one record's attributes, None where they are not all usual ones."""
    names = [data[begin : end - 1].decode("latin-1") for begin, end in zip(begins, opened, strict=True)]
    if len(set(names)) < len(names) or not all(name in NAMED for name in names):
        return None
    return names


def _is_named(found: Tags, begin: Ints, opened: Ints, name: bytes) -> npt.NDArray[np.bool_]:
    """Say where `name="` stands from `begin` to the opening quote."""
    same: npt.NDArray[np.bool_] = opened - begin == len(name) + 1
    token = name + b"="
    head = min(len(token), WORD)
    mask = (1 << (8 * head)) - 1
    want = int.from_bytes(token[:head], "little")
    same &= (found.words[np.minimum(begin, len(found.words) - 1)] & np.uint64(mask)) == np.uint64(want)
    if len(token) > WORD:
        tail = int.from_bytes(token[-WORD:], "little")
        same &= found.words[np.clip(opened - WORD, 0, len(found.words) - 1)] == np.uint64(tail)
    return same


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return the attributes of one tag; the first of two of a name counts."""
    values: dict[bytes, bytes] = {}
    for match in ATTRIBUTE.finditer(tag):
        values.setdefault(match[1], match[2] if match[2] is not None else match[3])
    return values
