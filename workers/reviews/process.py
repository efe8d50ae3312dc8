"""Judge every review of files on disk: `flask process reviews FILE... -o OUT`.

Each row comes back as it was sent, with the same columns behind it that the API's results have.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TextIO

import click

from app.config import Settings
from app.files.uploads.encodings import NAMED
from app.model_versions.selection import plan, versions_of
from app.reviews import SYSTEM
from app.reviews.languages import RIGHT, is_code
from app.reviews.sent import COLUMNS, MOST_COLUMNS, Layout, restored
from app.reviews.service import NAME
from workers.reviews import judging
from workers.reviews.predictor import SentimentPredictor
from workers.reviews.reading import rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Reading, Wanted, restorable
from workers.reviews.sentiment import Judged
from workers.reviews.training.corpus import LABELS
from workers.sdk.output import atomic_write
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FLAGS = ("truncate", "by_sentence")
OPTIONS = ("encoding", "id_column", "language", *FLAGS)
TRUTHS = {"true": True, "false": False}

Answer = dict[str, Any]  # one output row: COLUMNS, and `id` and `input`, the row as it was sent


def process(
    paths: Sequence[Path],
    out: Path,
    *,
    output_format: str = "csv",
    text_column: str | None = None,
    model_version: str | None = None,
    options: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write one answer per input row to `out` and return the totals, and what of each file was read.

    Of several files, one that cannot be read is a row with an error. `out` appears when all is done.

    Args:
        paths: the files.
        out: where the answers go.
        output_format: `csv` or `json`.
        text_column: the column or field to read; guessed where None.
        model_version: the version that answers; the one with the largest share where None.
        options: of OPTIONS, as in the API.

    Raises:
        UnreadableFileError: no file is a table or list of texts.
        ValueError: there is no such version or option, or an option has no such value.

    """
    predictor = SentimentPredictor.load(model_folder("reviews", _version(model_version)))
    chosen = {**_checked(options or {}), "text_column": text_column}
    files = [_looked_through(path, Wanted.of(chosen)) for path in paths]
    if all(file["error"] for file in files):
        raise UnreadableFileError("; ".join(f"{file['file']}: {file['error']}" for file in files))
    totals = Totals()
    answers = totals.counted(_answers(paths, files, predictor, chosen))
    with atomic_write(out) as stream:
        if output_format == "json":
            _write_json(stream, answers)
        else:
            _write_csv(stream, answers, Layout.of(files))
    return {**totals.summary(), "files": files, "model_version": predictor.card.version}


def _version(asked: str | None) -> str:
    """Return the version asked for, or the one to which MODEL_VERSIONS gives most."""
    if asked is None:
        shares = plan(Settings.read().model_versions, {NAME: SYSTEM})[NAME]
        return max(shares, key=attrgetter("share")).version
    if asked not in versions_of(SYSTEM.worker):
        has = ", ".join(versions_of(SYSTEM.worker))
        raise ValueError(f"reviews has no version {asked!r}; it has: {has}")
    return asked


def _checked(options: Mapping[str, str]) -> dict[str, Any]:
    """Return the options, those of FLAGS as truth values; raise ValueError for one that is not right."""
    if unknown := options.keys() - set(OPTIONS):
        raise ValueError(f"reviews has no option {min(unknown)!r}; it has: {', '.join(OPTIONS)}")
    encoding, code = options.get("encoding"), options.get("language")
    if encoding is not None and encoding not in NAMED:
        raise ValueError(f"the encoding {encoding!r} is not read; it may be {', '.join(NAMED)}")
    if code is not None and not is_code(code):
        raise ValueError(f"the language {code!r} is not {RIGHT}")
    flags = {name: options[name] for name in FLAGS if name in options}
    if wrong := next((name for name, value in flags.items() if value not in TRUTHS), None):
        raise ValueError(f"{wrong} is true or false, not {flags[wrong]!r}")
    return {**options, **{name: TRUTHS[value] for name, value in flags.items()}}


