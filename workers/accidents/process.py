"""Severities for files of accidents on disk: `flask process accidents FILE... -o OUT`.

Every row and cell of the input is kept in its place; the figures are appended.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

import click
import numpy as np

from app.accidents.severity import wording
from workers.accidents import table
from workers.accidents.features import encode
from workers.accidents.predictor import FIGURES, SeverityPredictor
from workers.sdk.output import atomic_write
from workers.sdk.weights import live_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from workers.accidents.features import Matrix

APPENDED = ("eclo", "typical", "p10", "p90", "p_fatal", "band")
ERROR = "error"  # appended where a row has one
SHOWN = tuple(FIGURES.index(name) for name in APPENDED[:-1])
BLOCK = 10_000  # rows between two steps of the progress bar
DIGITS = 6


@dataclass(frozen=True)
class Judged:
    """A file's table and what was found for each row: figures, or none and an error."""

    read: table.Table
    answers: list[list[Any]]
    errors: Mapping[int, str]


def process(paths: Sequence[Path], out: Path, *, output_format: str = "csv") -> dict[str, Any]:
    """Write every row with its severity to `out` and return how many rows and errors there were.

    `warnings` name what was left out above a header and which headings were only nearly right.
    `out` appears when all is done.

    Raises:
        TableError: a file is not a table of accidents, or two files have different columns.

    """
    predictor = SeverityPredictor.load(live_folder("accidents"))
    tables = [_unanswered(table.read(path)) for path in paths]
    _same_columns(paths, tables)
    judged = [_judge(predictor, path.name, read) for path, read in zip(paths, tables, strict=True)]
    with atomic_write(out) as stream:
        _WRITERS[output_format](stream, judged)
    figures: dict[str, Any] = {
        "rows": sum(len(j.answers) for j in judged),
        "errors": sum(len(j.errors) for j in judged),
    }
    warnings = [warning for read in tables for warning in (*read.warnings, *table.near_headings(read))]
    return {**figures, "warnings": warnings} if warnings else figures


def _unanswered(read: table.Table) -> table.Table:
    """Return a table without the columns that an earlier run appended: they are made anew."""
    names, width = tuple(read.names), len(read.header)
    last = next((end for end in (APPENDED, (*APPENDED, ERROR)) if names[-len(end) :] == end), ())
    kept = width - len(last)
    foreign = next((name for name in names[:kept] if name in {*APPENDED, ERROR}), None)
    if foreign:
        raise table.TableError(
            f"{read.name}: a column {foreign!r} is appended here; rename the one that is there"
        )
    rows = [[*row[:kept], *row[width:]] for row in read.rows] if last else read.rows
    return replace(read, header=read.header[:kept], rows=rows)


def _same_columns(paths: Sequence[Path], tables: Sequence[table.Table]) -> None:
    for path, read in zip(paths, tables, strict=True):
        if read.names != tables[0].names:
            raise table.TableError(f"{path.name} has other columns than {paths[0].name}")


def _judge(predictor: SeverityPredictor, name: str, read: table.Table) -> Judged:
    """Return each row's figures and band, or nothing where a value is unusable."""
    parsed = table.parse(read)
    usable = np.array([index not in parsed.errors for index in range(len(read.rows))], dtype=bool)
    matrix = encode(parsed.usable(), predictor.codes)
    answers: list[list[Any]] = [[] for _ in read.rows]
    for index, answer in zip(np.flatnonzero(usable).tolist(), _answers(predictor, matrix, name), strict=True):
        answers[index] = answer
    return Judged(read, answers, parsed.errors)


def _answers(predictor: SeverityPredictor, matrix: Matrix, name: str) -> Iterator[list[Any]]:
    starts = range(0, len(matrix), BLOCK)
    with click.progressbar(starts, label=name, file=sys.stderr) as bar:
        for start in bar:
            figures = predictor.models.figures(matrix[start : start + BLOCK])
            for row in figures[:, SHOWN].round(DIGITS).tolist():
                yield [*row, wording.interpret(row[0])]


def _write_csv(stream: TextIO, judged: Sequence[Judged]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    failed = any(j.errors for j in judged)
    stream.write(table.MARK if judged[0].read.marked else "")
    writer.writerow([*judged[0].read.header, *APPENDED, *([ERROR] if failed else [])])
    for j in judged:
        width = len(j.read.header)
        for index, (row, answer) in enumerate(zip(j.read.rows, j.answers, strict=True)):
            cells = [*row[:width], *[""] * (width - len(row)), *(answer or [""] * len(APPENDED))]
            writer.writerow([*cells, j.errors.get(index, "")] if failed else cells)


def _write_json(stream: TextIO, judged: Sequence[Judged]) -> None:
    """Write one JSON array, one object to a line."""
    separator = "[\n"
    for j in judged:
        for index, (row, answer) in enumerate(zip(j.read.rows, j.answers, strict=True)):
            given = dict(zip(j.read.header, row, strict=False))
            appended = dict(zip(APPENDED, answer or [None] * len(APPENDED), strict=True))
            error = {ERROR: j.errors[index]} if index in j.errors else {}
            stream.write(separator + json.dumps({**given, **appended, **error}, ensure_ascii=False))
            separator = ",\n"
    stream.write("\n]\n" if separator == ",\n" else "[]\n")


_WRITERS = {"csv": _write_csv, "json": _write_json}
