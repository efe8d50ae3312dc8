"""CSV files of accidents: their cells as they were, and what their columns say in canonical values."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from app.accidents.severity import values
from workers.accidents.datasets.encoding import find_encoding, opener
from workers.accidents.datasets.faults import UnreadableTable
from workers.tables.dialect import Dialect, find_dialect
from workers.tables.records import NO_DELIMITER, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# TAAS names of the fields; 사고유형 holds type and subtype, 사고일시 date and hour.
TAAS = {
    "weather": "기상상태",
    "road_surface": "노면상태",
    "road_type": "도로형태",
    "accident_type": "사고유형",
    "district": "시군구",
    "day_of_week": "요일",
    "time_period": "시간대",
    "violation": "법규위반",
    "vehicle_at_fault": "가해운전자 차종",
    "vehicle_other": "피해운전자 차종",
    "accident_subtype": "사고유형",
    "accident_year": "사고연",
    "accident_month": "사고월",
    "accident_day": "사고일",
    "accident_hour": "사고시",
}
MOMENT = "사고일시"
MARK = "\ufeff"
MOST_ABOVE = 20  # records before a header
NUMBERS = ("accident_year", "accident_month", "accident_day", "accident_hour")
_MOMENT = re.compile(r"^\D*(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D+(\d{1,2})(?:\D.*)?$")
_LENIENT = (*values.OPTIONAL, "time_period", "day_of_week")  # absent is no error: derived, or not known


class TableError(ValueError):
    """Raised when a file is not a table of accidents; the message says what is missing."""


@dataclass(frozen=True)
class Table:
    """A file's name, header and rows, every cell the text it was; `marked` if it began with a UTF-8 mark."""

    name: str
    header: list[str]
    rows: list[list[str]]
    marked: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Return the columns' names in one Unicode form, without what stands around them."""
        return [unicodedata.normalize("NFC", cell).strip() for cell in self.header]

    def column(self, name: str) -> list[str]:
        """Return a column's cells; "" where a row is too short."""
        index = self.names.index(name)
        return [row[index] if index < len(row) else "" for row in self.rows]


@dataclass(frozen=True)
class Parsed:
    """A table's columns in canonical values, and what is wrong with which row."""

    columns: Mapping[str, list[str | int | None]]
    errors: Mapping[int, str]

    def usable(self) -> Mapping[str, list[str | int | None]]:
        """Return the columns without the rows that have an error."""
        if not self.errors:
            return self.columns
        kept = [i for i in range(len(self.columns["weather"])) if i not in self.errors]
        return {name: [column[i] for i in kept] for name, column in self.columns.items()}


def read(path: Path) -> Table:
    """Return the cells of a `.csv` or `.csv.gz`, by the reader that data sets are read by.

    Encodings and delimiters are the usual ones. What stands above the header is left out and named in
    `warnings`; every row and column is kept.

    Raises:
        TableError: the file is empty, in no usual encoding, or no table.

    """
    with _unpacked(path) as plain:
        try:
            codec = find_encoding(plain)
            dialect = find_dialect(opener(plain, codec))
            return _read_records(path.name, plain, codec, dialect)
        except UnreadableTable as error:
            raise TableError(f"{path.name}: {error}") from None


def _read_records(name: str, plain: Path, codec: str, dialect: Dialect) -> Table:
    delimiter = dialect.delimiter if dialect.delimiter != NO_DELIMITER else ","
    with opener(plain, codec)() as stream:
        read = [record.cells for record in records(stream, delimiter) if record.cells]
    if not any(any(row) for row in read):
        raise TableError(f"{name}: no header line")
    at = _header_at(read)
    warnings = tuple(
        f"{name}: left out above the header: {' '.join(row).strip()[:80]!r}" for row in read[:at]
    )
    return Table(name, read[at], read[at + 1 :], marked=codec == "utf-8-sig", warnings=warnings)


