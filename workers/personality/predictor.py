"""From pictures to the impressions that their faces make: detection, crops, networks, head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self

import numpy as np
import numpy.typing as npt

from workers.personality.crops import face_crop, middle_crop
from workers.personality.detect import DEFAULT, DETECTORS, Detection, Detector, Pixels, clipped, detect
from workers.personality.faces import Embedding, Face
from workers.personality.features import Extractor
from workers.personality.head import Head
from workers.personality.quality import Quality, quality
from workers.sdk.predictor import Card, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from pathlib import Path

Method = Literal["face", "middle", "face+middle"]
Vector = npt.NDArray[np.float32]

DIGITS = 4


class Picture(Protocol):
    """What has the RGB pixels of a picture, (h, w, 3), upright."""

    @property
    def pixels(self) -> Pixels:
        """Return the pixels."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a picture is looked at.

    `method` middle judges the largest square in the middle of the picture, face+middle that as well
    as the faces; without `detect_face` all methods mean the middle. `tta` adds views of each face
    that are shifted and scaled a little. Without `all_faces` only the largest is judged.
    """

    detect_face: bool = True
    method: Method = "face"
    all_faces: bool = False
    tta: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """One crop that is to be judged, and where it comes from."""

    picture: int
    face: Detection | None
    quality: Quality
    views: tuple[Pixels, ...]


class ImpressionPredictor(Predictor[Picture, list[Face]]):
    """Detector, networks and head; all faces of all pictures go through the networks together."""

    def __init__(self, card: Card, *, detector: Detector, extractor: Extractor, head: Head) -> None:
        self.card = card
        self._detector = detector
        self._extractor = extractor
        self._head = head

    @classmethod
    def load(cls, folder: Path, *, detector: str = DEFAULT) -> Self:
        """Return a predictor of the head in `folder`, its files checked against the card."""
        card = read_checked(folder)
        return cls(card, detector=DETECTORS[detector](), extractor=Extractor.load(), head=Head.load(folder))

    def predict(self, batch: Sequence[Picture], options: Options = Options()) -> list[list[Face]]:
        """Return the faces of each picture, largest first; none where there is no face."""
        crops: list[_Crop] = []
        for i, picture in enumerate(batch):
            crops += _crops(i, picture.pixels, options, self._detector)
        results: list[list[Face]] = [[] for _ in batch]
        for crop, face in zip(crops, self._judge(batch, crops), strict=True):
            results[crop.picture].append(face)
        return results

    def _judge(self, batch: Sequence[Picture], crops: Sequence[_Crop]) -> list[Face]:
        """Return one face per crop."""
        if not crops:
            return []
        features = self._extractor.features([view for crop in crops for view in crop.views])
        views = features.views.reshape(len(crops), -1, features.views.shape[-1])
        embeddings = features.embeddings[:: len(crops[0].views)]
        traits, _ = self._head.traits(views)
        rows = zip(crops, traits, embeddings, strict=True)
        return [self._face(batch[crop.picture].pixels, crop, *row) for crop, *row in rows]

    def _face(self, pixels: Pixels, crop: _Crop, row: Vector, embedding: Embedding) -> Face:
        traits, t_scores = row.tolist(), self._head.norms.t_scores(row).tolist()
        words = crop.quality.words()
        half = [width * self._head.norms.widened(words) for width in self._head.norms.half_width]
        interval = [
            (max(trait - each, 0.0), min(trait + each, 1.0)) for trait, each in zip(traits, half, strict=True)
        ]
        box = None if crop.face is None else _whole(clipped(crop.face.box, pixels.shape))
        return Face(
            box=box,
            score=crop.face.score if crop.face else 0.0,
            landmarks=crop.face.landmarks if crop.face else None,
            traits=tuple(round(trait, DIGITS) for trait in traits),
            interval=tuple((round(low, DIGITS), round(high, DIGITS)) for low, high in interval),
            t_scores=tuple(round(score, 1) for score in t_scores),
            uncertainty=round(sum(half) / len(half), DIGITS),
            quality=crop.quality.figures(),
            quality_words=words,
            warnings=(),
            too_small=crop.face is not None and crop.quality.too_small,
            embedding=embedding,
        )


def _crops(index: int, pixels: Pixels, options: Options, detector: Detector) -> list[_Crop]:
    """Return what of a picture is to be judged."""
    faces: list[Detection | None] = []
    if options.detect_face and options.method != "middle":
        faces += detect(pixels, detector)
        faces = faces if options.all_faces else faces[:1]
    if not options.detect_face or options.method != "face":
        faces.append(None)
    crops = [(face, middle_crop(pixels) if face is None else face_crop(pixels, face)) for face in faces]
    return [
        _Crop(index, face, quality(pixels, crop, face), _views(crop, tta=options.tta)) for face, crop in crops
    ]


def _views(crop: Pixels, *, tta: bool) -> tuple[Pixels, ...]:
    """Return a crop, with test-time augmentation also as four crops shifted by a few pixels."""
    if not tta:
        return (crop,)
    padded = np.pad(crop, [(4, 4), (4, 4), (0, 0)], mode="edge")
    side = len(crop)
    moved = [padded[y : y + side, x : x + side] for y, x in ((0, 4), (8, 4), (4, 0), (4, 8))]
    return crop, *moved


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return a box in whole pixels, at least one each way."""
    x, y, w, h = box
    left, top = int(x), int(y)
    return left, top, max(round(x + w) - left, 1), max(round(y + h) - top, 1)
