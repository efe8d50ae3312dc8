"""From the texts of records to numbers: kinds, sources, units, values and dates of many at once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.mood.reading import dates
from workers.mood.reading.kinds import APPLE_SLEEP, MEASURES, Kind, find_kind
from workers.mood.reading.records import Batch, Fault
from workers.mood.reading.tags import WORD

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from workers.mood.reading.sources import Sources
    from workers.mood.reading.tags import Columns, Tags

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Spans = tuple[Ints, Ints]
MOST_REMEMBERED = 1000
MOST_DIFFERENT = 12  # texts in one column of a chunk that are compared; more are looked up one by one
MOST_DIGITS = 16  # of which one is a point: 15 digits are exact
POINT = np.uint8(ord("."))
POWERS = 10.0 ** np.arange(MOST_DIGITS + 1)
DATE_WORDS = np.arange(0, 32, WORD)
NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);")


def text_of(raw: bytes) -> str:
    """Return the text of an attribute, its references resolved and its white space as XML has it."""
    plain = raw.decode("utf-8", "replace").translate({9: " ", 10: " ", 13: " "})
    return REFERENCE.sub(lambda match: unescape(match[0]), plain) if "&" in plain else plain


class Remembered(dict[bytes, Any]):
    """What texts mean, worked out once each; a bounded number is remembered."""

    def __init__(self, meaning: Any) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, raw: bytes) -> Any:
        meaning = self._meaning(raw)
        if len(self) < MOST_REMEMBERED:
            self[raw] = meaning
        return meaning


def number_of(text: str) -> float:
    """Return a number, NaN where it is none."""
    return float(text) if NUMBER.fullmatch(text) else float("nan")


class Texts:
    """Turns the texts of records into batches."""

    def __init__(self, sources: Sources, wanted: Collection[Kind]) -> None:
        self.sources = sources
        self._kinds = Remembered(lambda raw: self._wanted_kind(text_of(raw), frozenset(wanted)))
        self._sleep = Remembered(lambda raw: APPLE_SLEEP.get(text_of(raw).strip(), -1))
        self._numbers = Remembered(lambda raw: sources.number(text_of(raw)))
        self._factors = {
            kind: Remembered(lambda raw, units=measure.units: units.get(text_of(raw).strip(), np.nan))
            for kind, measure in MEASURES.items()
        }

    @staticmethod
    def _wanted_kind(apple: str, wanted: Collection[Kind]) -> int:
        kind = find_kind(apple)
        return int(kind) if kind is not None and kind in wanted else 0

    def kind_of(self, raw: bytes) -> int:
        """Return the kind of a type, 0 where it is not read."""
        return int(self._kinds[raw])

    def of_columns(self, tags: Tags, columns: Columns, zones: Mapping[int, int]) -> Batch | None:
        """Return the records of one layout that are read, None where there are none."""
        if "type" not in columns.spans:
            return None
        kind = looked_up(tags, columns.spans["type"], self._kinds).astype(np.uint8)
        rows = np.flatnonzero(kind)
        if not len(rows):
            return None
        spans = {name: (begin[rows], end[rows]) for name, (begin, end) in columns.spans.items()}
        kind = kind[rows]
        start, offset, start_good = self._dates(tags, spans.get("startDate"), len(rows))
        end, _, end_good = self._dates(tags, spans.get("endDate"), len(rows))
        fault = np.where(start_good & end_good, Fault.NONE, Fault.BAD_DATE).astype(np.uint8)
        value = self._values(tags, spans, kind, fault)
        source = self._sources(tags, spans, len(rows))
        zone = np.zeros(len(rows), np.uint16)
        if zones:
            zone[:] = [zones.get(tag, 0) for tag in columns.rows[rows].tolist()]
        return Batch(kind, source, value, start, end, offset, fault, zone)

    def _dates(self, tags: Tags, spans: Spans | None, amount: int) -> tuple[Ints, Ints, Any]:
        if spans is None:
            return np.zeros(amount, np.int64), np.zeros(amount, np.int64), np.zeros(amount, bool)
        begin, end = spans
        regular = (end - begin == dates.WIDTH) & (begin + dates.WIDTH + WORD <= len(tags.buffer))
        places = np.where(regular, begin, 0)[:, None] + DATE_WORDS
        cells = tags.words[places].view(np.uint8)  # (n, 32), of which 25 are the date
        instant, offset, good = dates.read_many(cells)
        good &= regular
        for row in np.flatnonzero(~good).tolist():
            moment = dates.read_one(text_of(tags.data[begin[row] : end[row]]))
            if moment is not None:
                instant[row], offset[row], good[row] = *moment, True
        return instant, offset, good

    def _values(self, tags: Tags, spans: Mapping[str, Spans], kind: Any, fault: Any) -> Floats:
        """Return values in the units of their kinds, and note in `fault` what is wrong with them."""
        values = np.zeros(len(kind))
        for number in np.flatnonzero(np.bincount(kind)).tolist():
            rows = np.flatnonzero(kind == number)
            cells = _some(spans.get("value"), rows)
            if number == Kind.SLEEP:
                values[rows] = looked_up(tags, cells, self._sleep)
                faults = np.where(values[rows] < 0, Fault.UNKNOWN_VALUE, Fault.NONE)
            else:
                factors = looked_up(tags, _some(spans.get("unit"), rows), self._factors[Kind(number)])
                values[rows], faults = scaled(numbers_in(tags, cells), factors)
            fault[rows] = np.where(fault[rows], fault[rows], faults)
        return values

    def _sources(self, tags: Tags, spans: Mapping[str, Spans], amount: int) -> Any:
        cells = spans.get("sourceName", (np.zeros(amount, np.int64),) * 2)
        numbers = looked_up(tags, cells, self._numbers).astype(np.int32)
        if "device" in spans:
            begin, end = spans["device"]
            for number in np.flatnonzero(np.bincount(numbers)).tolist():
                row = int(np.argmax(numbers == number))
                self.sources.tell_device(number, tags.data[begin[row] : end[row]])
        return numbers

    def of_attributes(self, records: Sequence[tuple[Mapping[bytes, bytes], int]]) -> Batch | None:
        """Return records that are read one by one: their attributes, and the number of their zone."""
        rows = [self._row(values, zone) for values, zone in records if self.kind_of(values.get(b"type", b""))]
        if not rows:
            return None
        kind, source, value, start, end, offset, fault, zone = (
            np.array(part) for part in zip(*rows, strict=True)
        )
        return Batch(
            kind.astype(np.uint8),
            source.astype(np.int32),
            value.astype(np.float64),
            start.astype(np.int64),
            end.astype(np.int64),
            offset.astype(np.int64),
            fault.astype(np.uint8),
            zone.astype(np.uint16),
        )

    def _row(self, values: Mapping[bytes, bytes], zone: int) -> tuple[Any, ...]:
        kind = Kind(self.kind_of(values[b"type"]))
        source = self._numbers[values.get(b"sourceName", b"")]
        self.sources.tell_device(source, values.get(b"device", b""))
        start = dates.read_one(text_of(values.get(b"startDate", b"")))
        end = dates.read_one(text_of(values.get(b"endDate", b"")))
        text = values.get(b"value", b"")
        fault: int = Fault.NONE if start and end else Fault.BAD_DATE
        if kind is Kind.SLEEP:
            value = float(self._sleep[text])
            fault = fault or (Fault.UNKNOWN_VALUE if value < 0 else Fault.NONE)
        else:
            factor = np.array([self._factors[kind][values.get(b"unit", b"")]])
            scale, faults = scaled(np.array([number_of(text_of(text))]), factor)
            value, fault = float(scale[0]), fault or int(faults[0])
        instant, offset = start or (0, 0)
        return kind, source, value, instant, end.instant if end else 0, offset, fault, zone


def scaled(values: Floats, factors: Floats) -> tuple[Floats, Any]:
    """Return values in their kind's unit, and what is wrong with each."""
    faults = np.where(np.isfinite(values) & (values >= 0), Fault.NONE, Fault.BAD_NUMBER)
    faults = np.where(np.isnan(factors), Fault.UNKNOWN_UNIT, faults)
    return np.where(faults, 0.0, values * factors), faults


