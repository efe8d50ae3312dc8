"""Rated pictures as the head is fitted on them: decoded, detected and cropped as answers are, and spoiled."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from workers.personality import degrade
from workers.personality.crops import face_crop, head_of
from workers.personality.detect import DEFAULT, DETECTORS, Detection, Detector, Pixels
from workers.personality.features import Extractor
from workers.personality.fit import Samples
from workers.personality.identify import identify
from workers.personality.images.decode import read_image
from workers.personality.locate import locate
from workers.personality.quality import quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from workers.personality.dataset import Rated
    from workers.personality.picture import Picture

COPIES = 1  # spoiled ones of each face


@dataclass(frozen=True, eq=False)
class Shown:
    """One crop of a face: by which picture, and how that was spoiled; empty for the picture itself."""

    owner: int
    way: str
    crop: Pixels
    words: tuple[str, ...]


def read(path: Path) -> Picture:
    """Return a picture as a request would have it decoded; raise FileError when that cannot be."""
    kind, _ = identify(path, path.name)
    return read_image(path, kind)


def show(rated: Rated) -> list[Shown]:
    """Return the crops of the largest face of each picture, none where there is no face."""
    return [each for owner, path in enumerate(rated.paths) for each in _shown(owner, path)]


def samples(shown: Sequence[Shown], groups: Sequence[str]) -> Samples:
    """Return the figures of crops."""
    features = Extractor.load(groups).features([each.crop for each in shown])
    return Samples(
        features.views,
        np.array([each.owner for each in shown]),
        np.array([bool(each.way) for each in shown]),
        tuple(each.words for each in shown),
    )


@cache
def _detector() -> Detector:
    return DETECTORS[DEFAULT]()


def _shown(owner: int, path: Path) -> Iterator[Shown]:
    """Yield a face as it is and spoiled, each time otherwise, by the name of its file."""
    pixels = read(path).pixels
    for face in locate(pixels, _detector(), most=1):
        yield _one(owner, "", pixels, face)
        seed = zlib.crc32(path.name.encode())
        ways = list(degrade.WAYS)
        for copy in range(COPIES):
            rng = np.random.default_rng([seed, copy])
            way = ways[(seed + copy * len(ways) // COPIES) % len(ways)]
            spoiled = degrade.WAYS[way](pixels, face.box, rng)
            yield _one(
                owner, way, spoiled, replace(face, head=degrade.moved(face.head or head_of(face), rng))
            )


def _one(owner: int, way: str, pixels: Pixels, face: Detection) -> Shown:
    crop = face_crop(pixels, face)
    return Shown(owner, way, crop, quality(pixels, crop, face).words())
