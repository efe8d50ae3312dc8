"""From pictures to the impressions that their faces make: detection, crops, networks, head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self

import numpy as np

from workers.personality import explain
from workers.personality.crops import face_crop, middle_crop
from workers.personality.detect import DEFAULT, DETECTORS, Detection, Detector, Pixels, clipped
from workers.personality.faces import Face
from workers.personality.head import Norms
from workers.personality.locate import locate
from workers.personality.models import LinearModel, Model, Traits, load_model
from workers.personality.quality import Quality, quality
from workers.sdk.predictor import Card, NotExplainable, Predictor
from workers.sdk.weights import read_checked

if TYPE_CHECKING:
    from pathlib import Path

    import torch

Method = Literal["face", "middle", "face+middle"]
DIGITS = 4
FEW = 8  # faces of one picture; of more each is judged without its mirror image, r .84 instead of .85
SHIFT = 4  # pixels of a crop, of test-time augmentation


class Picture(Protocol):
    """What has the RGB pixels of a picture, (h, w, 3), upright, and how it is displayed."""

    @property
    def pixels(self) -> Pixels:
        """Return the pixels."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a picture is looked at.

    `method` middle judges the largest square in the middle of the picture, face+middle that as well
    as the faces; without `detect_face` all methods mean the middle. `tta` adds views of each face
    that are shifted a little. Without `all_faces` only the largest is judged. `tell_apart` adds the
    embeddings by which one clip's people are told apart; a picture needs none.
    """

    detect_face: bool = True
    method: Method = "face"
    all_faces: bool = False
    tta: bool = False
    tell_apart: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """One crop that is to be judged, and where it comes from."""

    picture: int
    face: Detection | None
    box: tuple[int, int, int, int] | None
    quality: Quality
    pixels: Pixels


class ImpressionPredictor(Predictor[Picture, list[Face]]):
    """Detector, networks and head; all faces of all pictures go through the networks together."""

    def __init__(self, card: Card, *, detector: Detector, model: Model, norms: Norms) -> None:
        self.card = card
        self._detector = detector
        self._model = model
        self.norms = norms

    @classmethod
    def load(cls, folder: Path, *, detector: str = DEFAULT) -> Self:
        """Return a predictor of the model in `folder`, its files checked against the card."""
        card = read_checked(folder)
        model = load_model(folder, card)
        return cls(card, detector=DETECTORS[detector](), model=model, norms=Norms.load(folder))

    def to(self, device: torch.device) -> Self:
        """Move the networks that judge to a device, and return self; detection stays on the processor."""
        self._model.to(device)
        return self

    def predict(self, batch: Sequence[Picture], options: Options = Options()) -> list[list[Face]]:
        """Return the faces of each picture, largest first; none where there is no face."""
        crops_of = [self._crops(i, picture, options) for i, picture in enumerate(batch)]
        results: list[list[Face]] = [[] for _ in batch]
        for many in (False, True):
            crops = [crop for each in crops_of for crop in each if (len(each) > FEW) == many]
            for crop, face in zip(crops, self._judge(crops, options, mirrored=not many), strict=True):
                results[crop.picture].append(face)
        return results

    def overlay(self, picture: Picture, face: Face, trait: str) -> bytes:
        """Return a PNG of a face's crop, with what moved a trait marked over it.

        Raises:
            NotExplainable: the version is a user's own network, whose inner maps are not read.
            ValueError: there is no such trait.

        """
        if not isinstance(self._model, LinearModel):
            raise NotExplainable(f"version {self.card.version} is a network of the user's own")
        crop = _pixels(picture.pixels, face.detection)
        return explain.overlay(crop, explain.heat_map(self._model, crop, trait))

    def _crops(self, index: int, picture: Picture, options: Options) -> list[_Crop]:
        """Return what of a picture is to be judged."""
        pixels = picture.pixels
        faces: list[Detection | None] = []
        if options.detect_face and options.method != "middle":
            faces += locate(pixels, self._detector, most=None if options.all_faces else 1)
        if not options.detect_face or options.method != "face":
            faces.append(None)
        return [_crop(index, pixels, face, getattr(picture, "scale", 1.0)) for face in faces]

    def _judge(self, crops: Sequence[_Crop], options: Options, *, mirrored: bool) -> list[Face]:
        """Return one face per crop."""
        if not crops:
            return []
        views = [view for crop in crops for view in (_moved(crop.pixels) if options.tta else (crop.pixels,))]
        traits = self._model.judge(
            views, views=len(views) // len(crops), mirrored=mirrored, embedded=options.tell_apart
        )
        return [self._face(crop, traits, i) for i, crop in enumerate(crops)]

    def _face(self, crop: _Crop, judged: Traits, i: int) -> Face:
        traits = judged.values[i].tolist()
        words = crop.quality.words()
        factor = self.norms.widened(words)
        half = [width * factor for width in self.norms.half_width]
        interval = [
            (round(max(trait - each, 0.0), DIGITS), round(min(trait + each, 1.0), DIGITS))
            for trait, each in zip(traits, half, strict=True)
        ]
        return Face(
            box=crop.box,
            score=crop.face.score if crop.face else 0.0,
            landmarks=crop.face.landmarks if crop.face else None,
            traits=tuple(round(trait, DIGITS) for trait in traits),
            interval=tuple(interval),
            t_scores=tuple(round(score, 1) for score in self.norms.t_scores(judged.values[i]).tolist()),
            uncertainty=round(sum(half) / len(half), DIGITS),
            quality=crop.quality.figures(),
            quality_words=words,
            warnings=(),
            too_small=crop.face is not None and crop.quality.too_small,
            embedding=judged.embeddings[i],
            detection=crop.face,
        )


def _crop(index: int, pixels: Pixels, face: Detection | None, scale: float) -> _Crop:
    """Return a face's crop, or that of the middle, with its quality and its box clipped to the picture."""
    crop = _pixels(pixels, face)
    box = None if face is None else _whole(clipped(face.box, pixels.shape))
    return _Crop(index, face, box, quality(pixels, crop, face, scale=scale), crop)


def _pixels(pixels: Pixels, face: Detection | None) -> Pixels:
    return middle_crop(pixels) if face is None else face_crop(pixels, face)


def _moved(crop: Pixels) -> tuple[Pixels, ...]:
    """Return a crop as it is, and moved a little to each side."""
    padded = np.pad(crop, [(SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)], mode="edge")
    side = len(crop)
    corners = ((0, SHIFT), (2 * SHIFT, SHIFT), (SHIFT, 0), (SHIFT, 2 * SHIFT))
    return crop, *(padded[y : y + side, x : x + side] for y, x in corners)


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return a box in whole pixels, at least one each way."""
    x, y, w, h = box
    left, top = int(x), int(y)
    return left, top, max(round(x + w) - left, 1), max(round(y + h) - top, 1)