def looked_up(tags: Tags, spans: Spans, meanings: Remembered) -> Floats:
    """Return what texts mean; each text is looked up once, since neighbours mostly have the same."""
    begin, end = spans
    values = np.empty(len(begin))
    left = np.arange(len(begin))
    for _ in range(MOST_DIFFERENT):
        if not len(left):
            return values
        first, length = int(begin[left[0]]), int(end[left[0]] - begin[left[0]])
        same = _same_bytes(tags, begin[left], end[left], (first, length))
        values[left[same]] = meanings[tags.data[first : first + length]]
        left = left[~same]
    values[left] = [meanings[text] for text in _slices(tags, (begin[left], end[left]))]
    return values


def _same_bytes(tags: Tags, begin: Ints, end: Ints, text: tuple[int, int]) -> Any:
    """Say which texts have the bytes of the one at a place."""
    first, length = text
    same = end - begin == length
    limit = len(tags.words) - 1
    if length >= WORD:  # the last word overlaps the one before it
        places = np.append(np.arange(0, length - WORD, WORD), length - WORD)
        words = tags.words[np.minimum(begin[:, None] + places, limit)]
        same &= (words == tags.words[first + places]).all(axis=1)
    elif length:
        mask = np.uint64((1 << (8 * length)) - 1)
        want = int.from_bytes(tags.data[first : first + length], "little")
        same &= (begin <= limit) & ((tags.words[np.minimum(begin, limit)] & mask) == np.uint64(want))
    return same


def numbers_in(tags: Tags, spans: Spans) -> Floats:
    """Return the numbers that texts are, NaN where one is none.

    Digits with at most one point are read as whole numbers and divided: to 15 digits both are exact,
    and so is the result, as float() has it. Anything else is left to float().
    """
    begin, end = spans
    length = end - begin
    whole = np.zeros(len(begin), np.int64)
    decimals = np.zeros(len(begin), np.int64)
    points = np.zeros(len(begin), np.int64)
    plain = (length > 0) & (length <= MOST_DIGITS)
    for place in range(int(length[plain].max(initial=0))):
        sign = tags.buffer[np.minimum(begin + place, len(tags.buffer) - 1)]
        inside = place < length
        digit = sign - dates.ZERO
        is_digit = inside & (digit < dates.TEN)
        is_point = inside & (sign == POINT)
        plain &= is_digit | is_point | ~inside
        whole = np.where(is_digit, whole * 10 + digit, whole)
        decimals += is_digit & (points > 0)
        points += is_point
    plain &= (points <= 1) & (length > points)
    values = whole / POWERS[np.minimum(decimals, len(POWERS) - 1)]
    rest = np.flatnonzero(~plain)
    if len(rest):
        values[rest] = [number_of(text_of(text)) for text in _slices(tags, (begin[rest], end[rest]))]
    return values


def _some(spans: Spans | None, rows: Ints) -> Spans:
    """Return the spans of some rows, empty ones where there are none."""
    return (rows * 0, rows * 0) if spans is None else (spans[0][rows], spans[1][rows])


def _slices(tags: Tags, spans: Spans) -> list[bytes]:
    data = tags.data
    return [data[begin:end] for begin, end in zip(spans[0].tolist(), spans[1].tolist(), strict=True)]
