"""Scenes with one face each, under 19 conditions that make faces hard to find."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT = 640, 480
TILE = 256  # pixels of a face's picture, of which the face takes about 60 %
FACE_SHARE = 0.6
SEED = 5


@dataclass(frozen=True)
class Condition:
    """A face's width in pixels, its tilt, and what is done to it and to the whole scene."""

    width: int = 80
    tilt: int = 0
    at_border: bool = False
    face: Callable[[Values], Values] | None = None
    scene: Callable[[Values], Values] | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture with a face's tile at (x, y), `side` pixels wide."""

    condition: str
    pixels: Pixels
    x: int
    y: int
    side: int

    def holds(self, box: Box) -> bool:
        """Say whether a box's middle lies in the tile."""
        across, down = box[0] + box[2] / 2 - self.x, box[1] + box[3] / 2 - self.y
        return 0 <= across <= self.side and 0 <= down <= self.side

    def is_hit(self, box: Box) -> bool:
        """Say whether a box is the face's: near its middle and of about its size."""
        across, down = box[0] + box[2] / 2 - self.x, box[1] + box[3] / 2 - self.y
        size = math.sqrt(max(box[2] * box[3], 1e-6))
        near = (
            abs(across - self.side / 2) < 0.3 * self.side and abs(down - 0.55 * self.side) < 0.3 * self.side
        )
        return near and 0.3 * self.side < size < 1.3 * self.side


def _rows(value: float, start: int, stop: int | None = None) -> Callable[[Values], Values]:
    """Return what covers some rows of a face with one grey."""

    def cover(face: Values) -> Values:
        covered = face.copy()
        covered[start:stop] = value
        return covered

    return cover


def _noisy(scene: Values) -> Values:
    return scene + np.random.default_rng(SEED).normal(0, 35, scene.shape)


def _blurred(scene: Values) -> Values:
    return np.asarray(_image(scene).filter(ImageFilter.GaussianBlur(4)), np.float64)


def _compressed(scene: Values) -> Values:
    stream = io.BytesIO()
    _image(scene).save(stream, "JPEG", quality=10)
    return np.asarray(Image.open(stream), np.float64)


CONDITIONS: Mapping[str, Condition] = {
    **{f"{width} px": Condition(width=width) for width in (12, 16, 24, 40, 80, 160)},
    **{f"tilted {tilt}": Condition(tilt=tilt) for tilt in (15, 30, 45, 90, 180)},
    "dark": Condition(scene=lambda scene: scene * 0.1),
    "blurred": Condition(scene=_blurred),
    "flat": Condition(scene=lambda scene: scene * 0.12 + 110),
    "noisy": Condition(scene=_noisy),
    "masked": Condition(face=_rows(200, 150)),
    "sunglasses": Condition(face=_rows(15, 100, 138)),
    "at the border": Condition(width=120, at_border=True),
    "compressed": Condition(scene=_compressed),
}


def backgrounds(folder: Path) -> list[Pixels]:
    """Return the pictures of a folder as scenes without a face; those of people are left out."""
    people = {"astronaut", "camera", "lfw_subset"}
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in {".png", ".jpg"}]
    return [_filled(Image.open(path).convert("RGB")) for path in paths if path.stem not in people]


def scenes(faces: Sequence[Path], empty: Sequence[Pixels]) -> Iterator[Scene]:
    """Yield each face under each condition, on one background after the other."""
    rng = np.random.default_rng(SEED)
    for c, (name, condition) in enumerate(CONDITIONS.items()):
        for i, path in enumerate(faces):
            yield _scene(name, condition, path, empty[(i * 7 + c) % len(empty)], rng)


def _scene(name: str, condition: Condition, path: Path, empty: Pixels, rng: np.random.Generator) -> Scene:
    face = np.asarray(Image.open(path).convert("RGB").resize((TILE, TILE)), np.float64)
    face = condition.face(face) if condition.face else face
    side = max(4, round(condition.width / FACE_SHARE))
    tile, mask = (_tile(image, condition.tilt, side) for image in (_image(face), _ellipse()))
    x = -int(0.35 * side) if condition.at_border else int(rng.integers(0, WIDTH - side))
    y = int(rng.integers(0, HEIGHT - side))
    scene, cut = empty.astype(np.float64), max(0, -x)
    part = scene[y : y + side, x + cut : x + side]
    share = mask[:, cut:, :1] / 255
    part[:] = part * (1 - share) + tile[:, cut:] * share
    scene = condition.scene(scene) if condition.scene else scene
    return Scene(name, np.asarray(_image(scene)), x, y, side)


def _tile(image: Image.Image, tilt: int, side: int) -> Values:
    turned = image.rotate(tilt, Image.Resampling.BICUBIC)
    return np.asarray(turned.resize((side, side), Image.Resampling.BOX).convert("RGB"), np.float64)


def _ellipse() -> Image.Image:
    """Return a soft oval, white where the face covers the background."""
    y, x = np.mgrid[0:TILE, 0:TILE]
    oval = 1 - ((x - TILE / 2) / 120) ** 2 - ((y - TILE / 2) / 126) ** 2
    return Image.fromarray((np.clip(oval * 4, 0, 1) * 255).astype(np.uint8))


def _filled(image: Image.Image) -> Pixels:
    """Return a picture that fills a scene, cut at its right or below."""
    ratio = max(WIDTH / image.width, HEIGHT / image.height)
    size = math.ceil(image.width * ratio), math.ceil(image.height * ratio)
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))[:HEIGHT, :WIDTH]


def _image(values: Values) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
