"""Measure the shipped head on rated faces that it was not fitted on, as a request would be answered."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.personality import audit, dataset, measures
from workers.personality.assess import assess
from workers.personality.predictor import ImpressionPredictor
from workers.personality.samples import read, show
from workers.sdk.weights import live_folder, read_checked

if TYPE_CHECKING:
    from pathlib import Path

    from workers.personality.dataset import Rated

TRAINED_FILE = "trained.json"  # the names, by their content, of the pictures that a head has seen
BLOCK = 32  # pictures judged together


def name_of(path: Path) -> str:
    """Return a picture's name by its content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def evaluate(data: Path) -> dict[str, Any]:
    """Return figures on the pictures of a folder that the newest version was not fitted on.

    Of pictures all of which it has seen, the figures are those of its card made anew: each face judged by
    a head that is fitted without it.

    Raises:
        DataError: the folder has no ratings, or no picture of it shows a face.

    """
    folder = live_folder("personality")
    rated = dataset.load(data)
    seen_file = folder / TRAINED_FILE
    seen = set(json.loads(seen_file.read_text(encoding="utf-8"))) if seen_file.is_file() else set()
    new = [i for i, path in enumerate(rated.paths) if name_of(path) not in seen]
    if not new:
        groups = read_checked(folder).data["groups"]
        return {"version": folder.name, "by": "cross-validation", **assess(rated, show(rated), groups)[1]}
    return {"version": folder.name, **_figures(ImpressionPredictor.load(folder), rated.of(np.array(new)))}


def _figures(predictor: ImpressionPredictor, rated: Rated) -> dict[str, Any]:
    answers, kept = [], []
    for start in range(0, len(rated.paths), BLOCK):
        pictures = [read(path) for path in rated.paths[start : start + BLOCK]]
        for i, faces in enumerate(predictor.predict(pictures), start=start):
            if faces:
                answers.append(faces[0].traits)
                kept.append(i)
    if not kept:
        raise dataset.DataError(f"none of the {len(rated.paths)} pictures shows a face")
    measured = rated.of(np.array(kept))
    predicted = np.array(answers)
    return {
        "faces": len(kept),
        "pictures": len(rated.paths),
        **measures.figures(predicted, measured.traits, constant=np.array(predictor.norms.mean)),
        "audit": audit.audit(predicted, measured.traits, measured.audited),
    }
