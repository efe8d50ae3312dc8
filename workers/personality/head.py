"""The linear head: from the figures of a face to five traits, how far the members disagree, and norms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEIGHTS_FILE, NORMS_FILE = "head.safetensors", "norms.json"
FARTHEST = 5.0  # standard deviations: figures beyond are none that the head was fitted on

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Norms:
    """What traits are compared with: mean and SD over the training faces, and the usual errors.

    `half_width` are 90 % of the absolute errors on good pictures of faces that the head had not seen,
    by trait; `factors` how many times as wide they are in pictures of each word of poor quality.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    half_width: tuple[float, ...]
    factors: Mapping[str, float]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the norms of a folder of weights."""
        return cls(**json.loads((folder / NORMS_FILE).read_text(encoding="utf-8")))

    def save(self, folder: Path) -> None:
        """Write the norms into a folder."""
        (folder / NORMS_FILE).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    def t_scores(self, traits: Matrix) -> Matrix:
        """Return traits with mean 50 and SD 10 over the training faces."""
        mean, sd = np.array(self.mean, np.float32), np.array(self.sd, np.float32)
        return np.asarray(50 + 10 * (traits - mean) / sd, np.float32)

    def widened(self, words: Sequence[str]) -> float:
        """Return how many times as wide intervals are for a face of this quality."""
        return max([1.0, *(self.factors.get(word, 1.0) for word in words)])


@dataclass(frozen=True)
class Head:
    """Several linear maps, each fitted without one fold of the faces; the answer is their mean.

    Figures are standardised by `mean` and `scale` of shape (width,); `weights` is of shape
    (members, width, 5), `bias` of (members, 5).
    """

    mean: Matrix
    scale: Matrix
    weights: Matrix
    bias: Matrix

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the head of a folder of weights."""
        stored = load_file(folder / WEIGHTS_FILE)
        return cls(**{name: stored[name].astype(np.float32) for name in cls.__dataclass_fields__})

    def save(self, folder: Path) -> None:
        """Write the head into a folder; the weights as float16, which moves no trait by .001."""
        stored = {name: getattr(self, name) for name in self.__dataclass_fields__}
        save_file(stored | {"weights": self.weights.astype(np.float16)}, folder / WEIGHTS_FILE)

    def standardised(self, figures: Matrix) -> Matrix:
        """Return figures (..., width) in standard deviations."""
        return np.asarray(np.clip((figures - self.mean) * self.scale, -FARTHEST, FARTHEST), np.float32)

    def traits(self, views: Matrix) -> tuple[Matrix, Matrix]:
        """Return traits, 0..1, and the SD over members and views, (n, 5), of figures (n, views, width)."""
        each = np.einsum("nvw,mwt->mvnt", self.standardised(views), self.weights, optimize=True)
        each += self.bias[:, None, None]
        return np.clip(each.mean((0, 1)), 0, 1), each.std((0, 1))
