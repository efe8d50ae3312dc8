"""Daily risks for a person's files on disk: `flask process mood PATH... -o OUT`."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

import click

from workers.mood.reading.errors import ExportError
from workers.sdk.output import Summary, atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from workers.mood.analysis import Analysis

NO_OPTIONS: Mapping[str, str] = {}
FAILED = 1
MB = 1_000_000


def process(
    paths: Sequence[Path],
    out: Path,
    *,
    output_format: str = "csv",
    options: Mapping[str, str] = NO_OPTIONS,
    features: Path | None = None,
    probe: bool = False,
) -> Summary:
    """Write one row per date to `out` and return what became of the records.

    `features` is a file for the features of each date, as a CSV. With `probe`, what the files are is
    written instead, told by their beginnings and ends. What is wrong with an export is
    written too, as `{"error": {"code", "detail"}}`, and ends the command with 1.

    Raises:
        ValueError: an option is not acceptable.

    """
    if probe:
        return _write_probe(paths, out)
    from workers.mood.analysis import analyse, read_options  # noqa: PLC0415 - a probe needs no models

    chosen = read_options(options)
    try:
        with click.progressbar(length=0, label="reading", file=sys.stderr) as bar:
            analysis = analyse(paths, chosen, progress=_shown(bar))
    except ExportError as error:
        failure = {"error": {"code": error.code, "detail": error.detail}}
        with atomic_write(out) as stream:
            if output_format == "json":
                _dump(failure, stream)
            else:
                csv.writer(stream).writerows([["error", "detail"], [error.code, error.detail]])
        return Summary(failure, exit_code=FAILED)
    with atomic_write(out) as stream:
        _WRITERS[output_format](stream, analysis)
    if features is not None:
        _write_features(analysis, features, retrospective=chosen["history"] == "whole")
    return Summary(_figures(analysis))


def _write_features(analysis: Analysis, out: Path, *, retrospective: bool) -> None:
    from workers.mood.feature_table import features_table  # noqa: PLC0415

    names, rows = features_table(analysis.history, retrospective=retrospective)
    with atomic_write(out) as stream:
        csv.writer(stream, lineterminator="\n").writerows([names, *rows])


def _write_probe(paths: Sequence[Path], out: Path) -> Summary:
    """Write what files are, as JSON whatever the format."""
    from workers.mood.reading.probe import probe as look_into  # noqa: PLC0415

    files = look_into(paths)
    with atomic_write(out) as stream:
        _dump({"probe": files}, stream)
    failed = any("error" in file for file in files)
    return Summary({"files": len(files)}, exit_code=FAILED if failed else 0)


def _shown(bar: Any) -> Callable[[int, int], None]:
    """Return what moves a progress bar on, in megabytes."""

    def progress(done: int, total: int) -> None:
        bar.length = max(total // MB, 1)
        bar.update(done // MB - bar.pos)

    return progress


def _figures(analysis: Analysis) -> dict[str, Any]:
    reading = analysis.reading
    return {
        "days": len(analysis.rows),
        "records": reading.records,
        "used": reading.used,
        "duplicates": reading.duplicates,
        "skipped": sum(reading.skipped.values()),
        "truncated": reading.truncated,
    }


def _write_json(stream: TextIO, analysis: Analysis) -> None:
    days = {row["date"]: {name: row[name] for name in row if name != "date"} for row in analysis.rows}
    _dump({"reading": asdict(analysis.reading), "days": days}, stream)


def _dump(document: Mapping[str, Any], stream: TextIO) -> None:
    json.dump(document, stream, ensure_ascii=False, allow_nan=False, indent=1)
    stream.write("\n")


def _write_csv(stream: TextIO, analysis: Analysis) -> None:
    from app.mood.columns import COLUMNS  # noqa: PLC0415 - a probe needs no routes, which come along

    writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in analysis.rows:
        writer.writerow(flat(row))


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as cells: lists as text, what the person said beside the rest."""
    cells = {**row, **(row["self_report"] or {})}
    for name in ("confidence_reasons", "notes", "sources"):
        cells[name] = "; ".join(row[name])
    return cells


_WRITERS: Mapping[str, Callable[[TextIO, Analysis], None]] = {"csv": _write_csv, "json": _write_json}
