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
    from collections.abc import Iterator, Sequence

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
RARE = (b"'", b"#", b"!", b"?")  # beside a single quote and a reference: what begins no plain tag
OPENING = {b"!": b"<!", b"?": b"<?", b"#": b"&#"}
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


def is_plain_without(data: bytes, needles: Sequence[bytes], until: int) -> bool:
    """Say whether a chunk has none of some texts up to a place, and there nothing but plain tags."""
    for sign in RARE:  # one byte is looked for at memory's speed, two are not
        if sign in data and (sign not in OPENING or OPENING[sign] in data):
            return False
    if any(needle in data for needle in needles):
        return False
    return data.count(b'"', 0, until) % 2 == 0


def _is_unusual(buffer: Bytes, tags: Ints) -> bool:
    """Say whether there are comments, sections, instructions or values in single quotes."""
    second = buffer[tags + 1]
    if ((second == ord("!")) | (second == ord("?"))).any():
        return True
    apostrophes = np.flatnonzero(buffer == APOSTROPHE)
    if not len(apostrophes):
        return False
    return bool(np.isin(buffer[np.maximum(apostrophes - 1, 0)], BEFORE_VALUE).any())


def columns(tags: Tags, records: Ints) -> Iterator[Columns | Ints]:
    """Yield the records of each layout, then those that must be read one by one.

    `records` are indexes of tags, none of them the last of the chunk.
    """
    spaced = tags.buffer[tags.tags[records] + WORD - 1] == SPACE
    left = [records[~spaced]]
    records = records[spaced]
    amount = tags.first_quote[records + 1] - tags.first_quote[records]
    layouts = 0
    for size in np.unique(amount):
        rows = records[amount == size]
        while len(rows) and size and layouts < MOST_LAYOUTS:
            layouts += 1
            layout, fits = _layout(tags, rows, int(size))
            if layout is None:
                left.append(rows[:1])
                rows = rows[1:]
                continue
            yield layout
            rows = rows[~fits]
        left.append(rows)
    yield np.sort(np.concatenate(left))


def _layout(tags: Tags, rows: Ints, size: int) -> tuple[Columns | None, npt.NDArray[np.bool_]]:
    """Return the columns of all rows that look like the first, and which they are.

    Rows look alike where the same bytes stand between their values. The two words at the ends of
    such a gap are all of it: the longest, of `sourceVersion`, is one byte longer, and is not read.
    """
    places = tags.quotes[tags.first_quote[rows][:, None] + np.arange(size)]
    opened, closed = places[:, 0::2], places[:, 1::2]
    names = _names_of(tags, int(rows[0]), opened[0], closed[0])
    if names is None:
        return None, np.zeros(len(rows), bool)
    last = np.minimum(closed[:, -1] + 1, len(tags.buffer) - 1)
    ends = tags.buffer[last]
    fits = (ends == ord("/")) | (ends == ord(">"))
    fits &= opened[:, 0] - tags.tags[rows] == opened[0, 0] - tags.tags[rows[0]]
    fits &= _same_words(tags, tags.tags[rows][:, None] + (WORD - 1))
    fits &= _same_words(tags, opened[:, :1] - WORD)
    begins, stops = closed[:, :-1], opened[:, 1:]
    fits &= (stops - begins == stops[0] - begins[0]).all(axis=1)
    fits &= _same_words(tags, begins) & _same_words(tags, stops - (WORD - 1))
    if not fits[0]:
        return None, fits
    if fits.all():
        spans = {name: (opened[:, place] + 1, closed[:, place]) for place, name in enumerate(names)}
        return Columns(rows, spans, last), fits
    spans = {name: (opened[fits, place] + 1, closed[fits, place]) for place, name in enumerate(names)}
    return Columns(rows[fits], spans, last[fits]), fits


def _same_words(tags: Tags, places: Ints) -> npt.NDArray[np.bool_]:
    """Say in which rows the same words stand at some places as in the first."""
    words = tags.words[np.minimum(places, len(tags.words) - 1)]
    same: npt.NDArray[np.bool_] = (words == words[0]).all(axis=1)
    return same


def _names_of(tags: Tags, row: int, opened: Ints, closed: Ints) -> list[str] | None:
    """Return the names of one record's attributes, None where it does not look as records usually do."""
    begin = int(tags.tags[row]) + WORD - 1
    names = []
    for start, end in zip([begin, *(closed[:-1] + 1).tolist()], opened.tolist(), strict=True):
        gap = tags.data[start:end]
        name = gap[1:-1].decode("latin-1")
        if gap[:1] != b" " or gap[-1:] != b"=" or name not in NAMED or name in names:
            return None
        names.append(name)
    return names


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return the attributes of one tag; the first of two of a name counts."""
    values: dict[bytes, bytes] = {}
    for match in ATTRIBUTE.finditer(tag):
        values.setdefault(match[1], match[2] if match[2] is not None else match[3])
    return values