def _looked_through(path: Path, wanted: Wanted) -> dict[str, Any]:
    """Return what of a file is read; for fields that only some objects have, all of it is looked at."""
    try:
        with rows.opened(path, wanted) as file:
            reading, fields = file.reading, dict.fromkeys(file.reading.columns)
            if reading.format in {"json", "json_lines"}:
                for row in file.rows:
                    fields |= dict.fromkeys(row.sent if isinstance(row.sent, dict) else ())
        return {"file": str(path), **asdict(replace(reading, columns=tuple(fields)[:MOST_COLUMNS]))}
    except UnreadableFileError as error:
        return {"file": str(path), **asdict(Reading(None, error=str(error)))}


class Totals:
    """Counts labels and errors while the answers pass by."""

    def __init__(self) -> None:
        self._labels: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()

    def counted(self, answers: Iterator[Answer]) -> Iterator[Answer]:
        """Yield the answers on, counting them."""
        for answer in answers:
            if answer["error"]:
                self._labels["error"] += 1
            else:
                self._labels[answer["label"] or "unsupported"] += 1
                self._languages[answer["language"] or "unknown"] += 1
            yield answer

    def summary(self) -> dict[str, Any]:
        """Return totals, shares of the labelled rows, and rows by language."""
        labelled = sum(self._labels[label] for label in LABELS)
        return {
            "rows": self._labels.total(),
            "errors": self._labels["error"],
            "unsupported": self._labels["unsupported"],
            "totals": {label: self._labels[label] for label in LABELS},
            "shares": {label: self._labels[label] / labelled if labelled else 0.0 for label in LABELS},
            "languages": dict(sorted(self._languages.items())),
        }


def _answers(
    paths: Sequence[Path],
    files: Sequence[Mapping[str, Any]],
    predictor: SentimentPredictor,
    options: Mapping[str, Any],
) -> Iterator[Answer]:
    """Yield the answers to all rows."""
    position = 0
    for number, (path, file) in enumerate(zip(paths, files, strict=True)):
        for block in _blocks(path, file, Wanted.of(options)):
            texts = [(row.text, row.language) for row in block]
            for row, judged in zip(block, judging.judge(predictor, options, texts), strict=True):
                own = restored(file, restorable(row.sent), row.text)
                place = {"position": position, "file": number, "index": row.index}
                yield {
                    **_answer(row, judged or Judged(), place),
                    "id": own.get(options.get("id_column") or ""),
                    "input": own or None,
                }
                position += 1


def _blocks(path: Path, file: Mapping[str, Any], wanted: Wanted) -> Iterator[list[InputRow]]:
    if file["error"]:
        yield [InputRow(0, None, f"the file cannot be read: {file['error']}")]
        return
    with rows.opened(path, wanted) as opened:
        blocks = iter(lambda: list(islice(opened.rows, rows.BLOCK_ROWS)), [])
        with click.progressbar(blocks, label=path.name, file=sys.stderr, show_pos=True) as bar:
            yield from bar


def _answer(row: InputRow, judged: Judged, place: Mapping[str, int]) -> Answer:
    values = {
        **place,
        "text": row.text,
        **judged._asdict(),
        "language_supported": None if row.error else judged.label is not None,
        "error": row.error,
        "error_column": row.column,
        "error_value": row.value,
    }
    return {name: values[name] for name in COLUMNS}


def _write_csv(stream: TextIO, answers: Iterator[Answer], layout: Layout) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(layout.headings)
    writer.writerows(map(layout.cells, answers))


def _write_json(stream: TextIO, answers: Iterator[Answer]) -> None:
    mark = "["
    for answer in answers:
        stream.write(mark + "\n" + json.dumps(answer, ensure_ascii=False))
        mark = ","
    stream.write("\n]\n" if mark == "," else "[]\n")
