"""Judge every review of files on disk: `flask process reviews FILE... -o OUT`."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from dataclasses import asdict
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TextIO

import click

from app.config import Settings
from app.files.jobs.csv_cells import escape_formula
from app.files.uploads.encodings import NAMED
from app.model_versions.selection import plan, versions_of
from app.reviews import SYSTEM
from app.reviews.service import NAME
from workers.reviews.predictor import Review, Sentiment, SentimentPredictor, rounded_shares
from workers.reviews.reading import rows
from workers.reviews.reading.columns import UnreadableFileError
from workers.reviews.reading.input_row import InputRow, Opened, Reading
from workers.reviews.training.corpus import LABELS
from workers.sdk.output import atomic_write
from workers.sdk.weights import model_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

COLUMNS = ("index", "label", "positive", "negative", "neutral", "mixed", "language", "supported", "error")

Answer = dict[str, Any]  # one output row, keyed by COLUMNS


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

    With several files a leading column names the file, and one that cannot be read is a row with an
    error. `out` appears when all is done.

    Args:
        paths: the files.
        out: where the answers go.
        output_format: `csv` or `json`.
        text_column: the column or field to read; guessed where None.
        model_version: the version that answers; the one with the largest share where None.
        options: `encoding`, that of the files.

    Raises:
        UnreadableFileError: no file is a table or list of texts.
        ValueError: there is no such version, option or encoding.

    """
    predictor = SentimentPredictor.load(model_folder("reviews", _version(model_version)))
    totals, readings = Totals(), list[dict[str, Any]]()
    read = partial(rows.opened, text_column=text_column, encoding=_encoding(options or {}))
    answers = totals.counted(_answers(paths, predictor, read, readings))
    with atomic_write(out) as stream:
        if output_format == "json":
            _write_json(stream, answers)
        else:
            _write_csv(stream, answers, [*(["file"] if len(paths) > 1 else []), *COLUMNS])
        if all(reading["error"] for reading in readings):
            raise UnreadableFileError("; ".join(f"{each['file']}: {each['error']}" for each in readings))
    return {**totals.summary(), "files": readings, "model_version": predictor.card.version}


def judge(predictor: SentimentPredictor, block: Sequence[InputRow]) -> list[Answer]:
    """Return one answer per row, in order; a row with an error keeps it."""
    good = [row for row in block if row.text is not None]
    found = predictor.predict([Review(row.text or "", row.language) for row in good])
    sentiments = {row.index: sentiment for row, sentiment in zip(good, found, strict=True)}
    return [_answer(row, sentiments.get(row.index)) for row in block]


def _version(asked: str | None) -> str:
    """Return the version asked for, or the one to which MODEL_VERSIONS gives most."""
    if asked is None:
        shares = plan(Settings.read().model_versions, {NAME: SYSTEM})[NAME]
        return max(shares, key=attrgetter("share")).version
    if asked not in versions_of(SYSTEM.worker):
        has = ", ".join(versions_of(SYSTEM.worker))
        raise ValueError(f"reviews has no version {asked!r}; it has: {has}")
    return asked


def _encoding(options: Mapping[str, str]) -> str | None:
    if unknown := options.keys() - {"encoding"}:
        raise ValueError(f"reviews has no option {min(unknown)!r}; it has: encoding")
    encoding = options.get("encoding")
    if encoding is not None and encoding not in NAMED:
        raise ValueError(f"the encoding {encoding!r} is not read; it may be {', '.join(NAMED)}")
    return encoding


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
    predictor: SentimentPredictor,
    read: Callable[[Path], AbstractContextManager[Opened]],
    readings: list[dict[str, Any]],
) -> Iterator[Answer]:
    """Yield the answers to all rows, and note what of each file is read."""
    for path in paths:
        named = {"file": escape_formula(path.name)} if len(paths) > 1 else {}
        try:
            with read(path) as file:
                readings.append({"file": str(path), **asdict(file.reading)})
                for answer in _judged(path, predictor, file):
                    yield named | answer
        except UnreadableFileError as error:
            readings.append({"file": str(path), **asdict(Reading(None, error=str(error)))})
            failed = dict.fromkeys(COLUMNS) | {"error": f"the file cannot be read: {error}"}
            yield named | failed


def _judged(path: Path, predictor: SentimentPredictor, file: Opened) -> Iterator[Answer]:
    blocks = iter(lambda: list(islice(file.rows, rows.BLOCK_ROWS)), [])
    with click.progressbar(blocks, label=path.name, file=sys.stderr, show_pos=True) as bar:
        for block in bar:
            yield from judge(predictor, block)


def _answer(row: InputRow, sentiment: Sentiment | None) -> Answer:
    if sentiment is None:
        return dict.fromkeys(COLUMNS) | {"index": row.index, "error": row.error}
    return {
        "index": row.index,
        "label": sentiment.label,
        **rounded_shares(sentiment),
        "language": sentiment.language,
        "supported": sentiment.language_supported,
        "error": None,
    }


def _write_csv(stream: TextIO, answers: Iterator[Answer], names: Sequence[str]) -> None:
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    for answer in answers:
        cells = dict(answer)
        if answer["supported"] is not None:
            cells["supported"] = str(answer["supported"]).lower()
        if answer["error"]:
            cells["error"] = escape_formula(answer["error"])
        writer.writerow(cells)


def _write_json(stream: TextIO, answers: Iterator[Answer]) -> None:
    mark = "["
    for answer in answers:
        stream.write(mark + "\n" + json.dumps(answer, ensure_ascii=False))
        mark = ","
    stream.write("\n]\n" if mark == "," else "[]\n")