def _header_at(read: Sequence[Sequence[str]]) -> int:
    """Return which record names the columns: the first, or one behind a title that names more of ours."""
    counts = [len({f for f in TAAS if _source(row, f)}) for row in read[:MOST_ABOVE]]
    best = max(counts, default=0)
    return counts.index(best) if best > 1 else 0


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give a file, or what a gzip file holds, as a file."""
    if path.suffix != ".gz":
        yield path
        return
    with NamedTemporaryFile(suffix=".csv") as out:
        try:
            out.write(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, zlib.error) as error:
            raise TableError(f"{path.name}: not a whole gzip file ({error})") from None
        out.flush()
        yield Path(out.name)


def parse(table: Table) -> Parsed:
    """Return what the rows say.

    Raises:
        TableError: a required column is missing, or two have one name.

    """
    _require(table)
    faults: defaultdict[int, list[str]] = defaultdict(list)
    columns: dict[str, list[str | int | None]] = {}
    for field in (*values.REQUIRED, *values.OPTIONAL):
        cells, name = _cells(table, field), _source(table.names, field) or field
        readings = {text: _read(field, text) for text in set(cells)}
        columns[field] = [readings[text] for text in cells]
        wrong = {text for text, value in readings.items() if value is None and _is_error(field, text)}
        for index in (i for i, text in enumerate(cells) if text in wrong):
            faults[index].append(f"{name}: {_fault(name, field, cells[index])}")
    for faulty in (_impossible_dates(table, columns), _overlong(table)):
        for index, fault in faulty.items():
            faults[index].append(fault)
    return Parsed(columns, {index: "; ".join(dict.fromkeys(why)) for index, why in sorted(faults.items())})


def _require(table: Table) -> None:
    twice = next((name for name in table.names if name and table.names.count(name) > 1), None)
    if twice:
        raise TableError(f"{table.name}: two columns are named {twice!r}; rename one")
    missing = [f for f in values.REQUIRED if f not in _LENIENT and _source(table.names, f) is None]
    if missing:
        named = ", ".join(f"{field} ({MOMENT if field in NUMBERS else TAAS[field]})" for field in missing)
        has = ", ".join(name[:40] for name in table.names[:30])
        raise TableError(f"{table.name}: no column for {named}; its columns are: {has}")


def _overlong(table: Table) -> dict[int, str]:
    """Return the rows that have more cells than the header has names."""
    width = len(table.header)
    return {
        i: f"{len(row)} cells under {width} names" for i, row in enumerate(table.rows) if len(row) > width
    }


def _impossible_dates(table: Table, columns: Mapping[str, list[str | int | None]]) -> dict[int, str]:
    """Return the rows whose day their month does not have."""
    source = _source(table.names, "accident_day")
    dates = list(zip(*(columns[name] for name in NUMBERS[:3]), strict=True))
    wrong = {date for date in set(dates) if None not in date and not values.weekday(*map(int, date))}
    return {
        i: f"{source}: {date[0]}-{date[1]:02}-{date[2]:02} is not a date; the month has fewer days"
        for i, date in enumerate(dates)
        if date in wrong
    }


def _fault(column: str, field: str, text: str) -> str:
    """Return what is wrong with a column's text that is no value of a field."""
    shown = repr(text[:60])
    if not text.strip():
        return "it is missing"
    if column == MOMENT and not text.isdigit():
        return f"{shown} is not a date and an hour, such as 2018년 1월 1일 00시"
    if field in values.BOUNDS:
        low, high = values.BOUNDS[field]
        return f"{shown} is not a whole number from {low} to {high}"
    meant = values.ambiguous(field, text)
    return f"{shown} may stand for {' or '.join(meant)}" if meant else f"{shown} is not known"


def _source(header: Sequence[str], field: str) -> str | None:
    """Return the column that holds a field, or one that nearly bears its name, or None."""
    names = (field, TAAS[field], *((MOMENT,) if field in NUMBERS else ()))
    exact: str | None = next((name for name in names if name in header), None)
    if exact is not None:
        return exact
    near: dict[str, str] = {_plain(name): name for name in header}
    nearly: str | None = next((near[_plain(name)] for name in names if _plain(name) in near), None)
    return nearly


def _plain(name: str) -> str:
    """Return a heading without case, blanks and what joins words."""
    return re.sub(r"[\s_\-·.()]", "", unicodedata.normalize("NFC", name)).casefold()


def near_headings(table: Table) -> list[str]:
    """Say which columns are used though their headings are not quite the fields' names."""
    warnings = []
    for field in (*values.REQUIRED, *values.OPTIONAL):
        name = _source(table.names, field)
        wanted = MOMENT if field in NUMBERS and name and _plain(name) == _plain(MOMENT) else TAAS[field]
        if name is not None and name not in {field, wanted}:
            warnings.append(f"{table.name}: column {name[:60]!r} was read as {wanted!r}")
    return list(dict.fromkeys(warnings))


def _cells(table: Table, field: str) -> list[str]:
    """Return a field's texts, one per row; "" where the column or the cell is absent."""
    name = _source(table.names, field)
    if name is None:
        return [""] * len(table.rows)
    cells = [unicodedata.normalize("NFC", cell) for cell in table.column(name)]
    if _plain(name) != _plain(MOMENT):
        return cells
    moments = {text: _moment(text) for text in set(cells)}
    place = NUMBERS.index(field)
    return [moments[text][place] for text in cells]


def _moment(text: str) -> tuple[str, str, str, str]:
    """Return year, month, day and hour of "2018년 1월 1일 00시", "2018-01-01 00:00" and the like."""
    match = _MOMENT.match(text)
    return (match[1], match[2], match[3], match[4]) if match else (text, text, text, text)


def _read(field: str, text: str) -> str | int | None:
    if field not in values.BOUNDS:
        return values.canonical(field, text)
    low, high = values.BOUNDS[field]
    number = _whole(text)
    return number if number is not None and low <= number <= high else None


def _whole(text: str) -> int | None:
    """Return the whole number a cell holds; spreadsheets also write 14.0."""
    try:
        return int(text) if text.strip().isdigit() else int(float(text)) if float(text).is_integer() else None
    except ValueError:
        return None


def _is_error(field: str, text: str) -> bool:
    """Say whether a text without a value spoils its row: a gap in what can be derived does not."""
    if field == "accident_subtype":  # a bare 차대차 has none; a wrong type is the type's error
        return bool(text.strip()) and values.canonical("accident_type", text) is None
    return bool(text.strip()) or field not in _LENIENT
