"""Fit the severity models, measure them on the last year, and write weights and card.

The card's figures: fitted on all years but the last, tested on the last; rounds come from early
stopping on the last year but one. The shipped models are then fitted on all years with the same
rounds. `evaluate` tests the shipped models on later years, or repeats the card's figures.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.accidents import table
from workers.accidents.features import ELEVEN, Codes, codes_of, encode, levels
from workers.accidents.fit import SEED, Rounds, Rows, fit_all, stopping_rounds
from workers.accidents.metrics import Outcomes, measure
from workers.accidents.predictor import ENCODING, SETS, SeverityModels, SeverityPredictor, file_name
from workers.sdk.weights import file_sha256, model_folder, statements, write_card

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = "2026.11"
COUNTS = {"deaths": "사망자수", "serious": "중상자수", "minor": "경상자수", "reported": "부상신고자수"}
LICENCE = "Weights: as the code's. Data: data.go.kr item 15075668, terms of reuse not confirmed."
SOURCE = "TAAS (KoROAD) accidents of Daegu by way of data.go.kr item 15075668"
LIMITS = (
    "Weak signal: on the 11 fields RMSLE is about 1.5 % below that of the best constant.",
    "Police-reported injury accidents of one city, Daegu, 2007-2017; none without an injury is among them.",
    "Mean ECLO fell from 5.73 in 2007 to 4.85 in 2017; later years are answered as 2017.",
    "The counts and ECLO are outcomes and were never features; associations, not causes.",
    "The violation and the vehicles are what the police found afterwards: known only once it has happened.",
    "The portal's terms of reuse for this data could not be confirmed; no rows of it are shipped.",
)


def train(data: Path, folder: Path) -> dict[str, Any]:
    """Write weights and card into `folder` and return the card's figures."""
    rows = load(data)
    rounds, figures = assess(rows)
    _write(folder, fit_all(rows, rounds))
    described = {"files": _sums(data), "rows": len(rows.matrix), "years": _years(rows)}
    metrics = {**figures, "rounds": rounds}
    write_card(
        folder,
        {
            **statements("accidents", VERSION, licence=LICENCE, source=SOURCE, seed=SEED, limits=LIMITS),
            "data": described,
            "metrics": metrics,
        },
    )
    return figures


def evaluate(data: Path) -> dict[str, Any]:
    """Return the shipped models' figures on later years; where there are none, the card's anew."""
    predictor = SeverityPredictor.load(model_folder("accidents", VERSION))
    trained = int(predictor.card.data["years"][1])
    rows = load(data, codes=predictor.codes)
    later = rows.at(rows.years > trained)
    if not len(later.matrix):
        return assess(load(data))[1]
    earlier = rows.until(trained)
    # without earlier rows the constants come from the test rows: a stronger baseline, never a weaker
    before = earlier if len(earlier.matrix) else later
    return figures_of(predictor.models, later, before=before.outcomes)


def assess(rows: Rows) -> tuple[Rounds, dict[str, Any]]:
    """Return the rounds and the figures on the last year, of models that never saw it."""
    last = int(rows.years.max())
    earlier, test = rows.until(last - 1), rows.of(last, last)
    rounds = stopping_rounds(earlier)
    return rounds, figures_of(fit_all(earlier, rounds), test, before=earlier.outcomes)


def figures_of(models: SeverityModels, test: Rows, *, before: Outcomes) -> dict[str, Any]:
    """Return the figures with the 11 fields alone and with the optional ones."""
    bare = test.matrix.copy()
    bare[:, len(ELEVEN) :] = np.nan
    matrices = {"eleven": bare, "extended": test.matrix}
    measured = {kind: measure(models.figures(matrices[kind]), test.outcomes, before=before) for kind in SETS}
    return {"tested_years": _years(test), "rows": len(test.matrix), **measured}


def load(data: Path, *, codes: Codes | None = None) -> Rows:
    """Return the rows of every `.csv` and `.csv.gz` in a folder (or one file) with TAAS columns.

    Raises:
        TableError: there is none, or a row has an unusable value.

    """
    tables = [(path, table.read(path)) for path in _paths(data)]
    parts = [_rows(path, read, codes or codes_of(levels())) for path, read in tables if _is_taas(read)]
    if not parts:
        raise table.TableError(f"{data}: no .csv or .csv.gz with {', '.join(COUNTS.values())}")
    whole = parts[0]
    for rows in parts[1:]:
        whole = whole.and_then(rows)
    return whole


def _rows(path: Path, read: table.Table, codes: Codes) -> Rows:
    parsed = table.parse(read)
    if parsed.errors:
        index, reason = next(iter(parsed.errors.items()))
        raise table.TableError(f"{path.name}, row {index + 1}: {reason}")
    counts = [np.array([float(cell) for cell in read.column(name)]) for name in COUNTS.values()]
    return Rows(encode(parsed.columns, codes), Outcomes(*counts))


def _paths(data: Path) -> list[Path]:
    return sorted([*data.glob("*.csv"), *data.glob("*.csv.gz")]) if data.is_dir() else [data]


def _is_taas(read: table.Table) -> bool:
    return set(COUNTS.values()) <= set(read.names)


def _sums(data: Path) -> dict[str, str]:
    """Return the sha256 of each file that was fitted on."""
    return {path.name: file_sha256(path) for path in _paths(data) if _is_taas(table.read(path))}


def _years(rows: Rows) -> list[int]:
    return [int(rows.years.min()), int(rows.years.max())]


def _write(folder: Path, models: SeverityModels) -> None:
    for kind in SETS:
        for name, booster in models.boosters[kind].items():
            booster.save_model(folder / file_name(kind, name))
    stored: Mapping[str, Any] = {"levels": levels(), "deaths_per_fatal": models.deaths_per_fatal}
    (folder / ENCODING).write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")
