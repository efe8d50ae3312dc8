"""The linear head: from the figures of a face to five traits, their intervals and norms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEIGHTS_FILE, NORMS_FILE = "head.safetensors", "norms.json"

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Norms:
    """What a trait is compared with: mean and SD over the training faces, and the usual errors.

    `half_width` holds each trait's 90 % of absolute errors on faces that the head had not seen; `factors`
    how many times wider the errors are for each word of poor quality.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    half_width: tuple[float, ...]
    factors: Mapping[str, float]

    def t_scores(self, traits: Matrix) -> Matrix:
        """Return traits with mean 50 and SD 10 over the training faces."""
        mean, sd = np.array(self.mean, np.float32), np.array(self.sd, np.float32)
        return np.asarray(50 + 10 * (traits - mean) / sd, np.float32)

    def widened(self, words: Sequence[str]) -> float:
        """Return how many times wider intervals are for a face of this quality."""
        return 1 + sum(max(self.factors.get(word, 1.0) - 1, 0.0) for word in words)


@dataclass(frozen=True)
class Head:
    """Several linear maps fitted on parts of the faces; their mean answers, their spread tells doubt.

    `weights` is of shape (members, width, 5), `bias` of (members, 5).
    """

    weights: Matrix
    bias: Matrix
    norms: Norms

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the head of a folder of weights."""
        stored = load_file(folder / WEIGHTS_FILE)
        raw = json.loads((folder / NORMS_FILE).read_text(encoding="utf-8"))
        return cls(stored["weights"].astype(np.float32), stored["bias"], Norms(**raw))

    def save(self, folder: Path) -> None:
        """Write the head into a folder."""
        save_file({"weights": self.weights.astype(np.float16), "bias": self.bias}, folder / WEIGHTS_FILE)
        norms = {name: getattr(self.norms, name) for name in Norms.__dataclass_fields__}
        (folder / NORMS_FILE).write_text(json.dumps(norms, indent=1), encoding="utf-8")

    def traits(self, views: Matrix) -> tuple[Matrix, Matrix]:
        """Return traits, 0..1, and the members' spread, each (n, 5), of figures (n, views, width)."""
        each = np.einsum("nw,mwt->mnt", views.mean(1), self.weights) + self.bias[:, None]
        return np.clip(each.mean(0), 0, 1), each.std(0)
