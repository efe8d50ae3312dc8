"""What is answered of one face, and whether two faces are one person's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from workers.personality.detect import Detection, Points

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
# Of unit embeddings. Measured over 36 OMI faces, moved, scaled and blurred: 99 % of one person's are within
# .194 of each other, 99.5 % of two persons' beyond .269.
SAME_PERSON = 0.26

Embedding = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The impression that one face makes.

    `box` is x, y, w, h in pixels, clipped; None where the picture's middle was judged. `traits`, 0..1,
    `interval` (90 %) and `t_scores` (mean 50, SD 10 of the training faces) follow TRAITS;
    `uncertainty` is the mean half width of the intervals. `embedding` tells people of one video apart:
    (128,), of a picture (0,); it never leaves the process. `detection` is what the face was cut out by.
    """

    box: tuple[int, int, int, int] | None
    score: float
    landmarks: Points | None
    traits: tuple[float, ...]
    interval: tuple[tuple[float, float], ...]
    t_scores: tuple[float, ...]
    uncertainty: float
    quality: Mapping[str, float | None]
    quality_words: tuple[str, ...]
    warnings: tuple[str, ...]
    too_small: bool
    embedding: Embedding
    detection: Detection | None = None


def same_person(one: Embedding, other: Embedding) -> bool:
    """Say whether two embeddings are of one person."""
    return float(np.linalg.norm(one - other)) < SAME_PERSON
