"""Fit the head on rated pictures, through the crops that answers use, and write weights and card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from workers.personality import dataset, fit, measures
from workers.personality.crops import face_crop
from workers.personality.detect import DEFAULT, DETECTORS, Pixels, detect
from workers.personality.features import Extractor
from workers.sdk.weights import write_card

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "2026.11"
SEED = 0  # nothing is drawn: the folds are by the subjects' names
LICENCE = "CC BY-NC-SA 4.0: fitted on One Million Impressions; not the code's licence. Networks: MIT."
SOURCE = "One Million Impressions (Peterson et al. 2022, PNAS 119(17) e2115228119), synthetic faces"
LIMITS = (
    "Strangers' impressions of synthetic faces: nothing in this is a measure of a person's character.",
    "Extraversion and neuroticism mostly tell the smile.",
)


@dataclass(frozen=True)
class Seen:
    """The figures of the pictures in which a face was found, and their indexes."""

    views: npt.NDArray[np.float32]
    kept: npt.NDArray[np.intp]


def train(data: Path, folder: Path) -> dict[str, Any]:
    """Write weights and card into `folder` and return the card's figures."""
    rated = dataset.load(data)
    seen = look(rated.paths)
    rated = rated.of(seen.kept)
    folds = rated.folds()
    head = fit.head(seen.views.astype(np.float64), rated.traits, folds, factors={})
    head.save(folder)
    answers = fit.out_of_fold(seen.views.mean(1).astype(np.float64), rated.traits, folds)
    figures = measures.figures(answers, rated.traits, constant=rated.traits.mean(0))
    described = {"faces": len(rated.paths)}
    write_card(folder, {**_statements(folder), "data": described, "metrics": figures})
    return figures


def look(paths: Sequence[Path]) -> Seen:
    """Return the figures of the largest face of each picture."""
    detector, crops, kept = DETECTORS[DEFAULT](), [], []
    for i, path in enumerate(paths):
        pixels = read(path)
        for face in detect(pixels, detector)[:1]:
            crops.append(face_crop(pixels, face))
            kept.append(i)
    return Seen(Extractor.load().features(crops).views, np.array(kept))


def read(path: Path) -> Pixels:
    """Return a picture's pixels."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _statements(folder: Path) -> dict[str, Any]:
    return {
        "name": "personality",
        "version": folder.name,
        "licence": LICENCE,
        "source": SOURCE,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": SEED,
        "limits": LIMITS,
    }
