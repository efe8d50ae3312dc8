"""Judge pictures and clips on disk: `flask process personality PATH... -o OUT`."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, TextIO, cast, get_args

import click

from app.config import Settings
from app.files.jobs.csv_cells import cell
from app.personality.frames import COUNT, parse_frames
from app.personality.results import COLUMNS, rows_of
from app.personality.wording import NOTICE
from workers.personality.answer import document
from workers.personality.detect import DETECTORS
from workers.personality.device import chosen_device
from workers.personality.folders import sources_of
from workers.personality.judge import How, Judgement, Source, judge_files, without_picture
from workers.personality.predictor import ImpressionPredictor, Method, Options
from workers.sdk.output import atomic_write
from workers.sdk.weights import live_folder, model_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
OWN_OPTIONS = ("method", "detect_face", "detector", "tta")

Judged = tuple[Source, Judgement]


def process(
    paths: Sequence[Path],
    out: Path,
    *,
    output_format: str = "csv",
    largest: bool = False,
    frames: str | None = None,
    model_version: str | None = None,
    options: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write the impression of every face of files and folders to `out`, and return the totals.

    A file without a face, or that cannot be read, is a row with an error. `out` appears when all
    is done.

    Raises:
        ValueError: an option is none, or has a value that it cannot have.

    """
    given, config = options or {}, Settings.read()
    how = How(_options(given, all_faces=not largest), parse_frames(frames) if frames else COUNT)
    detector = _detector(given.get("detector", config.face_detector))
    folder = model_folder("personality", model_version) if model_version else live_folder("personality")
    model = ImpressionPredictor.load(folder, detector=detector).to(chosen_device(config.device))
    sources, skipped = sources_of(paths)
    totals = Totals(skipped)
    judged = totals.counted(_judged(model, sources, how))
    with atomic_write(out) as stream:
        write = _write_json if output_format == "json" else _write_csv
        write(stream, judged, model.card.version)
    return totals.summary() | {"model_version": model.card.version, "notice": NOTICE}


class Totals:
    """Counts files, faces and errors while the answers pass by."""

    def __init__(self, skipped: int) -> None:
        self._skipped = skipped
        self._counts: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()

    def counted(self, judged: Iterable[Judged]) -> Iterator[Judged]:
        """Yield the answers on, counting them."""
        for source, judgement in judged:
            self._counts["files"] += 1
            self._counts["faces"] += sum(row.time_s is None for row in judgement.rows)
            if judgement.error is not None:
                self._errors[judgement.error.code] += 1
            yield source, judgement

    def summary(self) -> dict[str, Any]:
        """Return how many files there were, how many faces, and how many errors of each kind."""
        counts = {name: self._counts[name] for name in ("files", "faces")}
        return counts | {"skipped": self._skipped, "errors": dict(sorted(self._errors.items()))}


def _options(given: Mapping[str, str], *, all_faces: bool) -> Options:
    """Return the model's options.

    Raises:
        ValueError: there is no such option, or it cannot have that value.

    """
    for name in given:
        if name not in OWN_OPTIONS:
            raise ValueError(f"no option {name!r}; there are: {', '.join(OWN_OPTIONS)}")
    method = given.get("method", "face")
    if method not in get_args(Method):
        raise ValueError(f"method {method!r} must be one of {', '.join(get_args(Method))}")
    return Options(
        detect_face=_switch(given, "detect_face", default=True),
        method=cast("Method", method),
        all_faces=all_faces,
        tta=_switch(given, "tta", default=False),
    )


def _detector(name: str) -> str:
    """Return a detector's name; raise ValueError where there is none of it."""
    if name not in DETECTORS:
        raise ValueError(f"detector {name!r} must be one of {', '.join(DETECTORS)}")
    return name


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Return what an option that is on or off says."""
    value = given.get(name)
    if value is None:
        return default
    if value.lower() not in SWITCH:
        raise ValueError(f"{name} {value!r} must be true or false")
    return SWITCH[value.lower()]


def _judged(model: ImpressionPredictor, sources: Sequence[Source], how: How) -> Iterator[Judged]:
    """Yield each file with what is answered of it."""
    with click.progressbar(sources, label="faces", file=sys.stderr, show_pos=True) as bar:
        answers = judge_files(model, bar, how)
        for source, judgement in zip(sources, answers, strict=True):
            yield source, without_picture(judgement)


def _write_csv(stream: TextIO, judged: Iterable[Judged], version: str) -> None:
    """Write one row a face, and one with an error for a file without any."""
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for source, judgement in judged:
        for row in rows_of(document(judgement, name=source.name, version=version)):
            writer.writerow({name: cell(row[name]) for name in COLUMNS})


def _write_json(stream: TextIO, judged: Iterable[Judged], version: str) -> None:
    """Write one array, one object a file."""
    mark = "["
    for source, judgement in judged:
        answer = document(judgement, name=source.name, version=version)
        stream.write(mark + "\n" + json.dumps(answer, ensure_ascii=False))
        mark = ","
    stream.write("\n]\n" if mark == "," else "[]\n")
